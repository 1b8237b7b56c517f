//! A new connection for each request: one at a time, a process each, a thread each.

use std::time::{Duration, Instant};

use super::servers::{Kind, Ours, Running};
use super::{left_out, load, median, rounded, table};
use crate::sandbox::Sandbox;
use crate::workspace;

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(800);

const ROWS: &[(&str, Kind)] = &[
    ("the naive twenty lines: one at a time", Kind::Example("01_naive", &[])),
    ("Rust, a process each", Kind::Example("03_each_its_own", &["process"])),
    ("Rust, a thread each", Kind::Example("03_each_its_own", &["thread"])),
    ("Python, a process each: the article's way", Kind::Python("process")),
    ("Python, a thread each", Kind::Python("thread")),
    ("step 2", Kind::StepTwo),
    ("nginx, one worker", Kind::Nginx),
    ("lighttpd", Kind::Lighttpd),
];

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let is_there = |kind: Kind| kind.needs().is_none_or(|program| sandbox.has(program));
    let mut rates = vec![Vec::new(); ROWS.len()];
    let mut costs = vec![Vec::new(); ROWS.len()];
    for _ in 0..ROUNDS {
        for (at, (name, kind)) in ROWS.iter().enumerate().filter(|(_, (_, kind))| is_there(*kind)) {
            let server = Running::start(*kind, &ours, &sandbox)?;
            let (used, began) = (server.processor_time(), Instant::now());
            let answered = load::new_connections(server.address, ROUND)
                .map_err(|error| format!("{name}: {error}"))?;
            #[expect(clippy::cast_precision_loss, reason = "a count of seconds' work")]
            let answered = answered as f64;
            rates[at].push(answered / began.elapsed().as_secs_f64());
            let used = server.processor_time().saturating_sub(used);
            costs[at].push(used.as_secs_f64() * 1_000_000.0 / answered);
        }
    }
    let rows: Vec<_> = ROWS
        .iter()
        .zip(rates.into_iter().zip(costs))
        .filter(|((_, kind), _)| is_there(*kind))
        .map(|((name, _), (rate, cost))| {
            vec![(*name).to_owned(), rounded(median(rate)), rounded(median(cost))]
        })
        .collect();
    let mut missing: Vec<_> = ROWS
        .iter()
        .filter(|(_, kind)| !is_there(*kind))
        .filter_map(|(_, kind)| kind.needs())
        .collect();
    missing.dedup();
    Ok(format!(
        "{}\nEight clients at a time, a new connection for each request, a file of 544 bytes; \
         client and server share the processor. Medians of {ROUNDS} rounds.\n{}",
        table(&["A server", "connections per second", "processor time for one, µs"], &rows),
        left_out(&missing)
    ))
}
