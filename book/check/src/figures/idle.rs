//! What a connection costs that stays open: idle, and when many ask at once.

use std::io;
use std::time::Duration;

use super::load::{self, Kept};
use super::servers::{Kind, Ours, Running, missing};
use super::{kibibytes_each, left_out, median, micros_each, rounded, table};
use crate::sandbox::Sandbox;
use crate::workspace;

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(800);
const CONNECTIONS: [usize; 3] = [1, 64, 256];

const ROWS: &[(&str, Kind)] = &[
    ("step 2: a thread each", Kind::StepTwo),
    ("nginx: one loop", Kind::Nginx),
    ("lighttpd: one loop", Kind::Lighttpd),
];

/// What one server needs, in one round.
struct Round {
    /// Microseconds for a request, with each number of connections.
    costs: [f64; CONNECTIONS.len()],
    threads: usize,
    /// KiB for each idle connection.
    memory: f64,
}

/// The same with step 5 among them.
const WITH_THE_LOOP: &[(&str, Kind)] = &[
    ("step 2: a thread each", Kind::StepTwo),
    ("step 5: one loop", Kind::StepFive(&[])),
    ("nginx: one loop", Kind::Nginx),
    ("lighttpd: one loop", Kind::Lighttpd),
];

pub(super) fn measure() -> Result<String, String> {
    compare(ROWS)
}

pub(super) fn measure_the_loop() -> Result<String, String> {
    compare(WITH_THE_LOOP)
}

fn compare(all: &[(&str, Kind)]) -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let mut rounds: Vec<Vec<Round>> = all.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (at, (name, kind)) in
            all.iter().enumerate().filter(|(_, (_, kind))| kind.is_there(&sandbox))
        {
            let server = Running::start(*kind, &ours, &sandbox)?;
            rounds[at].push(round(&server).map_err(|error| format!("{name}: {error}"))?);
        }
    }
    let row = |(name, rounds): (&str, &Vec<Round>)| {
        let cost = |at: usize| rounded(median(rounds.iter().map(|it| it.costs[at]).collect()));
        vec![
            name.to_owned(),
            cost(0),
            cost(1),
            cost(2),
            rounds.first().map_or(0, |round| round.threads).to_string(),
            rounded(median(rounds.iter().map(|round| round.memory).collect())),
        ]
    };
    let rows: Vec<_> = all
        .iter()
        .zip(&rounds)
        .filter(|((_, kind), _)| kind.is_there(&sandbox))
        .map(|((name, _), rounds)| row((name, rounds)))
        .collect();
    let heads = [
        "A server",
        "1 connection: µs a request",
        "64",
        "256",
        "threads, with 256 idle",
        "memory for an idle one, KiB",
    ];
    Ok(format!(
        "{}\nProcessor time of the server for one request for a file of 544 bytes, on connections \
         that stay open; with 64 and 256 all ask at once and wait for all answers. Medians of \
         {ROUNDS} rounds. Memory is the server's own, without what the kernel keeps for a socket.\n{}",
        table(&heads, &rows),
        left_out(&missing(all, &sandbox))
    ))
}

fn round(server: &Running) -> io::Result<Round> {
    let mut costs = [0.0; CONNECTIONS.len()];
    let (mut threads, mut alone, mut memory) = (0, 0, 0.0);
    for (cost, count) in costs.iter_mut().zip(CONNECTIONS) {
        let mut connections =
            (0..count).map(|_| Kept::open(server.address)).collect::<io::Result<Vec<_>>>()?;
        // Each has an answer, so that each was accepted, before it counts.
        load::waves(&mut connections, ROUND / 10)?;
        let used = server.processor_time();
        let answered = load::waves(&mut connections, ROUND)?;
        let used = server.processor_time().saturating_sub(used);
        *cost = micros_each(used, answered);
        threads = server.threads();
        if count == 1 {
            alone = server.memory();
        } else {
            let more = server.memory().saturating_sub(alone);
            memory = kibibytes_each(more, count - 1);
        }
    }
    Ok(Round { costs, threads, memory })
}
