//! What clients send that no client should send, against every server of the book.
//!
//! Promise 3. *Strategy*: each [item](items) does one bad thing and says what came back. Any answer will
//! do, and none. But after each item the server must still be there, must not have panicked, must
//! answer a plain GET in time, and must not have handed out the file beside its root. What a server
//! may fail at stands in [`ALLOWED`], with the weakness that says so; that table is exact: what is
//! allowed and does not happen is an error too.

pub mod items;

use std::fmt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::target::{Complaint, SECRET, Step, Target};
use items::ITEMS;

/// How long a server that does not answer is given to be gone.
const PATIENCE: Duration = Duration::from_secs(3);

/// How a server failed at an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It handed out what lies beside its root.
    Leaked,
    /// A thread of it panicked.
    Panicked,
    /// It is gone.
    Died,
    /// A plain GET got no answer afterwards.
    Hung,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leaked => "LEAKED",
            Self::Panicked => "PANICKED",
            Self::Died => "DIED",
            Self::Hung => "HUNG",
        })
    }
}

/// A failure that the book admits: the step, the item, how it fails, and the weakness that says so.
pub type Admission = (Step, &'static str, Failure, &'static str);

/// All failures that the book admits.
pub const ALLOWED: &[Admission] = &[
    (Step::Naive, "/../secret.txt", Failure::Leaked, "naive-leaves-the-root"),
    (Step::Naive, "/../www-sibling/secret.txt", Failure::Leaked, "naive-leaves-the-root"),
    (Step::Naive, "-sibling/secret.txt", Failure::Leaked, "naive-sibling"),
];

/// What one server did with one item.
#[derive(Clone, Debug)]
pub struct Row {
    /// The item's name.
    pub item: &'static str,
    /// What came back, in words.
    pub answer: String,
    /// How it failed, if it did.
    pub failure: Option<Failure>,
}

/// Throws the whole set at the server of `step`, which is started anew when it has died.
///
/// # Errors
/// When the server cannot be started.
pub fn run(step: Step, executable: &Path) -> Result<Vec<Row>, String> {
    let mut target = Target::start(step, executable)?;
    let mut rows = Vec::new();
    for item in ITEMS {
        let result = (item.send)(target.address());
        let (answer, leaked) = match &result {
            Ok(answer) => (answer.in_words(), answer.body_holds(SECRET)),
            Err(error) => (error.to_string(), false),
        };
        let failure = if leaked { Some(Failure::Leaked) } else { health(&mut target) };
        if matches!(failure, Some(Failure::Died | Failure::Hung | Failure::Panicked)) {
            target = Target::start(step, executable)?;
        }
        rows.push(Row { item: item.name, answer, failure });
    }
    Ok(rows)
}

/// Throws the set at all `servers` at the same time.
///
/// # Errors
/// When a server cannot be started.
pub fn run_all(servers: &[(Step, PathBuf)]) -> Result<Vec<(Step, Vec<Row>)>, String> {
    thread::scope(|scope| {
        let run_one = |(step, program): &'_ (Step, PathBuf)| (*step, run(*step, program));
        let running: Vec<_> =
            servers.iter().map(|server| scope.spawn(move || run_one(server))).collect();
        let columns = running.into_iter().map(|thread| {
            let (step, rows) = thread.join().map_err(|_| "an item of the set panicked")?;
            Ok((step, rows?))
        });
        columns.collect()
    })
}

/// How the server fails at a plain GET, now.
fn health(target: &mut Target) -> Option<Failure> {
    let is_answered =
        matches!(target.get("/probe.html"), Ok(answer) if answer.status() == Some(200));
    match target.complaint() {
        None if is_answered => None,
        // A process that is about to end refuses connections a moment before it is gone.
        None if target.has_ended_within(PATIENCE) => Some(Failure::Died),
        None => Some(Failure::Hung),
        Some(Complaint::Died) => Some(Failure::Died),
        Some(Complaint::Panicked) => Some(Failure::Panicked),
    }
}

/// What is not as [`ALLOWED`] has it.
#[must_use]
pub fn problems(step: Step, rows: &[Row], allowed: &[Admission]) -> Vec<String> {
    let allowed = |item: &str| allowed.iter().find(|(at, name, ..)| *at == step && *name == item);
    let problem = |row: &Row| match (&row.failure, allowed(row.item)) {
        (None, None) => None,
        (Some(failure), Some((.., expected, _))) if failure == expected => None,
        (None, Some((.., expected, id))) => {
            Some(format!("does not fail ({expected}): take it off ALLOWED ({id})"))
        }
        (Some(failure), _) => Some(format!("{failure} ({})", row.answer)),
    };
    rows.iter()
        .filter_map(|row| Some(format!("{}: {}: {}", step.in_words(), row.item, problem(row)?)))
        .collect()
}

/// The table of what each server answered.
#[must_use]
pub fn table(columns: &[(Step, Vec<Row>)]) -> String {
    let cell = |row: &Row| match &row.failure {
        Some(failure) => format!("{}, {failure}", row.answer),
        None => row.answer.clone(),
    };
    let line = |name: &str, cells: &[String]| {
        let cells: String = cells.iter().map(|cell| format!(" | {cell:<24}")).collect();
        format!("{name:<40}{cells}").trim_end().to_owned() + "\n"
    };
    let heads: Vec<String> = columns.iter().map(|(step, _)| step.in_words()).collect();
    let mut table = line("sent", &heads);
    for (index, item) in ITEMS.iter().enumerate() {
        let cells: Vec<String> =
            columns.iter().filter_map(|(_, rows)| rows.get(index)).map(cell).collect();
        table.push_str(&line(item.name, &cells));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(failure: Option<Failure>) -> Row {
        Row { item: "HEAD", answer: "200, closed".to_owned(), failure }
    }

    #[track_caller]
    fn check(failure: Option<Failure>, allowed: &[Admission], expected: &str) {
        assert_eq!(problems(Step::Two, &[row(failure)], allowed).join("\n"), expected);
    }

    #[test]
    fn the_table_of_admissions_is_exact() {
        let admitted = [(Step::Two, "HEAD", Failure::Died, "id")];
        let of_another = [(Step::One, "HEAD", Failure::Died, "id")];
        check(None, &[], "");
        check(Some(Failure::Died), &admitted, "");
        check(Some(Failure::Died), &[], "step 2: HEAD: DIED (200, closed)");
        check(Some(Failure::Died), &of_another, "step 2: HEAD: DIED (200, closed)");
        check(Some(Failure::Hung), &admitted, "step 2: HEAD: HUNG (200, closed)");
        check(None, &admitted, "step 2: HEAD: does not fail (DIED): take it off ALLOWED (id)");
    }
}
