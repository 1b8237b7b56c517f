//! The same hello from a process of its own, from one that is kept, and from a function of the
//! server itself; and from a process that no server has started.

use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::load::Kept;
use super::servers::{Kind, Ours, Running, processor_time};
use super::{median, rounded, table};
use crate::sandbox::Sandbox;
use crate::workspace;

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(1200);

const ALONE: &str = "a process, and no server: a loop that starts it and reads its pipe";
const ROWS: &[(&str, Kind, &str)] = &[
    ("CGI: a process for each request", Kind::StepThree(&[]), "/cgi-bin/hello"),
    ("FastCGI: a pool of two processes", Kind::StepThree(&[]), "/fastcgi/"),
    ("a function of the server", Kind::Example("03_hello", &[]), "/"),
];

/// What was measured of one way.
#[derive(Default)]
struct Measured {
    /// How long each answer took, in microseconds.
    waits: Vec<f64>,
    /// The processor time for one, in microseconds, round by round.
    costs: Vec<f64>,
}

impl Measured {
    /// Asks for as long as a round lasts; `used` tells the processor time so far.
    fn round(
        &mut self,
        used: impl Fn() -> Duration,
        mut ask: impl FnMut() -> io::Result<Duration>,
    ) -> io::Result<()> {
        // What is done once, at the first request, is not what is compared.
        ask()?;
        let (before, end) = (used(), Instant::now() + ROUND);
        let mut requests = 0.0;
        while Instant::now() < end {
            self.waits.push(microseconds(ask()?));
            requests += 1.0;
        }
        self.costs.push(microseconds(used().saturating_sub(before)) / requests);
        Ok(())
    }
}

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let mut alone = Measured::default();
    let mut served: Vec<Measured> = ROWS.iter().map(|_| Measured::default()).collect();
    for _ in 0..ROUNDS {
        let ourselves = || processor_time(std::process::id());
        alone.round(ourselves, || start(&ours)).map_err(|error| format!("{ALONE}: {error}"))?;
        for (measured, (name, kind, path)) in served.iter_mut().zip(ROWS) {
            let server = Running::start(*kind, &ours, &sandbox)?;
            let fault = |error: io::Error| format!("{name}: {error}");
            let mut client = Kept::open_for(server.address, path).map_err(fault)?;
            let ask = || client.time(1).map(|times| times.into_iter().sum());
            measured.round(|| server.processor_time(), ask).map_err(fault)?;
        }
    }
    let names = std::iter::once(ALONE).chain(ROWS.iter().map(|(name, ..)| *name));
    let medians: Vec<_> = names
        .zip(std::iter::once(alone).chain(served))
        .map(|(name, measured)| (name, median(measured.waits), median(measured.costs)))
        .collect();
    let function = medians.last().map_or(f64::NAN, |(_, wait, _)| *wait);
    let rows: Vec<_> = medians
        .iter()
        .map(|(name, wait, cost)| {
            vec![(*name).to_owned(), rounded(*wait), rounded(wait / function), rounded(*cost)]
        })
        .collect();
    let heads = ["Who says hello", "a client waits, µs", "to one", "processor time, µs"];
    Ok(format!(
        "{}\nOne client on one connection that stays open, one request after the other; \
         medians of {ROUNDS} rounds. Processor time is that of the server and of all processes \
         that it started.\n",
        table(&heads, &rows)
    ))
}

/// Starts the program as a CGI server does, and waits for what it prints.
fn start(ours: &Ours) -> io::Result<Duration> {
    let began = Instant::now();
    let mut program = Command::new(ours.path("step3-cgi"));
    program.args(["sample", "hello"]).env_clear().stdin(Stdio::null());
    let output = program.env("REQUEST_METHOD", "GET").output()?;
    if !output.status.success() || output.stdout.is_empty() {
        return Err(io::Error::other("it said nothing"));
    }
    Ok(began.elapsed())
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000_000.0
}
