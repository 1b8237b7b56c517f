//! The exercises: a right answer passes, and a wrong one fails for the reason that it is wrong.
//!
//! *Strategy*: `book/exercises/info.toml` lists them. Each has three kinds of [answer](Answer): the
//! exercise itself, which fails because it is still to be done; the solution, which passes; and
//! what people really write, in `book/exercises/wrong/NAME/`, which must be rejected by an
//! assertion that names the broken rule. All are held to the same tests, those of the solution,
//! which stand in the exercise too and are put behind a wrong answer when it is run: see
//! [`written`]. An exercise that a student has begun is theirs, and is not judged here.

pub mod judge;
pub mod run;
pub mod written;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use regex_lite::Regex;

use crate::workspace;

/// Where the exercises lie.
pub const FOLDER: &str = "book/exercises";
/// How many typical wrong answers an exercise must reject at least.
const WRONG_ANSWERS: usize = 3;
/// How a section of a standard is written. PEP 3333 has no numbers; its sections have titles.
const PLACE: &str =
    r"(RFC [0-9]{4} §[0-9]+(\.[0-9]+)*|FastCGI §[0-9]+(\.[0-9]+)*|PEP 3333, [A-Za-z_()\- ]+)";
/// Rustlings takes no longer names.
const LONGEST_NAME: usize = 32;

static SECTION: LazyLock<Regex> = LazyLock::new(|| regex(&format!("^{PLACE}$")));
static NAME: LazyLock<Regex> = LazyLock::new(|| regex("^[a-z][a-z0-9_]*$"));
static DIR: LazyLock<Regex> = LazyLock::new(|| regex("^[0-9]{2}_[a-z0-9_]+$"));

/// An entry of `info.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// The name of its file, without `.rs`.
    pub name: String,
    /// The folder it lies in, which begins with the number of its chapter.
    pub dir: String,
    /// What is to be done, in one line.
    pub task: String,
    /// The section of the standard that it is about: `RFC 9112 §3`.
    pub section: String,
    /// The page to read first, as seen from `book/src`.
    pub page: String,
}

/// What an [`Answer`] is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The exercise as students get it.
    Untouched,
    /// The model to read.
    Solution,
    /// A mistake that people make.
    Wrong,
}

/// A whole file that does an exercise, or does not.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The name of its exercise.
    pub exercise: String,
    /// What it is there for.
    pub kind: Kind,
    /// Where it lies.
    pub file: PathBuf,
    /// The whole program: what it holds, and behind a wrong answer the tests of the solution.
    pub text: String,
}

impl Exercise {
    /// The number of its chapter.
    #[must_use]
    pub fn chapter(&self) -> u32 {
        self.dir[..2].parse().unwrap_or_default()
    }

    /// Where the file of this kind lies, as seen from the workspace.
    #[must_use]
    pub fn path(&self, kind: Kind) -> String {
        let Self { name, dir, .. } = self;
        match kind {
            Kind::Untouched => format!("{FOLDER}/exercises/{dir}/{name}.rs"),
            Kind::Solution => format!("{FOLDER}/solutions/{dir}/{name}.rs"),
            Kind::Wrong => format!("{FOLDER}/wrong/{name}"),
        }
    }

    /// All its answers; without the exercise itself where a student has begun it.
    ///
    /// # Errors
    /// When a file is missing, or there are too few wrong answers.
    pub fn answers(&self) -> Result<Vec<Answer>, String> {
        let root = workspace::root();
        let wrong = workspace::files(&root.join(self.path(Kind::Wrong)), "rs");
        if wrong.len() < WRONG_ANSWERS {
            return Err(format!(
                "{}: {} wrong answers, not at least {WRONG_ANSWERS}",
                self.path(Kind::Wrong),
                wrong.len()
            ));
        }
        let one = [Kind::Untouched, Kind::Solution].map(|kind| (kind, root.join(self.path(kind))));
        let files = one.into_iter().chain(wrong.into_iter().map(|file| (Kind::Wrong, file)));
        let answer = |(kind, file): (Kind, PathBuf)| {
            let text = workspace::read(&file)?;
            Ok(Answer { exercise: self.name.clone(), kind, file, text })
        };
        let mut answers: Vec<Answer> = files.map(answer).collect::<Result<_, String>>()?;
        written::add_tests(&mut answers)?;
        answers.retain(|answer| answer.kind != Kind::Untouched || is_untouched(&answer.text));
        Ok(answers)
    }
}

/// The exercises, in their order.
///
/// # Errors
/// What is wrong with an entry, or which file no entry names.
pub fn list() -> Result<Vec<Exercise>, String> {
    let list = parse(&workspace::read(&workspace::root().join(FOLDER).join("info.toml"))?)?;
    for exercise in &list {
        if !workspace::root().join("book/src").join(&exercise.page).is_file() {
            return Err(format!("{}: book/src/{} is not there", exercise.name, exercise.page));
        }
    }
    let known: BTreeSet<PathBuf> = list.iter().flat_map(files_of).collect();
    let there = ["exercises", "solutions", "wrong"]
        .into_iter()
        .flat_map(|folder| workspace::files(&workspace::root().join(FOLDER).join(folder), "rs"));
    match there.into_iter().find(|file| !known.contains(file)) {
        Some(file) => Err(format!("{}: no exercise has this file", workspace::relative(&file))),
        None => Ok(list),
    }
}

/// Whether nobody has begun: each `// TODO` still has its `todo!()`.
fn is_untouched(text: &str) -> bool {
    let (gaps, comments) = (text.matches("todo!(").count(), text.matches("// TODO").count());
    gaps > 0 && gaps >= comments
}

fn files_of(exercise: &Exercise) -> Vec<PathBuf> {
    let root = workspace::root();
    let mut files = workspace::files(&root.join(exercise.path(Kind::Wrong)), "rs");
    files.extend([Kind::Untouched, Kind::Solution].map(|kind| root.join(exercise.path(kind))));
    files
}

fn parse(text: &str) -> Result<Vec<Exercise>, String> {
    let table: toml::Table = text.parse().map_err(|error| format!("info.toml: {error}"))?;
    let entries = table
        .get("exercises")
        .and_then(toml::Value::as_array)
        .ok_or("info.toml: no [[exercises]]")?;
    let list: Vec<Exercise> = entries.iter().map(entry).collect::<Result<_, _>>()?;
    for (index, exercise) in list.iter().enumerate() {
        if list[..index].iter().any(|other| other.name == exercise.name) {
            return Err(format!("info.toml: {}: this name stands twice", exercise.name));
        }
    }
    Ok(list)
}

fn entry(value: &toml::Value) -> Result<Exercise, String> {
    let name = value.get("name").and_then(toml::Value::as_str).unwrap_or("an entry without name");
    let text = |key: &str| {
        let text = value.get(key).and_then(toml::Value::as_str).map(str::trim);
        text.filter(|text| !text.is_empty()).ok_or(format!("info.toml: {name}: no `{key}`"))
    };
    let of_form = |key: &str, form: &Regex| {
        let text = text(key)?;
        match form.is_match(text) {
            true => Ok(text.to_owned()),
            false => Err(format!("info.toml: {name}: `{key}` is {text:?}, not {}", form.as_str())),
        }
    };
    if name.len() > LONGEST_NAME {
        return Err(format!("info.toml: {name}: a name has at most {LONGEST_NAME} bytes"));
    }
    text("hint")?;
    Ok(Exercise {
        name: of_form("name", &NAME)?,
        dir: of_form("dir", &DIR)?,
        task: text("task")?.to_owned(),
        section: of_form("section", &SECTION)?,
        page: text("page")?.to_owned(),
    })
}

fn regex(pattern: &str) -> Regex {
    #[expect(clippy::expect_used, reason = "the patterns are constants, and each test uses them")]
    Regex::new(pattern).expect("a pattern of this file")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "[[exercises]]\nname = \"a\"\ndir = \"02_b\"\ntask = \"c\"\nsection = \"RFC 9112 §3\"\npage = \"d.md\"\nhint = \"e\"\n";

    #[track_caller]
    fn rejects(from: &str, to: &str, expected: &str) {
        assert!(ENTRY.contains(from));
        let error = parse(&ENTRY.replace(from, to)).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn an_exercise_is_untouched_until_a_gap_is_filled() {
        assert!(is_untouched("// TODO: a\ntodo!(\"a\")\n"));
        assert!(is_untouched("// TODO: a\ntodo!(\"a\")\n// TODO: b\ntodo!(\"b\")\n"));
        assert!(!is_untouched("// TODO: a\nSome(1)\n// TODO: b\ntodo!(\"b\")\n"));
        assert!(!is_untouched("Some(1)\n"));
    }

    #[test]
    fn an_entry_is_whole() {
        let list = parse(ENTRY).unwrap();
        assert_eq!(list[0].chapter(), 2);
        assert_eq!(list[0].path(Kind::Untouched), "book/exercises/exercises/02_b/a.rs");
        rejects("\"a\"", "\"a b\"", "`name` is \"a b\"");
        rejects("\"a\"", "\"a_name_of_more_than_thirty_two_bytes\"", "at most 32 bytes");
        rejects("02_b", "b", "`dir` is \"b\"");
        rejects("RFC 9112 §3", "RFC 9112", "`section` is \"RFC 9112\"");
        rejects("hint = \"e\"", "hint = \" \"", "no `hint`");
        rejects("task = \"c\"", "", "no `task`");
        let error = parse(&ENTRY.repeat(2)).unwrap_err();
        assert!(error.contains("stands twice"), "{error}");
    }
}
