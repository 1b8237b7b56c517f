//! The same applications in Python under our server and under others, and without any.
//!
//! *Strategy*: all servers of an application run at the same time, and are asked in turn, round
//! after round: what else the machine does, it does to all of them. What each application costs
//! that is called in a loop, without a server, is the floor. Everybody plays with 64 connections and
//! one process. With fewer and more of both only those do that are close to the best.

use std::thread;

use super::python_stage::{Column, ROUNDS, SERVERS, Server, Stage};
use super::{left_out, median, rounded, table};

/// A difference up to this says nothing.
const NEARLY: f64 = 1.05;

/// The applications, as the tables and as `python_applications.py` name them.
const APPLICATIONS: &[(&str, &str)] = &[
    ("hello", "hello"),
    ("hello with its length", "hello_with_length"),
    ("64 KiB are posted", "count"),
    ("1 MiB is sent", "mebibyte"),
    ("Flask", "flask_hello"),
    ("a file of 544 bytes", "files"),
];

/// How many processes and connections.
const WAYS: &[(&str, usize, usize)] = &[
    ("1 connection", 1, 1),
    ("64 connections", 1, 64),
    ("256 connections", 1, 256),
    ("2 workers, 1", 2, 1),
    ("2 workers, 64", 2, 64),
    ("2 workers, 256", 2, 256),
];
/// The way in which everybody plays.
const ALL: usize = 1;

pub(super) fn measure() -> Result<String, String> {
    let stage = Stage::build()?;
    let (installed, missing): (Vec<_>, Vec<_>) =
        SERVERS.iter().partition(|server| stage.has(server.package));
    let missing: Vec<&str> = missing.iter().map(|server| server.name).collect();
    let mut costs: Vec<Vec<String>> = std::iter::once("no server")
        .chain(installed.iter().map(|server| server.name))
        .chain(["step 5 to the best"])
        .map(|name| vec![name.to_owned()])
        .collect();
    let mut ratios = Vec::new();
    let mut seen = Seen::default();
    for application in APPLICATIONS {
        let (column, row) = seen.measure(application, &stage, &installed)?;
        costs.iter_mut().zip(column).for_each(|(row, cell)| row.push(cell));
        ratios.push(row);
    }
    seen.troubles.dedup();
    let applications = APPLICATIONS.iter().map(|(name, _)| *name);
    let of_costs: Vec<&str> = std::iter::once("µs of a processor").chain(applications).collect();
    let ways = WAYS.iter().map(|(way, ..)| *way);
    let of_ratios: Vec<&str> = std::iter::once("step 5 to the best").chain(ways).collect();
    Ok(format!(
        "One process, 64 connections:\n\n{}\n\
         Step 5 to the best, with fewer and more connections, and with two processes:\n\n{}\n\
         Processor time of a server and of all its processes for one request, on connections that \
         stay open where the server lets them; in the first row, of the application alone, which a \
         loop calls. Medians of {ROUNDS} rounds, in which the servers \
         take turns; step 5 and the best are compared round by round. {}\n\n{}\n{}{}",
        table(&of_costs, &costs),
        table(&of_ratios, &ratios),
        stage.versions(&installed),
        in_words(&seen.ahead),
        left_out(&missing),
        seen.troubles.iter().map(|it| format!("\nNo number: {it}.\n")).collect::<String>(),
    ))
}

/// What was seen on the way.
#[derive(Default)]
struct Seen {
    /// Why there is no number.
    troubles: Vec<String>,
    /// Who is ahead of us, and where.
    ahead: Vec<String>,
}

impl Seen {
    /// An application: its column of the costs, and its row of the ratios.
    fn measure(
        &mut self,
        &(name, application): &(&'static str, &'static str),
        stage: &Stage,
        installed: &[&Server],
    ) -> Result<(Vec<String>, Vec<String>), String> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let close: Vec<_> = installed.iter().copied().filter(|server| server.is_close).collect();
        let (mut column, mut row) = (Vec::new(), vec![name.to_owned()]);
        for (at, &(way, workers, connections)) in WAYS.iter().enumerate() {
            if workers > cores {
                row.push("–".to_owned());
                continue;
            }
            let players = if at == ALL { installed } else { &close };
            let asked = Column { application, workers, connections };
            let costs = stage.costs(&asked, players, &mut self.troubles)?;
            let (best, ratio) = the_best(&costs).unzip();
            if let Some(best) = best
                && ratio > Some(NEARLY)
            {
                self.ahead.push(format!("{} ({name}, {way})", players[best].name));
            }
            row.push(ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")));
            if at == ALL {
                column.push(shown(&stage.floors(application)?));
                column.extend(costs.iter().map(|costs| shown(costs)));
                column.extend(row.last().cloned());
            }
        }
        Ok((column, row))
    }
}

fn in_words(ahead: &[String]) -> String {
    match ahead {
        [] => "Nowhere is step 5 more than 5 % behind the best of the others.".to_owned(),
        ahead => format!("Where step 5 is more than 5 % behind, the best: {}.", ahead.join(", ")),
    }
}

/// A cell.
fn shown(costs: &[f64]) -> String {
    if costs.is_empty() { "–".to_owned() } else { rounded(median(costs.to_vec())) }
}

/// Which of the others is the cheapest, and what ours, the first, is to it: round by round, and the
/// median of that.
fn the_best(costs: &[Vec<f64>]) -> Option<(usize, f64)> {
    let (ours, others) = costs.split_first()?;
    let cost = |costs: &[f64]| median(costs.to_vec());
    let measured = (1..).zip(others).filter(|(_, costs)| !costs.is_empty());
    let (at, best) = measured.min_by(|(_, a), (_, b)| cost(a).total_cmp(&cost(b)))?;
    let ratio = median(ours.iter().zip(best).map(|(ours, best)| ours / best).collect());
    (!ratio.is_nan()).then_some((at, ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_compared_with_the_cheapest_other_round_by_round() {
        let costs = [vec![2.0, 6.0, 3.0], vec![9.0, 9.0, 9.0], vec![], vec![2.0, 3.0, 3.0]];
        assert_eq!(the_best(&costs), Some((3, 1.0)));
        assert_eq!(the_best(&costs[..1]), None);
        assert_eq!(the_best(&[vec![], vec![1.0]]), None);
        assert_eq!(shown(&costs[2]), "–");
    }
}
