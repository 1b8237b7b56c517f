//! An exercise is good when its solution passes and wrong answers fail for the right reason.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use check::exercises::{self, Answer, Exercise, Kind, judge, run, written};
use check::process::Finished;
use check::{summary, workspace};

/// Compared, and with `UPDATE=1` written, before any test reads the files.
static EXERCISES: LazyLock<Result<Vec<Exercise>, String>> = LazyLock::new(|| {
    let exercises = exercises::list()?;
    written::compare(&exercises).map(|()| exercises)
});

/// The wrong answer whose message the book shows.
const SHOWN: &str = "wrong/request_line/cuts_at_any_white_space.rs";

/// Compares, and with `UPDATE=1` writes, the message that the book shows.
fn show(finished: &Finished) -> Result<(), String> {
    let message = judge::message(finished).unwrap_or_default();
    summary::generated("book/exercises/message.md", &format!("```text\n{message}\n```\n"))
}

#[test]
fn what_is_written_from_the_list_is_up_to_date() {
    or_panic(EXERCISES.as_ref());
}

#[test]
fn solutions_pass_and_wrong_answers_name_the_rule_they_break() {
    let exercises = or_panic(EXERCISES.as_ref());
    let answers: Vec<Answer> =
        exercises.iter().flat_map(|exercise| or_panic(exercise.answers())).collect();
    let program = or_panic(run::build(&answers));
    let mut failures = Vec::new();
    // The tests of each exercise that no wrong answer has failed yet.
    let mut never_failed: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut counts = [0; 3];
    for (index, answer) in answers.iter().enumerate() {
        let judged = run::run(&program, index, answer).and_then(|finished| {
            if answer.file.ends_with(SHOWN) {
                show(&finished)?;
            }
            judge::judge(answer, &finished)
        });
        match (judged, answer.kind) {
            (Err(what), _) => {
                failures.push(format!("{}: {what}", workspace::relative(&answer.file)));
                continue;
            }
            (Ok(tests), Kind::Solution) => {
                never_failed.insert(&answer.exercise, tests.passed);
            }
            (Ok(tests), Kind::Wrong) => {
                let left = never_failed.entry(&answer.exercise).or_default();
                left.retain(|test| !tests.failed.contains(test));
            }
            (Ok(_), Kind::Untouched) => {}
        }
        counts[answer.kind as usize] += 1;
    }
    for (exercise, tests) in never_failed {
        if !tests.is_empty() {
            failures.push(format!("{exercise}: no wrong answer fails in {tests:?}"));
        }
    }
    let [untouched, solved, wrong] = counts;
    let begun = exercises.len() - answers.iter().filter(|a| a.kind == Kind::Untouched).count();
    let yours = if begun == 0 { String::new() } else { format!(", {begun} begun by you") };
    summary::print(&format!(
        "exercises: {solved} solved, {untouched} untouched fail, \
         {wrong} wrong answers rejected{yours}"
    ));
    if cfg!(feature = "peers") {
        assert_eq!(begun, 0, "an exercise has lost a `todo!()`: students must get it untouched");
    }
    assert!(failures.is_empty(), "{} of the answers:\n{}", failures.len(), failures.join("\n"));
}

/// Rustlings itself reads the folder, runs every exercise and every solution, and lints the latter.
#[cfg(feature = "peers")]
#[test]
fn rustlings_accepts_the_folder() {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use check::process;

    let mut rustlings = Command::new("rustlings");
    rustlings
        .args(["dev", "check", "--require-solutions"])
        .current_dir(workspace::root().join(exercises::FOLDER))
        .stdin(Stdio::null());
    let finished = process::run(rustlings, Duration::from_secs(300)).unwrap_or_else(|error| {
        panic!("rustlings {error}; to install it: cargo install rustlings --version 6.5.0")
    });
    let output = String::from_utf8_lossy(&finished.output);
    assert!(finished.status.success(), "rustlings dev check:\n{output}");
}

/// Panics with the lines of an error as they are.
#[track_caller]
fn or_panic<T>(result: Result<T, impl std::fmt::Display>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
