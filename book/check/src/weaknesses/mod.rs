//! What each step still gets wrong: said in the book, and shown by a test.
//!
//! Promise 3. *Strategy*: `book/check/weaknesses.toml` names each weakness, the step that has it,
//! the step that has it no more, and the sentence in which the chapter says so. A
//! [probe](probes) must find the weakness at the one and not at the other: a list that flatters
//! the code fails, and so does a list that is out of date. Where the step that puts it right is not
//! built yet, or not that far, that half is `pending`, and counted as such.

pub mod probes;
mod python;

use std::fmt;
use std::path::PathBuf;

use crate::target::{Step, Target};
use crate::workspace;
use probes::{PROBES, Probe, Verdict};

/// Where the weaknesses are listed.
pub const LIST: &str = "book/check/weaknesses.toml";

/// An entry of the list.
#[derive(Clone, Debug)]
pub struct Weakness {
    /// The step that has it.
    pub step: Step,
    /// Its name.
    pub id: String,
    /// The name of its probe.
    pub probe: String,
    /// What the chapter says.
    pub sentence: String,
    /// The flags with which it is shown there.
    pub with: Vec<String>,
    /// The page that shows it there, for a probe that is told which.
    pub path: String,
    /// The step that has it no more.
    pub fixed_at: Step,
    /// The flags that it takes.
    pub fixed_with: Vec<String>,
    /// The page that shows it.
    pub fixed_path: String,
    /// The chapter of that step, as long as the step has it too, or is not built.
    pub pending: Option<i64>,
}

/// What came of holding an entry against the servers.
#[derive(Debug)]
pub struct Finding {
    /// The entry's name.
    pub id: String,
    /// What was seen at its step.
    pub shown: Result<String, String>,
    /// What was seen at the step that puts it right; `None` while that is pending.
    pub put_right: Option<Result<String, String>>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |result: &Result<String, String>| match result {
            Ok(seen) => seen.clone(),
            Err(problem) => format!("FAILED: {problem}"),
        };
        writeln!(f, "{}", self.id)?;
        writeln!(f, "    has it:      {}", line(&self.shown))?;
        match &self.put_right {
            Some(result) => write!(f, "    put right:   {}", line(result)),
            None => write!(f, "    put right:   pending"),
        }
    }
}

impl Weakness {
    /// Whether it takes a server with Python inside to show it.
    #[must_use]
    pub fn needs_python(&self) -> bool {
        [self.step, self.fixed_at].contains(&Step::Python)
    }
}

impl Finding {
    /// `weaknesses: 14 shown, 12 put right, 2 pending`
    #[must_use]
    pub fn summary(findings: &[Self]) -> String {
        let shown = findings.iter().filter(|finding| finding.shown.is_ok()).count();
        let put_right =
            findings.iter().filter(|finding| matches!(finding.put_right, Some(Ok(_)))).count();
        let pending = findings.iter().filter(|finding| finding.put_right.is_none());
        let pending: Vec<&str> = pending.map(|finding| finding.id.as_str()).collect();
        let names =
            if pending.is_empty() { String::new() } else { format!(" ({})", pending.join(", ")) };
        format!(
            "weaknesses: {shown} shown, {put_right} put right, {} pending{names}",
            pending.len()
        )
    }

    /// What is wrong, if anything.
    pub fn problems(&self) -> impl Iterator<Item = String> {
        let results = [Some(&self.shown), self.put_right.as_ref()].into_iter().flatten();
        results.filter_map(|result| Some(format!("{}: {}", self.id, result.as_ref().err()?)))
    }
}

/// The list.
///
/// # Errors
/// What is wrong with an entry.
pub fn list() -> Result<Vec<Weakness>, String> {
    parse(&workspace::read(&workspace::root().join(LIST))?)
}

fn parse(text: &str) -> Result<Vec<Weakness>, String> {
    let table: toml::Table = text.parse().map_err(|error| format!("{LIST}: {error}"))?;
    let entries = table
        .get("weakness")
        .and_then(toml::Value::as_array)
        .ok_or(format!("{LIST}: no [[weakness]]"))?;
    let list: Vec<Weakness> = entries.iter().map(entry).collect::<Result<_, _>>()?;
    for (index, weakness) in list.iter().enumerate() {
        if list[..index].iter().any(|other| other.id == weakness.id) {
            return Err(format!("{LIST}: {}: this id stands twice", weakness.id));
        }
    }
    let unused =
        PROBES.iter().find(|(name, _)| list.iter().all(|weakness| weakness.probe != *name));
    match unused {
        Some((name, _)) => Err(format!("{LIST}: no weakness uses the probe `{name}`")),
        None => Ok(list),
    }
}

fn entry(value: &toml::Value) -> Result<Weakness, String> {
    let id =
        value.get("id").and_then(toml::Value::as_str).unwrap_or("an entry without id").to_owned();
    let text = |key: &str| {
        let text = value.get(key).and_then(toml::Value::as_str);
        text.map(str::to_owned).ok_or(format!("{LIST}: {id}: `{key}` is missing"))
    };
    let step = |key: &str| {
        let name = text(key)?;
        Step::named(&name)
            .ok_or(format!("{LIST}: {id}: `{key} = \"{name}\"`: naive, 1 to 5, or 5-python"))
    };
    let flags = |key: &str| {
        let flags = value.get(key).and_then(toml::Value::as_str);
        flags.map(|flags| flags.split(' ').map(str::to_owned).collect()).unwrap_or_default()
    };
    let path = |key: &str| {
        let path = value.get(key).and_then(toml::Value::as_str);
        path.unwrap_or("/").to_owned()
    };
    let weakness = Weakness {
        step: step("step")?,
        probe: text("probe")?,
        sentence: text("sentence")?,
        with: flags("with"),
        path: path("path"),
        fixed_at: step("fixed_at")?,
        fixed_with: flags("fixed_with"),
        fixed_path: path("fixed_path"),
        pending: value.get("pending").and_then(toml::Value::as_integer),
        id: id.clone(),
    };
    probe(&weakness.probe)
        .ok_or(format!("{LIST}: {id}: there is no probe `{}`", weakness.probe))?;
    Ok(weakness)
}

fn probe(name: &str) -> Option<Probe> {
    PROBES.iter().find(|(probe, _)| *probe == name).map(|(_, probe)| *probe)
}

/// Holds all entries against the servers, all at once: some probes have to wait.
#[must_use]
pub fn examine_all(list: &[Weakness], executables: &[(Step, PathBuf)]) -> Vec<Finding> {
    std::thread::scope(|scope| {
        let running: Vec<_> = list
            .iter()
            .map(|weakness| scope.spawn(move || examine(weakness, executables)))
            .collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

/// The steps whose servers the list needs.
#[must_use]
pub fn steps(list: &[Weakness]) -> Vec<Step> {
    let mut steps: Vec<Step> =
        list.iter().flat_map(|weakness| [weakness.step, weakness.fixed_at]).collect();
    steps.sort();
    steps.dedup();
    steps
}

/// Holds one entry against the servers.
#[must_use]
pub fn examine(weakness: &Weakness, executables: &[(Step, PathBuf)]) -> Finding {
    let run = |step: Step, flags: &[String], path: &str| -> Result<Verdict, String> {
        let executable = executables.iter().find(|(built, _)| *built == step);
        let (_, executable) = executable.ok_or(format!("{} is not built", step.in_words()))?;
        let probe = probe(&weakness.probe).ok_or("there is no such probe")?;
        let mut target = Target::start_with(step, executable, flags)?;
        path.clone_into(&mut target.path);
        probe(&mut target)
            .map_err(|error| format!("{}: the probe cannot tell: {error}", step.in_words()))
    };
    let put_right = || run(weakness.fixed_at, &weakness.fixed_with, &weakness.fixed_path);
    let shown = match run(weakness.step, &weakness.with, &weakness.path) {
        Ok(Verdict::Weak(evidence)) => Ok(format!("{}: {evidence}", weakness.step.in_words())),
        Ok(Verdict::Sound(evidence)) => Err(format!(
            "{} has it no more: {evidence}; take it off the list",
            weakness.step.in_words()
        )),
        Err(problem) => Err(problem),
    };
    let put_right = match weakness.pending {
        Some(chapter) => match put_right() {
            Ok(Verdict::Sound(evidence)) => Some(Err(format!(
                "{} has it no more: {evidence}; remove `pending = {chapter}`",
                weakness.fixed_at.in_words()
            ))),
            // It has no server yet, or has it still.
            _ => None,
        },
        None => Some(match put_right() {
            Ok(Verdict::Sound(evidence)) => {
                Ok(format!("{}: {evidence}", weakness.fixed_at.in_words()))
            }
            Ok(Verdict::Weak(evidence)) => {
                Err(format!("{} has it too: {evidence}", weakness.fixed_at.in_words()))
            }
            Err(problem) => Err(problem),
        }),
    };
    Finding { id: weakness.id.clone(), shown, put_right }
}

/// The chapter's list of what `step` still gets wrong, as Markdown.
#[must_use]
pub fn markdown(step: Step, list: &[Weakness]) -> String {
    let mut page = format!(
        "<!-- Written by `UPDATE=1 cargo test -p check` from {LIST}; each item is a test. -->\n\n"
    );
    for weakness in list.iter().filter(|weakness| weakness.step == step) {
        let fixed = match weakness.pending {
            Some(chapter) => {
                format!("{}, chapter {chapter}: not written yet", weakness.fixed_at.in_words())
            }
            None if weakness.fixed_at == step && weakness.fixed_path != "/" => {
                format!("{}, at `{}`", step.in_words(), weakness.fixed_path)
            }
            None if weakness.fixed_with.is_empty() => weakness.fixed_at.in_words(),
            None => {
                let flags = weakness.fixed_with.join(" ");
                format!("{}, with `{flags}`", weakness.fixed_at.in_words())
            }
        };
        page.push_str(&format!("- {} *Put right in {fixed}.*\n", weakness.sentence));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let seen = parse(text).err().unwrap_or_default();
        assert!(seen.contains(expected), "{seen}");
    }

    const ENTRY: &str =
        "[[weakness]]\nid = \"a\"\nstep = \"1\"\nprobe = \"has_no_files\"\nsentence = \"b\"\n";

    #[test]
    fn a_list_is_checked() {
        check("", "no [[weakness]]");
        check("[[weakness]]\nid = \"a\"", "a: `step` is missing");
        check(&format!("{ENTRY}fixed_at = \"six\""), "naive, 1 to 5");
        check(
            &format!("{ENTRY}fixed_at = \"2\"\n{ENTRY}fixed_at = \"2\""),
            "a: this id stands twice",
        );
        check(
            &format!("{ENTRY}fixed_at = \"2\"").replace("has_no_files", "b"),
            "there is no probe `b`",
        );
        check(&format!("{ENTRY}fixed_at = \"2\""), "no weakness uses the probe");
    }
}
