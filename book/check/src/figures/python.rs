//! The same applications in Python under our server and under others, and without any.
//!
//! *Strategy*: all servers of an application run at the same time, and are asked in turn, round
//! after round: what else the machine does, it does to all of them. What each application costs
//! that is called in a loop, without a server, is measured in the same rounds: it is the floor.

use super::python_stage::{Column, ROUNDS, SERVERS, Stage};
use super::{left_out, median, rounded, table};

/// A difference up to this says nothing.
const NEARLY: f64 = 1.05;

const fn column(
    head: &'static str,
    application: &'static str,
    workers: usize,
    connections: usize,
) -> Column {
    Column { head, application, workers, connections }
}

/// The smallest application, with more and more clients.
const HELLO: &[Column] = &[
    column("1 connection", "hello", 1, 1),
    column("64 connections", "hello", 1, 64),
    column("256 connections", "hello", 1, 256),
    column("2 workers, 64", "hello", 2, 64),
    column("2 workers, 256", "hello", 2, 256),
];

/// Applications that do something, in one process.
const OTHERS: &[Column] = &[
    column("hello with its length", "hello_with_length", 1, 64),
    column("64 KiB are posted", "count", 1, 64),
    column("a file of 544 bytes", "files", 1, 64),
    column("Flask", "flask_hello", 1, 64),
    column("1 MiB is sent", "mebibyte", 1, 1),
];

pub(super) fn measure() -> Result<String, String> {
    let stage = Stage::build()?;
    let (installed, missing): (Vec<_>, Vec<_>) =
        SERVERS.iter().partition(|server| stage.has(server.package));
    let missing: Vec<&str> = missing.iter().map(|server| server.name).collect();
    let (mut troubles, mut ahead) = (Vec::new(), Vec::new());
    let mut measured = |columns: &[Column]| -> Result<String, String> {
        let mut rows: Vec<Vec<String>> = std::iter::once("no server")
            .chain(installed.iter().map(|server| server.name))
            .chain(["step 5 to the best"])
            .map(|name| vec![name.to_owned()])
            .collect();
        for column in columns {
            let costs = stage.costs(column, &installed, &mut troubles)?;
            let (best, ratio) = the_best(&costs[1..]).unzip();
            if let Some(best) = best
                && ratio > Some(NEARLY)
            {
                ahead.push(format!("{} ({})", installed[best].name, column.head));
            }
            let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
            let cells = costs.iter().map(|costs| shown(costs)).chain([ratio]);
            for (row, cell) in rows.iter_mut().zip(cells) {
                row.push(cell);
            }
        }
        let heads: Vec<&str> = columns.iter().map(|column| column.head).collect();
        Ok(table(&[&["µs of a processor"], heads.as_slice()].concat(), &rows))
    };
    let (hello, others) = (measured(HELLO)?, measured(OTHERS)?);
    troubles.dedup();
    Ok(format!(
        "Hello, and nothing about its length, with more and more clients:\n\n{hello}\n\
         Other applications, one process, 64 connections (1 MiB: one connection):\n\n{others}\n\
         Processor time of a server and of all its processes for one request, on connections that \
         stay open where the server lets them; in the first row, of the application alone, which a \
         loop calls. Medians of {ROUNDS} rounds, in which the servers \
         take turns; the last row compares round by round. {}\n\n{}\n{}{}",
        stage.versions(&installed),
        in_words(&ahead),
        left_out(&missing),
        troubles.iter().map(|trouble| format!("\nNo number: {trouble}.\n")).collect::<String>(),
    ))
}

fn in_words(ahead: &[String]) -> String {
    match ahead {
        [] => "In no column is step 5 more than 5 % behind the best of the others.".to_owned(),
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
