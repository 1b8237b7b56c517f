//! A large file: what a gigabyte costs the server, in processor time and in memory.

use std::fs::File;
use std::io;

use super::load;
use super::servers::{Kind, Ours, Running, missing};
use super::{left_out, median, rounded, table};
use crate::sandbox::Sandbox;
use crate::workspace;

const ROUNDS: usize = 3;
/// How often the file is fetched in a round.
const TIMES: u32 = 5;
const LENGTH: u64 = 100 * 1024 * 1024;
const PATH: &str = "/large";

const ROWS: &[(&str, Kind)] = &[
    ("the naive twenty lines: all of it in memory", Kind::Example("01_naive", &[])),
    ("`python3 -m http.server`: copied piece by piece", Kind::HttpServer),
    ("step 2: sendfile", Kind::StepTwo),
    ("nginx: sendfile", Kind::Nginx),
    ("lighttpd: sendfile", Kind::Lighttpd),
];

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    lay(&sandbox).map_err(|error| format!("the large file: {error}"))?;
    let mut costs = vec![Vec::new(); ROWS.len()];
    let mut peaks = vec![Vec::new(); ROWS.len()];
    for _ in 0..ROUNDS {
        for (at, (name, kind)) in
            ROWS.iter().enumerate().filter(|(_, (_, kind))| kind.is_there(&sandbox))
        {
            let server = Running::start(*kind, &ours, &sandbox)?;
            let used = server.processor_time();
            for _ in 0..TIMES {
                load::fetch(server.address, PATH, LENGTH)
                    .map_err(|error| format!("{name}: {error}"))?;
            }
            let used = server.processor_time().saturating_sub(used);
            let gibibytes = f64::from(TIMES) * mebibytes(LENGTH) / 1024.0;
            costs[at].push(used.as_secs_f64() / gibibytes);
            peaks[at].push(mebibytes(server.peak_memory() * 1024));
        }
    }
    let rows: Vec<_> = ROWS
        .iter()
        .zip(costs.into_iter().zip(peaks))
        .filter(|((_, kind), _)| kind.is_there(&sandbox))
        .map(|((name, _), (cost, peak))| {
            vec![(*name).to_owned(), rounded(median(cost)), rounded(median(peak))]
        })
        .collect();
    Ok(format!(
        "{}\nA file of 100 MiB, fetched {TIMES} times, each time on a new connection. Medians of \
         {ROUNDS} rounds.\n{}",
        table(&["A server", "processor time for a GiB, s", "its most memory, MiB"], &rows),
        left_out(&missing(ROWS, &sandbox))
    ))
}

fn lay(sandbox: &Sandbox) -> io::Result<()> {
    File::create(sandbox.folder().join("www").join(&PATH[1..]))?.set_len(LENGTH)
}

#[expect(clippy::cast_precision_loss, reason = "far fewer bytes than a float can count")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
