//! A temporary folder in which a page's commands and servers run.
//!
//! *Strategy*: the folder holds a copy of `www/`, so that `./www` is the root as in a fresh clone,
//! and every file of it carries one fixed date, so that `Last-Modified` and `ETag` are the same on
//! every machine. Beside it, out of sight, lie the programs of the workspace and the settings of
//! curl. The environment is emptied: what the reader's shell holds must not change an answer.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use crate::workspace;

/// The `User-Agent` that curl is told to send, whatever its version: the length of a request must
/// not depend on the machine.
pub const CURL_USER_AGENT: &str = "curl/8.14.1";

/// The date of every file in the copy of `www/`: 1 January 2026, 12:00 GMT.
const FILE_DATE: Duration = Duration::from_secs(1_767_268_800);

/// The temporary folder; removed when dropped.
#[derive(Debug)]
pub struct Sandbox {
    top: PathBuf,
}

impl Sandbox {
    /// A folder with a copy of `www` in it, where the programs in `executables` can be called by
    /// their names.
    ///
    /// # Errors
    /// When a file cannot be copied.
    pub fn new<'a>(
        www: &Path,
        executables: impl IntoIterator<Item = (&'a str, &'a Path)>,
    ) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("check-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let top = std::env::temp_dir().canonicalize()?.join(name);
        fs::create_dir(&top)?;
        let sandbox = Self { top };
        for folder in ["here", "bin", "settings", "temporary"] {
            fs::create_dir(sandbox.top.join(folder))?;
        }
        if www.is_dir() {
            copy_folder(www, &sandbox.folder().join("www"))?;
        }
        for (name, executable) in executables {
            std::os::unix::fs::symlink(executable, sandbox.top.join("bin").join(name))?;
        }
        let curlrc = format!("no-progress-meter\nuser-agent = \"{CURL_USER_AGENT}\"\n");
        fs::write(sandbox.top.join("settings/.curlrc"), curlrc)?;
        fs::write(sandbox.top.join("settings/wgetrc"), "")?;
        Ok(sandbox)
    }

    /// Lays the sample applications in Python, and the virtual environment, where a reader has
    /// them: `step5-wsgi-server/python` and `target/python-peers`.
    ///
    /// # Errors
    /// When a file cannot be copied, or the build folder is not found.
    pub fn lay_python(&self) -> io::Result<()> {
        let here = self.folder();
        let samples = "step5-wsgi-server/python";
        fs::create_dir_all(here.join("step5-wsgi-server"))?;
        copy_folder(&workspace::root().join(samples), &here.join(samples))?;
        fs::create_dir_all(here.join("target"))?;
        let peers = workspace::python_peers().map_err(io::Error::other)?;
        std::os::unix::fs::symlink(peers, here.join("target/python-peers"))
    }

    /// The folder in which commands run.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.top.join("here")
    }

    /// `program`, to be run in the folder with an environment of its own.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder())
            .stdin(std::process::Stdio::null())
            .env_clear()
            .env("PATH", self.path())
            // What a server that is killed leaves behind goes with the sandbox.
            .env("TMPDIR", self.top.join("temporary"))
            .env("HOME", self.top.join("settings"))
            .env("CURL_HOME", self.top.join("settings"))
            .env("WGETRC", self.top.join("settings/wgetrc"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC");
        command
    }

    /// Whether a program of that name can be called from here, or lies at that path.
    #[must_use]
    pub fn has(&self, program: &str) -> bool {
        if program.contains('/') {
            return self.folder().join(program).is_file();
        }
        std::env::split_paths(&self.path()).any(|folder| folder.join(program).is_file())
    }

    /// The folder of our programs, then the folders of the caller's `PATH`.
    fn path(&self) -> std::ffi::OsString {
        let callers = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.top.join("bin")).chain(std::env::split_paths(&callers));
        std::env::join_paths(folders).unwrap_or(callers)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A folder that cannot be removed is left to the system's own sweeping.
        let _ = fs::remove_dir_all(&self.top);
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
            let date = SystemTime::UNIX_EPOCH + FILE_DATE;
            fs::File::options().write(true).open(&to)?.set_modified(date)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_copied_with_one_date_and_removed() {
        let original = Sandbox::new(Path::new("no such folder"), []).unwrap();
        fs::create_dir(original.folder().join("css")).unwrap();
        fs::write(original.folder().join("css/site.css"), "a{}").unwrap();
        let copy = Sandbox::new(&original.folder(), [("mine", Path::new("/bin/sh"))]).unwrap();
        let file = copy.folder().join("www/css/site.css");
        let modified = fs::metadata(&file).unwrap().modified().unwrap();
        assert_eq!(modified.duration_since(SystemTime::UNIX_EPOCH).unwrap(), FILE_DATE);
        assert!(copy.has("mine") && !copy.has("no-such-program"));
        drop(copy);
        assert!(!file.exists());
    }
}
