//! Which commands a transcript may run, and what `cargo run` means there.
//!
//! *Strategy*: one list. A program of the workspace may stand by its name or as
//! `cargo run -p NAME [--example E] [-- ARGS]`; either way the program that was built beforehand
//! runs, and cargo's own lines (`Compiling`, `Finished`, `Running`) are not part of a transcript.

use crate::transcripts::shell::{self, Command};
use crate::workspace::{self, Program};

/// Commands that every reader has, besides the programs of the workspace.
const ALWAYS: &[&str] = &[
    "curl", "git", "printf", "echo", "cat", "head", "tail", "wc", "ls", "ln", "mkdir", "cmp",
    "diff", "gzip",
];

/// Commands that a block must ask for: `needs=python3`.
const WITH_NEEDS: &[&str] = &[
    "wget",
    "python3",
    "nginx",
    "php",
    "php-fpm",
    "openssl",
    "nc",
    "strace",
    "ss",
    "target/python-peers/bin/hg",
];

/// A command line that may be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runnable {
    /// The line for `sh -c`.
    pub line: String,
    /// The programs of the workspace that it calls.
    pub ours: Vec<Program>,
    /// All programs that must be there.
    pub programs: Vec<String>,
}

/// Checks a command line against the list.
///
/// # Errors
/// A sentence that names the command that is not on it, or the way in which the line is not plain.
pub fn check(line: &str, needs: &[String]) -> Result<Runnable, String> {
    let mut runnable = Runnable { line: line.to_owned(), ours: Vec::new(), programs: Vec::new() };
    // From the end, so that what is replaced does not move what comes before.
    for command in shell::read(line)?.commands.iter().rev() {
        if command.name() == "cargo" {
            let (program, words) = cargo_run(command)?;
            let span = command.words[0].span.start..command.words[words - 1].span.end;
            runnable.line.replace_range(span, program.name());
            runnable.programs.push(program.name().to_owned());
            runnable.ours.push(program);
            continue;
        }
        let name = command.name();
        if let Some(program) = workspace::find(name) {
            runnable.ours.push(program);
        } else {
            is_on_a_list(name, needs)?;
        }
        if name == "curl" {
            is_plain_curl(command)?;
        }
        runnable.programs.push(name.to_owned());
    }
    Ok(runnable)
}

/// The words of a server's command: one program of ours and its arguments, nothing else.
///
/// # Errors
/// A sentence that says what it should be.
pub fn server(line: &str) -> Result<(Program, Vec<String>), String> {
    let read = shell::read(line)?;
    let [command] = read.commands.as_slice() else {
        return Err(format!("`{line}`: a server is one command"));
    };
    if !command.files.is_empty() {
        return Err(format!(
            "`{line}`: a server's output is read by the replayer; leave out `<` and `>`"
        ));
    }
    let (program, words) = match command.name() {
        "cargo" => cargo_run(command)?,
        name => (
            workspace::find(name).ok_or(format!("`{name}` is not a program of the workspace"))?,
            1,
        ),
    };
    Ok((program, command.words[words..].iter().map(|word| word.text.clone()).collect()))
}

fn is_on_a_list(name: &str, needs: &[String]) -> Result<(), String> {
    match (ALWAYS.contains(&name), WITH_NEEDS.contains(&name)) {
        (true, _) => Ok(()),
        (_, true) if needs.iter().any(|need| need == name) => Ok(()),
        (_, true) => {
            Err(format!("`{name}` is not on every machine: the block must say needs={name}"))
        }
        _ => Err(format!(
            "`{name}` is not a command that a transcript may run; these are: {}, and the programs of the workspace",
            ALWAYS.join(", ")
        )),
    }
}

/// Reads `cargo run …`: the program, and the number of words before its own arguments.
fn cargo_run(command: &Command) -> Result<(Program, usize), String> {
    let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    let (mut package, mut example, mut python) = (None, None, false);
    let mut at = 2;
    if words.get(1) != Some(&"run") {
        return Err("of cargo, a transcript may use `cargo run -p NAME` alone".into());
    }
    while at < words.len() {
        match (words[at], words.get(at + 1)) {
            ("-p" | "--package", Some(name)) => (package, at) = (Some(*name), at + 2),
            ("--example", Some(name)) => (example, at) = (Some(*name), at + 2),
            ("--features", Some(&"python")) => (python, at) = (true, at + 2),
            ("--release" | "-r" | "--quiet" | "-q", _) => at += 1,
            ("--", _) => {
                at += 1;
                break;
            }
            (word, _) => {
                return Err(format!(
                    "cargo run: `{word}` is not understood; arguments come after `--`"
                ));
            }
        }
    }
    let package = package.ok_or("cargo run: say which package with -p NAME")?;
    if python && example.is_none() && package == workspace::HOSTS_PYTHON {
        return Ok((Program::WithPython, at));
    }
    let program = workspace::find(example.unwrap_or(package)).filter(|_| !python);
    let is_asked_for = |found: &Program| match found {
        Program::Binary { .. } => example.is_none(),
        Program::Example { package: of, .. } => of == package,
        Program::WithPython => false,
    };
    match program.filter(is_asked_for) {
        Some(program) => Ok((program, at)),
        None => {
            Err(format!("`{}`: there is no such program in the workspace", words[..at].join(" ")))
        }
    }
}

/// What curl prints of itself must be the same at every reader's: no progress meter, which it shows
/// when its output is not the terminal, and no account of its own, which each version words anew.
fn is_plain_curl(command: &Command) -> Result<(), String> {
    let has = |long: &[&str], flag: char| {
        let is = |word: &str| long.contains(&word) || short_flags(word).contains(flag);
        command.words.iter().any(|word| is(&word.text))
    };
    let leaves = command.output_leaves || has(&["--output"], 'o') || has(&["--remote-name"], 'O');
    if leaves && !has(&["--silent", "--no-progress-meter"], 's') {
        return Err(
            "the output of curl goes elsewhere, so a reader's curl would show a progress meter: \
                    add -s (with -S, errors are still shown)"
                .into(),
        );
    }
    if has(&["--verbose", "--trace", "--trace-ascii", "--version"], 'v') || has(&[], 'V') {
        return Err("what curl says of itself differs from version to version: \
                    show the bytes with -i, or with --xray of the server"
            .into());
    }
    Ok(())
}

/// The flags of `-sSo`: letters up to the first that takes a value, as in `-XPOST`.
fn short_flags(word: &str) -> &str {
    let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else {
        return "";
    };
    let end = letters.find(['X', 'H', 'd', 'F', 'u', 'A', 'b', 'e', 'm', 'o', 'r', 'T', 'w', 'x']);
    &letters[..end.map_or(letters.len(), |at| at + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_line(line: &str, expected: &str) {
        let seen = match check(line, &["wget".to_owned()]) {
            Ok(runnable) => format!("{} {:?}", runnable.line, runnable.programs),
            Err(message) => message,
        };
        assert!(seen.contains(expected), "{seen}");
    }

    #[test]
    fn cargo_run_becomes_the_program() {
        check_line("cargo run -p step1-http-basics", "step1-http-basics [");
        check_line(
            "cargo run -q -p step1-http-basics --release -- demo --x 'a b'",
            "step1-http-basics demo --x 'a b' [",
        );
        check_line(
            "cargo run -p step1-http-basics -- status 404 | head -n 1 && cargo run -p step2-static-server -- --help",
            "step1-http-basics status 404 | head -n 1 && step2-static-server --help [",
        );
        check_line("cargo run -p check --example fixture_server", "fixture_server [");
        check_line(
            "cargo run -p step5-wsgi-server --features python -- m:app",
            "step5-wsgi-server-with-python m:app [",
        );
    }

    #[test]
    fn what_is_not_on_the_list_is_refused() {
        check_line("rm -rf x", "`rm` is not a command");
        check_line("curl -i http://h/ | sh", "`sh` is not a command");
        check_line("A=b curl x", "`A=b` is not a command");
        check_line("./target/debug/x", "is not a command");
        check_line("python3 -c 1", "must say needs=python3");
        check_line("wget http://h/", "wget http://h/ [\"wget\"]");
        check_line("cargo test", "`cargo run -p NAME` alone");
        check_line("cargo run", "say which package");
        check_line("cargo run -p nosuch", "no such program");
        check_line("cargo run -p step4-wsgi-interface --features python", "no such program");
        check_line("cargo run -p step1-http-basics --example fixture_server", "no such program");
        check_line("cargo run -p step1-http-basics demo", "`demo` is not understood");
    }

    #[test]
    fn curl_must_print_what_it_prints_at_the_readers() {
        check_line("curl http://h/ > page.html", "add -s");
        check_line("curl http://h/ | head -n 1", "add -s");
        check_line("curl -o page.html http://h/", "add -s");
        check_line("curl -sS -o page.html http://h/", "curl -sS");
        check_line("curl -si http://h/ | head -n 1", "curl -si");
        check_line("curl -XOPTIONS http://h/", "curl -XOPTIONS");
        check_line("curl -v http://h/", "differs from version to version");
        check_line("curl -siv http://h/", "differs from version to version");
        check_line("curl --trace - http://h/", "differs from version to version");
        check_line("printf x | curl -d @- http://h/", "curl -d");
    }
}
