//! The same application, run in four ways: what a request costs in each.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::load::{self, Kept};
use super::servers::{Kind, Ours, Running};
use super::{median, micros_each, rounded, table};
use crate::sandbox::Sandbox;
use crate::workspace;

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(800);
const CONNECTIONS: [usize; 2] = [1, 16];

/// A name, a server, and where it has the application.
const ROWS: &[(&str, Kind, &str)] = &[
    (
        "CGI: a process for each request",
        Kind::StepThree(&["--cgi-bin", "cgi"]),
        "/cgi-bin/app/hello",
    ),
    (
        "FastCGI: a process that stays, behind step 3",
        Kind::StepThree(&["--fastcgi-spawn", "1", "/app/=./responder"]),
        "/app/",
    ),
    ("step 5, in a pool of 4 threads", Kind::StepFive(&["hello", "--threads", "4"]), "/"),
    ("step 5, in place", Kind::StepFive(&["hello"]), "/"),
];

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    lay(&ours, &sandbox).map_err(|error| format!("the programs: {error}"))?;
    let mut costs: Vec<[Vec<f64>; CONNECTIONS.len()]> = vec![Default::default(); ROWS.len()];
    for _ in 0..ROUNDS {
        for (at, (name, kind, path)) in ROWS.iter().enumerate() {
            let server = Running::start(*kind, &ours, &sandbox)?;
            for (costs, count) in costs[at].iter_mut().zip(CONNECTIONS) {
                let cost =
                    cost(&server, path, count).map_err(|error| format!("{name}: {error}"))?;
                costs.push(cost);
            }
        }
    }
    let rows: Vec<_> = ROWS
        .iter()
        .zip(costs)
        .map(|((name, ..), costs)| {
            let costs = costs.map(|costs| rounded(median(costs)));
            [vec![(*name).to_owned()], costs.into()].concat()
        })
        .collect();
    Ok(format!(
        "{}\nProcessor time of the server and of all its processes for one answer of step 4's hello \
         application, on connections that stay open. Medians of {ROUNDS} rounds.\n",
        table(&["One application, four ways", "1 connection: µs a request", "16 at once"], &rows),
    ))
}

/// The CGI program and the `FastCGI` application, where step 3 looks for them.
fn lay(ours: &Ours, sandbox: &Sandbox) -> io::Result<()> {
    let folder = sandbox.folder();
    fs::create_dir_all(folder.join("cgi"))?;
    // A link would lead out of the folder, and is refused.
    fs::copy(ours.path("step4-wsgi-interface"), folder.join("cgi/app"))?;
    let responder = folder.join("responder");
    let program = ours.path("step5-wsgi-server");
    let script = format!("#!/bin/sh\nexec '{}' hello --as fastcgi\n", program.display());
    fs::write(&responder, script)?;
    fs::set_permissions(&responder, fs::Permissions::from_mode(0o755))
}

fn cost(server: &Running, path: &str, count: usize) -> io::Result<f64> {
    let open = |_| Kept::open_for(server.address, path);
    let mut connections = (0..count).map(open).collect::<io::Result<Vec<_>>>()?;
    load::waves(&mut connections, ROUND / 10)?;
    let used = server.processor_time();
    let answered = load::waves(&mut connections, ROUND)?;
    let used = server.processor_time().saturating_sub(used);
    Ok(micros_each(used, answered))
}
