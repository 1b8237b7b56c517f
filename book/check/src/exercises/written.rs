//! What is written from the list and the solutions, and held against what is there.
//!
//! *Strategy*: a fact stands in one place. The programs in `Cargo.toml`, the list of a chapter and
//! the third line of a file come from `info.toml`; the tests of an exercise are those of its
//! solution, and so are those of its wrong answers, which hold none; the versions of the libraries
//! are the workspace's. `UPDATE=1` writes them all anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::exercises::{Answer, Exercise, FOLDER, Kind};
use crate::{process, summary, workspace};

/// The line from which on a file is its tests.
pub const TESTS: &str = "#[cfg(test)]";

/// Compares all that is written with what is there, or writes it: see [`summary::generated`].
///
/// # Errors
/// The first difference.
pub fn compare(exercises: &[Exercise]) -> Result<(), String> {
    let manifest = format!("{FOLDER}/Cargo.toml");
    let there = workspace::read(&workspace::root().join(&manifest))?;
    summary::generated(&manifest, &with_programs(&there, exercises)?)?;
    let mut chapters: BTreeMap<u32, Vec<&Exercise>> = BTreeMap::new();
    for exercise in exercises {
        chapters.entry(exercise.chapter()).or_default().push(exercise);
    }
    for (chapter, exercises) in chapters {
        summary::generated(&format!("{FOLDER}/chapter{chapter}.md"), &markdown(&exercises))?;
    }
    for exercise in exercises {
        let answers = exercise.answers()?;
        let tests = tests_of_solution(&answers)?;
        for answer in answers.iter().filter(|answer| answer.kind != Kind::Wrong) {
            let expected = with_tests(&with_place(answer, exercise)?, tests);
            summary::generated(&workspace::relative(&answer.file), &expected)?;
        }
    }
    compare_lock()
}

/// Puts the tests of the solution behind the wrong answers.
///
/// # Errors
/// When the solution has none, or a wrong answer has its own.
pub(super) fn add_tests(answers: &mut [Answer]) -> Result<(), String> {
    let tests = tests_of_solution(answers)?.to_owned();
    for answer in answers.iter_mut().filter(|answer| answer.kind == Kind::Wrong) {
        if answer.text.contains(TESTS) {
            return Err(format!(
                "{}: leave out {TESTS}: it is held to the tests of the solution",
                workspace::relative(&answer.file)
            ));
        }
        answer.text = with_tests(&answer.text, &tests);
    }
    Ok(())
}

fn tests_of_solution(answers: &[Answer]) -> Result<&str, String> {
    let solution = answers.iter().find(|answer| answer.kind == Kind::Solution);
    let solution = solution.ok_or("an exercise without a solution")?;
    match tests(&solution.text) {
        "" => Err(format!("{}: no {TESTS}", workspace::relative(&solution.file))),
        tests => Ok(tests),
    }
}

/// The manifest with the list of programs as Rustlings writes it.
pub(super) fn with_programs(manifest: &str, exercises: &[Exercise]) -> Result<String, String> {
    const BEGIN: &str = "bin = [\n";
    let (before, rest) = manifest.split_once(BEGIN).ok_or("Cargo.toml: no `bin = [`")?;
    let (_, after) = rest.split_once(']').ok_or("Cargo.toml: `bin = [` has no end")?;
    let program = |suffix: &str, exercise: &Exercise, kind: Kind| {
        let path = exercise.path(kind);
        let path = path.trim_start_matches(FOLDER).trim_start_matches('/');
        format!("  {{ name = \"{}{suffix}\", path = \"{path}\" }},\n", exercise.name)
    };
    let both = |exercise| {
        program("", exercise, Kind::Untouched) + &program("_sol", exercise, Kind::Solution)
    };
    let programs: String = exercises.iter().map(both).collect();
    Ok(format!("{before}{BEGIN}{programs}]{after}"))
}

/// The list of a chapter.
fn markdown(exercises: &[&Exercise]) -> String {
    let row = |exercise: &&Exercise| {
        let Exercise { name, task, section, .. } = exercise;
        format!("| `{name}` | {task} | {} |\n", link(section))
    };
    let rows: String = exercises.iter().map(row).collect();
    format!("| Exercise | Task | Section |\n|---|---|---|\n{rows}")
}

/// `RFC 9112 §3` as a link to that section.
fn link(section: &str) -> String {
    if let Some(title) = section.strip_prefix("PEP 3333, ") {
        let title = title.to_lowercase().replace("()", "").replace([' ', '_'], "-");
        return format!("[{section}](https://peps.python.org/pep-3333/#{title})");
    }
    if let Some(number) = section.strip_prefix("FastCGI §") {
        let specification = "https://fastcgi-archives.github.io/FastCGI_Specification.html";
        return format!("[{section}]({specification}#S{number})");
    }
    let (rfc, number) = section.split_once(" §").unwrap_or((section, ""));
    let rfc = rfc.replace(' ', "").to_lowercase();
    format!("[{section}](https://www.rfc-editor.org/rfc/{rfc}#section-{number})")
}

/// The file with the third line, which says where in the book and the standard one is.
fn with_place(answer: &Answer, exercise: &Exercise) -> Result<String, String> {
    let mut lines = answer.text.splitn(4, '\n');
    let (Some(title), Some("//!"), Some(place), Some(rest)) =
        (lines.next(), lines.next(), lines.next(), lines.next())
    else {
        return Err(bad_head(answer));
    };
    if !title.starts_with("//! ") || !place.starts_with("//! Chapter ") {
        return Err(bad_head(answer));
    }
    let Exercise { section, page, .. } = exercise;
    let place = format!("Chapter {} · {section} · book/src/{page}", exercise.chapter());
    Ok(format!("{title}\n//!\n//! {place}\n{rest}"))
}

fn bad_head(answer: &Answer) -> String {
    let file = workspace::relative(&answer.file);
    format!("{file}: it must begin with `//! Its rule`, `//!`, `//! Chapter …`")
}

/// The tests of a file, from [`TESTS`] to its end.
#[must_use]
pub fn tests(text: &str) -> &str {
    text.find(&format!("\n{TESTS}\n")).map_or("", |at| &text[at + 1..])
}

/// The file with these tests in the place of its own.
fn with_tests(text: &str, tests_instead: &str) -> String {
    let code = text.strip_suffix(tests(text)).unwrap_or(text);
    format!("{}\n\n{tests_instead}", code.trim_end())
}

/// Holds `Cargo.lock` of the exercises against that of the workspace: with the same versions, what
/// the workspace has downloaded is enough for the exercises.
fn compare_lock() -> Result<(), String> {
    let folder = workspace::root().join(FOLDER);
    let lock = folder.join("Cargo.lock");
    let of_the_workspace = workspace::root().join("Cargo.lock");
    if summary::is_update() {
        std::fs::copy(&of_the_workspace, &lock).map_err(|error| format!("Cargo.lock: {error}"))?;
        return tree(&folder, &[]);
    }
    let known = versions(&of_the_workspace)?;
    let other: Vec<String> = versions(&lock)?.difference(&known).cloned().collect();
    if !other.is_empty() {
        return Err(format!(
            "{FOLDER}/Cargo.lock: {} is not what the workspace uses; \
             UPDATE=1 cargo test -p check writes it",
            other.join(", ")
        ));
    }
    tree(&folder, &["--locked"])
}

/// What a `Cargo.lock` takes from elsewhere: `http 1.5.0`.
fn versions(lock: &Path) -> Result<BTreeSet<String>, String> {
    let table: toml::Table = workspace::read(lock)?
        .parse()
        .map_err(|error| format!("{}: {error}", workspace::relative(lock)))?;
    let packages = table.get("package").and_then(toml::Value::as_array);
    let text = |package: &toml::Value, key: &str| Some(package.get(key)?.as_str()?.to_owned());
    let foreign = packages.into_iter().flatten().filter(|package| package.get("source").is_some());
    Ok(foreign
        .filter_map(|p| Some(format!("{} {}", text(p, "name")?, text(p, "version")?)))
        .collect())
}

/// Lets cargo read the manifest and the lock file, and put the latter right if it may.
/// `cargo tree` looks at this platform alone: what only others need (`anstyle-wincon`)
/// was never downloaded here.
fn tree(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["tree", "--quiet", "--offline"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    let finished = process::run(cargo, Duration::from_secs(60))
        .map_err(|error| format!("cargo tree: {error}"))?;
    match finished.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{FOLDER}/Cargo.lock does not go with the manifest; UPDATE=1 cargo test -p check \
             writes it\n{}",
            String::from_utf8_lossy(&finished.output)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exercise() -> Exercise {
        Exercise {
            name: "name".into(),
            dir: "02_dir".into(),
            task: "Do it".into(),
            section: "RFC 9112 §6.3".into(),
            page: "page.md".into(),
        }
    }

    #[test]
    fn a_section_is_a_link() {
        let pep = "https://peps.python.org/pep-3333/";
        for (section, target) in [
            ("RFC 9112 §6.3", "https://www.rfc-editor.org/rfc/rfc9112#section-6.3".to_owned()),
            ("PEP 3333, environ Variables", format!("{pep}#environ-variables")),
            (
                "PEP 3333, The start_response() Callable",
                format!("{pep}#the-start-response-callable"),
            ),
        ] {
            assert_eq!(link(section), format!("[{section}]({target})"));
        }
    }

    #[test]
    fn the_programs_stand_in_the_manifest() {
        let manifest = with_programs("bin = [\n  old\n]\n[package]\n", &[exercise()]).unwrap();
        assert_eq!(
            manifest,
            "bin = [\n  { name = \"name\", path = \"exercises/02_dir/name.rs\" },\n  \
             { name = \"name_sol\", path = \"solutions/02_dir/name.rs\" },\n]\n[package]\n"
        );
    }

    #[test]
    fn the_chapter_has_a_row_for_each() {
        let list = markdown(&[&exercise()]);
        assert!(list.ends_with(
            "| `name` | Do it | [RFC 9112 §6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3) |\n"
        ));
    }

    #[test]
    fn a_file_gets_its_place_and_the_tests_of_the_solution() {
        let answer = |text: &str| Answer {
            exercise: "name".into(),
            kind: Kind::Untouched,
            file: "name.rs".into(),
            text: text.into(),
        };
        let text = with_place(&answer("//! A.\n//!\n//! Chapter ?\n\nb\n"), &exercise()).unwrap();
        assert_eq!(text, "//! A.\n//!\n//! Chapter 2 · RFC 9112 §6.3 · book/src/page.md\n\nb\n");
        assert!(with_place(&answer("//! A.\n\nb\n"), &exercise()).is_err());
        let tests = "#[cfg(test)]\nnew\n";
        assert_eq!(with_tests("b\n", tests), "b\n\n#[cfg(test)]\nnew\n");
        assert_eq!(with_tests("b\n\n#[cfg(test)]\nold\n", tests), "b\n\n#[cfg(test)]\nnew\n");
    }

    #[test]
    fn a_wrong_answer_is_held_to_the_tests_of_the_solution_and_has_none_of_its_own() {
        let answer = |kind, text: &str| Answer {
            exercise: "name".into(),
            kind,
            file: "name.rs".into(),
            text: text.into(),
        };
        let solution = answer(Kind::Solution, "a\n\n#[cfg(test)]\nits\n");
        let mut answers = [solution.clone(), answer(Kind::Wrong, "b\n")];
        add_tests(&mut answers).unwrap();
        assert_eq!(answers[1].text, "b\n\n#[cfg(test)]\nits\n");
        assert!(add_tests(&mut answers).unwrap_err().contains("leave out #[cfg(test)]"));
        assert!(add_tests(&mut [answer(Kind::Solution, "a\n")]).unwrap_err().contains("no #[cfg"));
    }
}
