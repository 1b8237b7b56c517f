//! The same hello from a process of its own, from one that is kept, and from a function of the
//! server itself.

use std::io;
use std::time::{Duration, Instant};

use super::load::Kept;
use super::servers::{Kind, Ours, Running};
use super::{median, rounded, table};
use crate::sandbox::Sandbox;
use crate::workspace;

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(1200);

const ROWS: &[(&str, Kind, &str)] = &[
    ("CGI: a process for each request", Kind::StepThree(&[]), "/cgi-bin/hello"),
    ("FastCGI: a pool of two processes", Kind::StepThree(&[]), "/fastcgi/"),
    ("a function of the server", Kind::Example("03_hello", &[]), "/"),
];

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let mut waits = vec![Vec::new(); ROWS.len()];
    let mut costs = vec![Vec::new(); ROWS.len()];
    for _ in 0..ROUNDS {
        for (at, (name, kind, path)) in ROWS.iter().enumerate() {
            let server = Running::start(*kind, &ours, &sandbox)?;
            let fault = |error: io::Error| format!("{name}: {error}");
            let mut client = Kept::open_for(server.address, path).map_err(fault)?;
            // What is done once, at the first request, is not what is compared.
            client.time(1).map_err(fault)?;
            let (used, end) = (server.processor_time(), Instant::now() + ROUND);
            let mut requests = 0.0;
            while Instant::now() < end {
                let times = client.time(1).map_err(fault)?;
                waits[at].extend(times.iter().map(|time| time.as_secs_f64() * 1_000_000.0));
                requests += 1.0;
            }
            let used = server.processor_time().saturating_sub(used);
            costs[at].push(used.as_secs_f64() * 1_000_000.0 / requests);
        }
    }
    let measured: Vec<_> =
        waits.into_iter().zip(costs).map(|(wait, cost)| (median(wait), median(cost))).collect();
    let function = measured.last().map_or(f64::NAN, |(wait, _)| *wait);
    let rows: Vec<_> = ROWS
        .iter()
        .zip(&measured)
        .map(|((name, ..), (wait, cost))| {
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
