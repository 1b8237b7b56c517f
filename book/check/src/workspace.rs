//! The workspace that is checked: its root, its packages, and programs built from it.
//!
//! *Strategy*: cargo has released the lock of its build folder when tests run, so a test may call
//! `cargo build` for the same folder: nothing that was built already is built again. Only the
//! binaries and examples that are asked for are built; package `book`, which is heavy, is not
//! among them unless a page uses it.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process;

/// How long a build of the programs may take, from nothing.
const BUILD_DEADLINE: Duration = Duration::from_secs(900);

/// A program of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// The binary of a package, which bears the package's name.
    Binary {
        /// The package, and the binary.
        package: String,
    },
    /// An example: `step2-static-server/examples/01_naive.rs`.
    Example {
        /// The package it belongs to.
        package: String,
        /// Its file name without `.rs`.
        name: String,
    },
    /// Step 5's binary with its feature `python`: the interpreter of Python is inside. It needs a
    /// Python with its shared library, which the feature `peers` alone promises.
    WithPython,
}

/// The package that has the feature `python`.
pub const HOSTS_PYTHON: &str = "step5-wsgi-server";

impl Program {
    /// The name of the executable file.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Binary { package } => package,
            Self::Example { name, .. } => name,
            Self::WithPython => "step5-wsgi-server-with-python",
        }
    }

    fn package(&self) -> &str {
        match self {
            Self::Binary { package } | Self::Example { package, .. } => package,
            Self::WithPython => HOSTS_PYTHON,
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary { package } => write!(f, "cargo run -p {package}"),
            Self::Example { package, name } => write!(f, "cargo run -p {package} --example {name}"),
            Self::WithPython => write!(f, "cargo run -p {HOSTS_PYTHON} --features python"),
        }
    }
}

/// The folder with the workspace's `Cargo.toml`.
#[must_use]
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap_or(root)
}

/// `path` as seen from the root, for messages.
#[must_use]
pub fn relative(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    path.strip_prefix(root()).unwrap_or(&path).display().to_string()
}

/// The folders of the packages, as the root manifest lists them.
///
/// # Errors
/// When the root manifest cannot be read.
pub fn members() -> Result<Vec<PathBuf>, String> {
    let manifest = root().join("Cargo.toml");
    let text = read(&manifest)?;
    let table: toml::Table = text.parse().map_err(|e| format!("{}: {e}", manifest.display()))?;
    let members = table
        .get("workspace")
        .and_then(|workspace| workspace.get("members"))
        .and_then(toml::Value::as_array)
        .ok_or("Cargo.toml: [workspace] has no members")?;
    Ok(members.iter().filter_map(toml::Value::as_str).map(|member| root().join(member)).collect())
}

/// The program called `name`: a package's binary or an example.
#[must_use]
pub fn find(name: &str) -> Option<Program> {
    let members = members().ok()?;
    let package = |folder: &Path| Some(folder.file_name()?.to_str()?.to_owned());
    members.iter().find_map(|folder| {
        let package = package(folder)?;
        if package == name {
            Some(Program::Binary { package })
        } else if folder.join("examples").join(name).with_extension("rs").is_file() {
            Some(Program::Example { package, name: name.to_owned() })
        } else {
            None
        }
    })
}

/// Builds `programs` and gives the folder of each: `(program, executable)`.
///
/// # Errors
/// What cargo printed, if it failed.
pub fn build(programs: &BTreeSet<Program>) -> Result<Vec<(Program, PathBuf)>, String> {
    build_as("dev", programs)
}

/// Builds `programs` as fast as they can be, to be measured.
///
/// # Errors
/// What cargo printed, if it failed.
pub fn build_for_speed(programs: &BTreeSet<Program>) -> Result<Vec<(Program, PathBuf)>, String> {
    build_as("release", programs)
}

fn build_as(
    profile: &str,
    programs: &BTreeSet<Program>,
) -> Result<Vec<(Program, PathBuf)>, String> {
    let folder = target_folder()?.join(if profile == "dev" { "debug" } else { profile });
    // Its binary goes to the place of the plain one. So it comes first, and is put aside.
    let aside = match programs.contains(&Program::WithPython) {
        true => build_with_python(profile, &folder)?,
        false => PathBuf::new(),
    };
    let mut cargo = cargo_build(profile)?;
    let mut plain = programs.iter().filter(|program| **program != Program::WithPython).peekable();
    let is_any = plain.peek().is_some();
    for program in plain {
        cargo.args(["--package", program.package()]);
        match program {
            Program::Example { name, .. } => cargo.args(["--example", name]),
            binary => cargo.args(["--bin", binary.package()]),
        };
    }
    if is_any {
        run(cargo)?;
    }
    let executable = |program: &Program| match program {
        Program::Binary { package } => folder.join(package),
        Program::Example { name, .. } => folder.join("examples").join(name),
        Program::WithPython => aside.clone(),
    };
    Ok(programs.iter().map(|program| (program.clone(), executable(program))).collect())
}

/// Builds step 5 with Python inside, and gives a copy that the next build does not touch.
fn build_with_python(profile: &str, folder: &Path) -> Result<PathBuf, String> {
    let mut cargo = cargo_build(profile)?;
    cargo.args(["--package", HOSTS_PYTHON, "--bin", HOSTS_PYTHON, "--features", "python"]);
    run(cargo)?;
    let aside = folder.join(Program::WithPython.name());
    let fresh = folder.join(format!("{}-{}", Program::WithPython.name(), std::process::id()));
    // A copy that somebody runs at this moment cannot be written into, but another can take its name.
    std::fs::copy(folder.join(HOSTS_PYTHON), &fresh)
        .and_then(|_| std::fs::rename(&fresh, &aside))
        .map_err(|error| format!("{}: {error}", aside.display()))?;
    Ok(aside)
}

fn cargo_build(profile: &str) -> Result<Command, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--profile", profile, "--target-dir"]).arg(target_folder()?);
    cargo.arg("--manifest-path").arg(root().join("Cargo.toml"));
    cargo.env_remove("CARGO_BUILD_TARGET").stdin(Stdio::null());
    Ok(cargo)
}

fn run(cargo: Command) -> Result<(), String> {
    let finished = process::run(cargo, BUILD_DEADLINE).map_err(|e| format!("cargo build: {e}"))?;
    if finished.status.success() {
        return Ok(());
    }
    Err(format!("cargo build failed:\n{}", String::from_utf8_lossy(&finished.output)))
}

/// The virtual environment with what the applications in Python use: `PYTHON_PEERS`, or
/// `python-peers` in the build folder.
///
/// # Errors
/// When the build folder is not found.
pub fn python_peers() -> Result<PathBuf, String> {
    match std::env::var_os("PYTHON_PEERS") {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Ok(target_folder()?.join("python-peers")),
    }
}

/// The build folder in which this program itself lies: `target` of `target/debug/deps/check-1f`.
pub(crate) fn target_folder() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|e| format!("where this program lies: {e}"))?;
    program
        .ancestors()
        // What cargo keeps there about the compiler; its CACHEDIR.TAG is missing if somebody else
        // made the folder.
        .find(|folder| folder.join(".rustc_info.json").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| format!("{}: not in a build folder of cargo", program.display()))
}

/// A file's text, or a message with its name.
///
/// # Errors
/// When it cannot be read or is not UTF-8.
pub fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", relative(path)))
}

/// All files below `folder` whose name ends with `.extension`, sorted.
#[must_use]
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = all_files(folder);
    found.retain(|path| path.extension().is_some_and(|e| e == extension));
    found
}

/// All files below `folder`, sorted.
#[must_use]
pub fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => found.push(path),
            }
        }
    }
    found.sort();
    found
}
