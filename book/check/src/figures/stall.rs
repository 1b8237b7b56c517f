//! Head and body in two writes: how long a client waits on a connection that stays open.

use super::load::Kept;
use super::servers::{Kind, Ours, Running};
use super::{left_out, median, rounded, table};
use crate::sandbox::Sandbox;
use crate::workspace;

const REQUESTS: usize = 100;

const ROWS: &[(&str, Kind)] = &[
    ("`02_two_writes`: head, then body", Kind::Example("02_two_writes", &[])),
    ("`02_two_writes together`: one write", Kind::Example("02_two_writes", &["together"])),
    ("step 2", Kind::StepTwo),
    ("`python3 -m http.server`, with HTTP/1.1", Kind::HttpServer),
    ("nginx", Kind::Nginx),
    ("lighttpd", Kind::Lighttpd),
];

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let (mut rows, mut missing) = (Vec::new(), Vec::new());
    for (name, kind) in ROWS {
        if let Some(program) = kind.needs().filter(|program| !sandbox.has(program)) {
            missing.push(program);
            continue;
        }
        let server = Running::start(*kind, &ours, &sandbox)?;
        let times = Kept::open(server.address)
            .and_then(|mut connection| connection.time(REQUESTS))
            .map_err(|error| format!("{name}: {error}"))?;
        let milliseconds: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1000.0).collect();
        let all: f64 = milliseconds.iter().sum();
        let slow = milliseconds.iter().filter(|&&time| time > 30.0).count();
        rows.push(vec![
            (*name).to_owned(),
            rounded(median(milliseconds)),
            slow.to_string(),
            rounded(all),
        ]);
    }
    let heads = ["A server", "median, ms", "longer than 30 ms", "all together, ms"];
    Ok(format!(
        "{}\n{REQUESTS} requests, one after the other, on one connection.\n{}",
        table(&heads, &rows),
        left_out(&missing)
    ))
}
