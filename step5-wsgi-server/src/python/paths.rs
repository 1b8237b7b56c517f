//! Where Python looks for modules.
//!
//! Chapter 6 · PEP 405 (virtual environments)
//!
//! *Strategy*: the folder of the application comes first, then what
//! `--pythonpath` names, then the packages of the virtual environment, then
//! what Python has anyway. A virtual environment is a folder of packages made
//! for one version of Python. With another one its compiled modules would crash
//! or be missing, so that is said before anything is imported.

use std::fs;
use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::PyList;

use super::error::LoadError;

/// Where modules are.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    /// The folder to work in; the current one without it.
    pub chdir: Option<PathBuf>,
    /// Further folders with modules.
    pub pythonpath: Vec<PathBuf>,
    /// A virtual environment; without it what `VIRTUAL_ENV` says.
    pub venv: Option<PathBuf>,
}

impl Paths {
    /// Changes to the folder of the application, and tells Python where to look.
    ///
    /// # Errors
    /// When one of the folders is not there, or the virtual environment is not
    /// for this Python.
    pub fn enter(&self, py: Python<'_>) -> Result<(), LoadError> {
        // Empty means not set, as for a shell.
        let by_variable =
            || std::env::var_os("VIRTUAL_ENV").filter(|it| !it.is_empty()).map(PathBuf::from);
        let venv = self.venv.clone().or_else(by_variable);
        let venv = venv.map(|path| Venv::open(py, &path)).transpose()?;
        let further =
            self.pythonpath.iter().map(|path| folder(path)).collect::<Result<Vec<_>, _>>()?;
        let chdir = folder(self.chdir.as_deref().unwrap_or(Path::new(".")))?;
        let failed = |error: std::io::Error| LoadError::Folder { path: chdir.clone(), error };
        std::env::set_current_dir(&chdir).map_err(failed)?;
        if let Some(venv) = venv {
            venv.enter(py).map_err(|error| venv.wrong(&error.to_string()))?;
        }
        let first = std::iter::once(&chdir).chain(&further).map(|path| path.as_os_str());
        let first: Vec<_> = first.collect();
        insert_first(py, &first).map_err(|error| failed(std::io::Error::other(error.to_string())))
    }
}

/// The absolute path of a folder that is there.
fn folder(path: &Path) -> Result<PathBuf, LoadError> {
    let found = fs::canonicalize(path).and_then(|found| match found.is_dir() {
        true => Ok(found),
        false => Err(std::io::ErrorKind::NotADirectory.into()),
    });
    found.map_err(|error| LoadError::Folder { path: path.to_owned(), error })
}

fn insert_first(py: Python<'_>, paths: &[&std::ffi::OsStr]) -> PyResult<()> {
    let sys_path = py.import("sys")?.getattr("path")?.cast_into::<PyList>()?;
    paths.iter().rev().try_for_each(|path| sys_path.insert(0, path))
}

/// A virtual environment for this Python.
struct Venv {
    path: PathBuf,
    packages: PathBuf,
    with_system: bool,
}

impl Venv {
    fn open(py: Python<'_>, path: &Path) -> Result<Self, LoadError> {
        let wrong = |why: String| LoadError::Venv { path: path.to_owned(), why };
        let settings = fs::read_to_string(path.join("pyvenv.cfg"))
            .map_err(|error| wrong(format!("pyvenv.cfg: {error}; is it one?")))?;
        let path = folder(path)?;
        let ours = py.version_info();
        let ours = format!("{}.{}", ours.major, ours.minor);
        let theirs = setting(&settings, "version").or_else(|| setting(&settings, "version_info"));
        let theirs = theirs.unwrap_or(&ours);
        if !theirs.starts_with(&format!("{ours}.")) && theirs != ours {
            return Err(wrong(format!(
                "it is for Python {theirs}, and this server was built with Python {ours}: make it \
                 anew with python{ours} -m venv, or build the server with PYO3_PYTHON={}/bin/python",
                path.display()
            )));
        }
        let packages = path.join(format!("lib/python{ours}/site-packages"));
        if !packages.is_dir() {
            return Err(wrong(format!("it has no {}", packages.display())));
        }
        let with_system = setting(&settings, "include-system-site-packages") == Some("true");
        Ok(Venv { path, packages, with_system })
    }

    fn wrong(&self, why: &str) -> LoadError {
        LoadError::Venv { path: self.path.clone(), why: why.to_owned() }
    }

    /// What `bin/python` of the environment would have done at its start.
    fn enter(&self, py: Python<'_>) -> PyResult<()> {
        let (sys, site) = (py.import("sys")?, py.import("site")?);
        if !self.with_system {
            let global = site.call_method0("getsitepackages")?.extract::<Vec<String>>()?;
            let user = site.call_method0("getusersitepackages")?.extract::<String>()?;
            let path = sys.getattr("path")?.extract::<Vec<String>>()?;
            let is_global = |path: &String| global.iter().chain([&user]).any(|it| it == path);
            let kept: Vec<_> = path.into_iter().filter(|path| !is_global(path)).collect();
            sys.setattr("path", kept)?;
        }
        for prefix in ["prefix", "exec_prefix"] {
            sys.setattr(prefix, self.path.as_os_str())?;
        }
        // For programs that start another Python.
        sys.setattr("executable", self.path.join("bin/python").as_os_str())?;
        // Also reads the .pth files in it.
        site.call_method1("addsitedir", (self.packages.as_os_str(),))?;
        Ok(())
    }
}

/// The value of `name = value` in a `pyvenv.cfg`.
fn setting<'s>(settings: &'s str, name: &str) -> Option<&'s str> {
    let mut lines = settings.lines().filter_map(|line| line.split_once('='));
    lines.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_lines_of_name_and_value() {
        let settings = "home = /usr/bin\nVersion= 3.11.2 \nx = a = b\n";
        assert_eq!(setting(settings, "version"), Some("3.11.2"));
        assert_eq!(setting(settings, "x"), Some("a = b"));
        assert_eq!(setting(settings, "y"), None);
    }
}
