//! php-fpm, for as long as a test runs.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

/// A running php-fpm; it is told to end when it is dropped.
pub(crate) struct PhpFpm {
    child: Child,
    folder: PathBuf,
}

impl PhpFpm {
    /// So many processes that listen at `listen`: a path or HOST:PORT.
    pub(crate) fn start(folder: &Path, listen: &str, processes: usize) -> Self {
        let settings = folder.join("fpm.conf");
        let text = format!(
            "[global]\nerror_log = /dev/stderr\ndaemonize = no\n\
             [www]\nlisten = {listen}\nuser = root\ngroup = root\n\
             pm = static\npm.max_children = {processes}\ncatch_workers_output = yes\n\
             php_admin_value[post_max_size] = 128M\nphp_admin_value[output_buffering] = 0\n\
             php_admin_flag[display_errors] = off\n\
             php_admin_value[upload_max_filesize] = 128M\n"
        );
        fs::write(&settings, text).expect("a file");
        let mut child = Command::new(program())
            .args(["--nodaemonize", "--allow-to-run-as-root", "-n", "--fpm-config"])
            .arg(&settings)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("php-fpm is installed");
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut said = String::new();
        while !said.contains("ready to handle connections") {
            assert_ne!(stderr.read_line(&mut said).expect("a line"), 0, "php-fpm: {said}");
        }
        // Nobody reads on; but nobody must be kept from writing.
        thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        PhpFpm { child, folder: folder.to_owned() }
    }

    /// Ends it at once, requests and all.
    pub(crate) fn kill(mut self) {
        let group = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(group, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

impl Drop for PhpFpm {
    fn drop(&mut self) {
        let process = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
        let _ = self.child.wait();
        let _ = fs::remove_file(self.folder.join("fpm.conf"));
    }
}

/// Debian names it after its version: `/usr/sbin/php-fpm8.2`.
fn program() -> PathBuf {
    let all = fs::read_dir("/usr/sbin").expect("a folder").filter_map(Result::ok);
    let mut found: Vec<_> = all
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"php-fpm"))
        })
        .collect();
    found.sort();
    found.pop().expect("php-fpm is installed")
}
