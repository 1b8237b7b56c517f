//! What the tests of an answer printed, and whether it is what the answer is there for.
//!
//! *Strategy*: it is not enough that a wrong answer fails. Each of its failures must come from an
//! assertion in the tests, which names a section; and one of them must name the rule that the
//! answer says, in its comment, that it breaks. A panic in the answer itself, or a test that never
//! ends, would leave a student alone.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use crate::exercises::{Answer, Kind, written};
use crate::process::Finished;
use crate::workspace;

/// The fewest tests of an exercise.
const FEWEST_TESTS: usize = 3;
/// What `todo!()` says.
const NOT_YET: &str = "not yet implemented: ";

static RESULT: LazyLock<Regex> =
    LazyLock::new(|| super::regex(r"(?m)^test [^ ]*::(\w+) \.\.\. (ok|FAILED)$"));
static HEADING: LazyLock<Regex> =
    LazyLock::new(|| super::regex(r"(?m)^---- [^ ]*::(\w+) stdout ----$"));
static PANIC: LazyLock<Regex> =
    LazyLock::new(|| super::regex(r"(?s)^.*panicked at ([^\n]+):([0-9]+):[0-9]+:\n(.*)$"));
static RULE: LazyLock<Regex> =
    LazyLock::new(|| super::regex(&format!(r"^{}: [^\n]+\n", super::PLACE)));

/// The tests of an answer, by their result.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tests {
    /// Those that passed.
    pub passed: BTreeSet<String>,
    /// Those that failed.
    pub failed: BTreeSet<String>,
}

/// A failed test, and the panic that it ended with.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    test: String,
    file: String,
    line: usize,
    message: String,
    /// All that the test printed.
    printed: String,
}

/// Judges `answer` by what its tests printed.
///
/// # Errors
/// Why the answer is not what it is there for.
pub fn judge(answer: &Answer, finished: &Finished) -> Result<Tests, String> {
    let output = String::from_utf8_lossy(&finished.output);
    let tests = tests(&output);
    let failures = failures(&output);
    let count = tests.passed.len() + tests.failed.len();
    if count < FEWEST_TESTS {
        return Err(format!("{count} tests were run, not at least {FEWEST_TESTS}:\n{output}"));
    }
    if failures.len() != tests.failed.len() || finished.status.success() != failures.is_empty() {
        return Err(format!("its output cannot be read:\n{output}"));
    }
    match answer.kind {
        Kind::Solution if tests.failed.is_empty() => Ok(tests),
        Kind::Solution => Err(format!("the solution fails:\n{output}")),
        Kind::Untouched => untouched(&tests, &failures).map(|()| tests),
        Kind::Wrong => wrong(answer, &failures).map(|()| tests),
    }
}

/// What the first failed test says, without the hint at a backtrace.
#[must_use]
pub fn message(finished: &Finished) -> Option<String> {
    let failure = failures(&String::from_utf8_lossy(&finished.output)).into_iter().next()?;
    let lines: Vec<&str> = failure.message.lines().take_while(|line| !line.is_empty()).collect();
    Some(lines.join("\n"))
}

/// The exercise fails, in each test, for the reason that it is still to be done.
fn untouched(tests: &Tests, failures: &[Failure]) -> Result<(), String> {
    if let Some(test) = tests.passed.first() {
        return Err(format!("nothing is done yet, and the test `{test}` passes"));
    }
    match failures.iter().find(|failure| !failure.printed.contains(NOT_YET)) {
        Some(Failure { test, printed, .. }) => {
            Err(format!("`{test}` fails, but not because something is still to do:\n{printed}"))
        }
        None => Ok(()),
    }
}

/// The wrong answer is rejected by assertions, and one of them names what it says it breaks.
fn wrong(answer: &Answer, failures: &[Failure]) -> Result<(), String> {
    let file = workspace::relative(&answer.file);
    let broken = answer
        .text
        .lines()
        .find_map(|line| line.strip_prefix("//! Breaks "))
        .ok_or("its comment has no line `//! Breaks RFC … §…: the rule`")?;
    if failures.is_empty() {
        return Err("it passes: no test rejects it".to_owned());
    }
    let code = answer.text.lines().count() - written::tests(&answer.text).lines().count();
    for Failure { test, file: place, line, message, .. } in failures {
        if !place.ends_with(&file) || *line <= code {
            return Err(format!(
                "`{test}` panics at {place}:{line}, not in an assertion of a test"
            ));
        }
        if !RULE.is_match(message) {
            return Err(format!("`{test}` does not begin with a rule and its section:\n{message}"));
        }
    }
    let named: Vec<_> =
        failures.iter().filter_map(|failure| failure.message.lines().next()).collect();
    match named.contains(&broken) {
        true => Ok(()),
        false => {
            Err(format!("it should break\n  {broken}\nbut it breaks\n  {}", named.join("\n  ")))
        }
    }
}

fn tests(output: &str) -> Tests {
    let mut tests = Tests::default();
    for found in RESULT.captures_iter(output) {
        let set = if &found[2] == "ok" { &mut tests.passed } else { &mut tests.failed };
        set.insert(found[1].to_owned());
    }
    tests
}

fn failures(output: &str) -> Vec<Failure> {
    // What the tests printed stands before the list of those that failed.
    let end = output.rfind("\nfailures:\n").unwrap_or(output.len());
    let headings: Vec<_> = HEADING.captures_iter(&output[..end]).collect();
    let begins = |index: usize| headings.get(index).and_then(|found| found.get(0));
    let failure = |(index, found): (usize, &Captures<'_>)| {
        let next = begins(index + 1).map_or(end, |next| next.start());
        let printed = &output[begins(index)?.end()..next];
        // The last panic: the assertion, where something before it panicked too.
        let panic = PANIC.captures(printed)?;
        Some(Failure {
            test: found[1].to_owned(),
            file: panic[1].to_owned(),
            line: panic[2].parse().ok()?,
            message: panic[3].to_owned(),
            printed: printed.to_owned(),
        })
    };
    headings.iter().enumerate().filter_map(failure).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    const TEXT: &str =
        "//! Wrong.\n//!\n//! Breaks RFC 9112 §3: one space\n\n#[cfg(test)]\nmod tests {}\n";
    const GOOD: &str = "RFC 9112 §3: one space\n  your answer: None\n";

    /// What libtest prints when `failed` panic with these messages at these lines.
    fn finished(passed: usize, failed: &[(usize, &str)]) -> Finished {
        let mut text = format!("\nrunning {} tests\n", passed + failed.len());
        let mut details = String::new();
        for index in 0..passed {
            text += &format!("test a::tests::passes_{index} ... ok\n");
        }
        for (index, (line, message)) in failed.iter().enumerate() {
            text += &format!("test a::tests::fails_{index} ... FAILED\n");
            details += &format!(
                "---- a::tests::fails_{index} stdout ----\n\nthread 'a::tests::fails_{index}' (7) \
                 panicked at /x/name.rs:{line}:9:\n{message}\nnote: run with `RUST_BACKTRACE=1`\n\n"
            );
        }
        if !failed.is_empty() {
            text += &format!("\nfailures:\n\n{details}\nfailures:\n    a::tests::fails_0\n");
        }
        let code = if failed.is_empty() { 0 } else { 101 << 8 };
        Finished { output: text.into_bytes(), status: ExitStatus::from_raw(code) }
    }

    #[track_caller]
    fn check(kind: Kind, finished: &Finished, expected: Result<(), &str>) {
        let answer =
            Answer { exercise: "name".into(), kind, file: "name.rs".into(), text: TEXT.into() };
        match (judge(&answer, finished), expected) {
            (Ok(_), Ok(())) => {}
            (Err(seen), Err(expected)) if seen.contains(expected) => {}
            (seen, expected) => panic!("{seen:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn a_solution_passes() {
        check(Kind::Solution, &finished(3, &[]), Ok(()));
        check(Kind::Solution, &finished(2, &[]), Err("2 tests were run"));
        check(Kind::Solution, &finished(2, &[(6, GOOD)]), Err("the solution fails"));
    }

    #[test]
    fn an_untouched_exercise_is_still_to_do() {
        let todo = (4, "not yet implemented: this");
        check(Kind::Untouched, &finished(0, &[todo, todo, todo]), Ok(()));
        check(Kind::Untouched, &finished(1, &[todo, todo]), Err("`passes_0` passes"));
        check(Kind::Untouched, &finished(0, &[todo, todo, (6, GOOD)]), Err("`fails_2` fails, but"));
    }

    #[test]
    fn a_wrong_answer_is_rejected_for_its_reason() {
        check(Kind::Wrong, &finished(2, &[(6, GOOD)]), Ok(()));
        check(Kind::Wrong, &finished(2, &[(6, GOOD), (6, "RFC 9110 §5.1: other\n  x\n")]), Ok(()));
        check(Kind::Wrong, &finished(3, &[]), Err("it passes"));
        check(Kind::Wrong, &finished(2, &[(4, GOOD)]), Err("not in an assertion of a test"));
        check(
            Kind::Wrong,
            &finished(2, &[(6, GOOD), (6, "left != right\n")]),
            Err("`fails_1` does"),
        );
        check(Kind::Wrong, &finished(2, &[(6, "RFC 9112 §4: x\n  y\n")]), Err("it should break"));
    }
}
