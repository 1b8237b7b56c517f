//! Compiles all answers at once, and runs each by itself.
//!
//! *Strategy*: fifty small programs would be linked fifty times. So all answers become modules of
//! one test program, which is compiled once, in the workspace's build folder and with the versions
//! of the exercises' own `Cargo.lock`; then it is started once for each answer, with the name of
//! its module as a filter and with a deadline.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use regex_lite::Regex;

use crate::exercises::{Answer, FOLDER, Kind, written};
use crate::process::{self, Finished};
use crate::workspace;

/// How long the compiler may take, from nothing.
const BUILD_DEADLINE: Duration = Duration::from_secs(600);
/// How long the tests of one answer may take.
pub const DEADLINE: Duration = Duration::from_secs(20);

static EXECUTABLE: LazyLock<Regex> = LazyLock::new(|| super::regex(r#""executable":"([^"\\]+)""#));

/// Compiles the tests of all `answers` and gives the program.
///
/// # Errors
/// What the compiler said: an answer must compile, a wrong one too.
pub fn build(answers: &[Answer]) -> Result<PathBuf, String> {
    let target = workspace::target_folder()?;
    let folder = target.join("exercises");
    let mut crate_root = "#![allow(warnings)]\n".to_owned();
    for (index, answer) in answers.iter().enumerate() {
        let file = file(&folder, answer)?;
        // Writing to a String cannot fail.
        let _ = writeln!(crate_root, "#[path = {file:?}]\nmod {};", module(index, answer));
    }
    let exercises = workspace::root().join(FOLDER);
    write(
        &folder.join("Cargo.toml"),
        &manifest(&workspace::read(&exercises.join("Cargo.toml"))?)?,
    )?;
    write(&folder.join("Cargo.lock"), &workspace::read(&exercises.join("Cargo.lock"))?)?;
    write(&folder.join("src/lib.rs"), &crate_root)?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["test", "--no-run", "--lib", "--quiet", "--offline"])
        .arg("--message-format=json-render-diagnostics")
        .arg("--target-dir")
        .arg(&target)
        .current_dir(&folder)
        .env_remove("CARGO_BUILD_TARGET")
        .stdin(Stdio::null());
    let finished = process::run(cargo, BUILD_DEADLINE).map_err(|e| format!("cargo test: {e}"))?;
    let output = String::from_utf8_lossy(&finished.output);
    let executable = EXECUTABLE.captures_iter(&output).last();
    match executable.and_then(|found| found.get(1)) {
        Some(path) if finished.status.success() => Ok(PathBuf::from(path.as_str())),
        _ => Err(format!("an answer does not compile:\n{}", without_messages(&output))),
    }
}

/// The file to compile: the answer itself, or a copy of a wrong one that has its tests.
fn file(folder: &Path, answer: &Answer) -> Result<PathBuf, String> {
    if answer.kind != Kind::Wrong {
        return Ok(answer.file.clone());
    }
    let copy = folder.join("src").join(workspace::relative(&answer.file));
    write(&copy, &answer.text).map(|()| copy)
}

/// Runs the tests of one answer.
///
/// # Errors
/// When it does not end in time.
pub fn run(program: &Path, index: usize, answer: &Answer) -> Result<Finished, String> {
    let mut command = Command::new(program);
    command
        .arg(format!("{}::", module(index, answer)))
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    process::run(command, DEADLINE).map_err(|error| error.to_string())
}

/// The name of an answer's module: of no other is it a part.
fn module(index: usize, answer: &Answer) -> String {
    let kind = match answer.kind {
        Kind::Untouched => "untouched",
        Kind::Solution => "solution",
        Kind::Wrong => "wrong",
    };
    format!("answer_{index}_{}_{kind}", answer.exercise)
}

/// The manifest of the one program, made of the exercises' own: without their programs, and to be
/// used elsewhere.
fn manifest(of_the_exercises: &str) -> Result<String, String> {
    let paths = format!("path = \"{}/", workspace::root().display());
    Ok(written::with_programs(of_the_exercises, &[])?.replace("path = \"../../", &paths))
}

/// Writes a file whose content has changed, so that cargo sees what has not.
fn write(file: &Path, text: &str) -> Result<(), String> {
    if std::fs::read_to_string(file).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(file, text))
        .map_err(|error| format!("{}: {error}", file.display()))
}

/// Cargo's output without its messages to programs.
fn without_messages(output: &str) -> String {
    output.lines().filter(|line| !line.starts_with('{')).collect::<Vec<_>>().join("\n")
}
