//! The file that says which process to send signals to.
//!
//! Chapter 6
//!
//! *Strategy*: it is written beside its place and moved there, so nobody ever
//! reads half a number; and taken away at the end, if it is still ours.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

/// A file with our process id, for as long as this lives.
#[derive(Debug)]
pub(crate) struct PidFile {
    path: PathBuf,
    content: String,
}

impl PidFile {
    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(path: &Path) -> io::Result<Self> {
        let content = format!("{}\n", process::id());
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", process::id()));
        fs::write(&beside, &content)?;
        fs::rename(&beside, path)?;
        Ok(PidFile { path: path.to_owned(), content })
    }

    /// Takes it away.
    pub(crate) fn remove(&self) {
        // Another server may have written its own there meanwhile.
        if fs::read_to_string(&self.path).is_ok_and(|content| content == self.content) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_goes_with_the_server_and_another_servers_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        let file = PidFile::write(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", process::id()));
        drop(file);
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
        let file = PidFile::write(&path).unwrap();
        fs::write(&path, "1\n").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "1\n");
    }
}
