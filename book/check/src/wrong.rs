//! Programs that are wrong on purpose: `book/wrong/E0308_name.rs` does not compile, and says E0308.
//!
//! *Strategy*: each file is given to the compiler alone, with the standard library only. The error
//! *codes* are compared, all of them: messages change from one version of the compiler to the
//! next, codes do not.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process;

/// How long the compiler may take for one small file.
const DEADLINE: Duration = Duration::from_secs(60);

/// Checks that `file` gives the error that its name promises, and no other.
///
/// # Errors
/// What it gives instead.
pub fn check(file: &Path, scratch: &Path) -> Result<(), String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let promised = code(stem).ok_or_else(|| {
        format!("{stem}.rs: the name begins with the error's code: E0308_what_it_is_about.rs")
    })?;
    let source = std::fs::read_to_string(file).map_err(|error| format!("{stem}.rs: {error}"))?;
    let mut comments = source.lines().take_while(|line| line.starts_with("//"));
    if !comments.any(|line| line.contains(promised)) {
        return Err(format!(
            "{stem}.rs: the comment at its top must say what the reader should see, with {promised}"
        ));
    }
    let given = compile(file, scratch)?;
    match given.iter().all(|code| code == promised) {
        _ if given.is_empty() => {
            Err(format!("{stem}.rs compiles, or fails without an error code: it is not wrong"))
        }
        true => Ok(()),
        false => Err(format!("{stem}.rs gives {}, not {promised} alone", given.join(", "))),
    }
}

/// The error codes that the compiler gives for `file`.
fn compile(file: &Path, scratch: &Path) -> Result<Vec<String>, String> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc
        .args(["--edition", "2024", "--crate-type", "lib", "--crate-name", "wrong"])
        .args([
            "--emit",
            "metadata",
            "--error-format",
            "short",
            "--cap-lints",
            "allow",
            "--out-dir",
        ])
        .arg(scratch)
        .arg(file)
        .stdin(Stdio::null());
    let finished = process::run(rustc, DEADLINE).map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&finished.output);
    let codes = text.lines().filter_map(|line| code(line.split_once(": error[")?.1));
    Ok(codes.map(str::to_owned).collect())
}

/// The code at the beginning of `E0308_name` or `E0308]: message`.
fn code(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('E')?.bytes().take_while(u8::is_ascii_digit).count();
    let ends = text[digits + 1..].starts_with(['_', ']']);
    (digits == 4 && ends).then(|| &text[..5])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::Sandbox;

    #[track_caller]
    fn check_one(name: &str, source: &str, expected: &str) {
        let sandbox = Sandbox::new(Path::new(""), []).unwrap();
        let file = sandbox.folder().join(name);
        std::fs::write(&file, source).unwrap();
        let seen = check(&file, &sandbox.folder()).err().unwrap_or_default();
        assert!(seen.contains(expected) && seen.is_empty() == expected.is_empty(), "{seen:?}");
    }

    #[test]
    fn a_file_is_wrong_as_it_says() {
        check_one("E0308_a.rs", "// E0308\npub fn f() -> u8 { \"\" }\n", "");
        check_one("E0308_a.rs", "// E0308\npub fn f() -> u8 { 1 }\n", "compiles");
        check_one("E0308_a.rs", "// E0308\npub fn f( {\n", "without an error code");
        check_one("E0499_a.rs", "// E0499\npub fn f() -> u8 { \"\" }\n", "gives E0308, not E0499");
        check_one(
            "E0308_a.rs",
            "pub fn f() -> u8 { \"\" }\n",
            "must say what the reader should see",
        );
        check_one("wrong.rs", "// E0308\n", "begins with the error's code");
    }
}
