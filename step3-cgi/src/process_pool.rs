//! A pool of processes that the server starts and keeps itself.
//!
//! Chapter 4 · FastCGI specification §2.2, §2.3
//!
//! *Strategy*: all processes of a pool listen at the same socket, which each of
//! them finds as descriptor 0; the kernel gives a connection to one that waits.
//! One thread starts them and waits for their ends: one that dies is replaced,
//! at once if it had lived, after a growing pause if it dies as soon as it is
//! born. When the pool is dropped, all are told to end (TERM), and after a
//! grace made to (KILL).
//!
//! What if the server itself is killed (`kill -9`) and can tell nobody? A
//! process does not end with its parent, unless it has asked for that
//! (`PR_SET_PDEATHSIG`). A foreign program does not ask. So it is started
//! through this crate's binary, which asks and then *becomes* the program
//! (`exec`), which keeps what was asked for: [`become_program`].
//!
//! ```text
//!          ┌───────────────── dies ─────────────────┐
//!          ▼                                        │
//!       to start ──spawn──► binary ──exec──► program, accepts
//!          ▲                                        │
//!          └── pause, if it lived no 250 ms         └── stop: TERM, then KILL
//! ```

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::process::{Signal, getppid, set_parent_process_death_signal};

use crate::fastcgi::address::Address;
use crate::poll::poll;
use crate::process::Process;
use folder::Folder;

mod folder;

/// A process that lived shorter than this is not replaced at once.
const YOUNG: Duration = Duration::from_millis(250);
/// The first pause before a process is replaced that died young; the next ones
/// are twice as long each …
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// … but never longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long processes may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// What a pool runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many processes.
    pub processes: usize,
    /// The program: a path, or a name that is looked for in `PATH`.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// What starts the program instead of us, so that it ends with this server:
    /// a command that calls [`become_program`] with its further arguments.
    pub through: Vec<OsString>,
    /// The environment of the processes; nothing else of ours is passed on.
    pub environment: Vec<(OsString, OsString)>,
}

/// Processes that listen at one socket.
#[derive(Debug)]
pub struct Pool {
    folder: Folder,
    keeper: Option<JoinHandle<()>>,
    /// Shut down when the pool is to end.
    stop: UnixStream,
}

impl Pool {
    /// Starts the processes.
    ///
    /// # Errors
    /// When there is no such program, or it cannot be started.
    pub fn start(mut options: Options) -> io::Result<Self> {
        options.program = find_program(&options.program)?;
        let folder = Folder::create()?;
        let (stop, stopped) = UnixStream::pair()?;
        let (report, started) = sync_channel(1);
        let socket = UnixListener::bind(folder.socket());
        let keeper = socket.and_then(|socket| {
            let keeper = Keeper { options, socket: socket.into(), stopped, seats: Vec::new() };
            // The kernel ends the processes when this thread ends, not only
            // when the server does: so it lives as long as the pool.
            thread::Builder::new().name("pool".to_owned()).spawn(move || keeper.run(&report))
        });
        let pool = Pool { folder, keeper: Some(keeper?), stop };
        started.recv().map_err(|_| io::Error::other("the pool has ended"))??;
        Ok(pool)
    }

    /// Where its processes listen.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::Unix(self.folder.socket())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let _ = self.stop.shutdown(std::net::Shutdown::Both);
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

struct Keeper {
    options: Options,
    socket: OwnedFd,
    stopped: UnixStream,
    seats: Vec<Seat>,
}

/// One place in the pool.
enum Seat {
    Runs { process: Process, since: Instant, died_young: u32 },
    Pauses { until: Instant, died_young: u32 },
}

impl Keeper {
    fn run(mut self, report: &SyncSender<io::Result<()>>) {
        let started: io::Result<Vec<Seat>> =
            (0..self.options.processes).map(|_| self.spawn(0)).collect();
        let result = started.map(|seats| self.seats = seats);
        let failed = result.is_err();
        let _ = report.send(result);
        while !failed && !self.wait() {
            for at in 0..self.seats.len() {
                self.look_after(at);
            }
        }
        self.end_all();
    }

    // ANCHOR: spawn
    /// A new process, which finds the socket as descriptor 0. Nothing here keeps
    /// `Command` from the fast way to start one (`posix_spawn`).
    fn spawn(&self, died_young: u32) -> io::Result<Seat> {
        let Options { program, arguments, through, environment, .. } = &self.options;
        let own_id = std::process::id().to_string();
        let mut command = match through.split_first() {
            None => Command::new(program),
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(own_id).arg(program);
                command
            }
        };
        command
            .args(arguments)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::from(self.socket.try_clone()?))
            .stdout(Stdio::null());
        let process = Process::spawn(&mut command)?;
        Ok(Seat::Runs { process, since: Instant::now(), died_young })
    }
    // ANCHOR_END: spawn

    /// Waits until a process dies or a pause is over; whether it is all over.
    fn wait(&self) -> bool {
        let mut patience = Duration::from_secs(1);
        let mut waits_for = vec![PollFd::from_borrowed_fd(self.stopped.as_fd(), PollFlags::IN)];
        for seat in &self.seats {
            match seat {
                Seat::Runs { process, .. } => waits_for.extend(
                    process.descriptor().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)),
                ),
                Seat::Pauses { until, .. } => {
                    patience = patience.min(until.saturating_duration_since(Instant::now()));
                }
            }
        }
        let _ = poll(&mut waits_for, patience);
        !waits_for[0].revents().is_empty()
    }

    // ANCHOR: look_after
    /// Replaces a process that has ended.
    fn look_after(&mut self, at: usize) {
        let next = match &mut self.seats[at] {
            Seat::Pauses { until, .. } if *until > Instant::now() => return,
            Seat::Pauses { died_young, .. } => {
                let died_young = *died_young;
                self.replace(died_young)
            }
            Seat::Runs { process, since, died_young } => {
                if !process.has_ended() {
                    return;
                }
                let Ok(status) = process.reap() else { return };
                let program = self.options.program.display();
                let what = format!("{program} ({}), {status}", process.id());
                if since.elapsed() >= YOUNG {
                    log::warn!("{what}: another one is started");
                    self.replace(0)
                } else {
                    let died_young = died_young.saturating_add(1);
                    let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(died_young - 1));
                    let pause = pause.min(LONGEST_PAUSE);
                    log::error!("{what}, at once: another one is started in {pause:?}");
                    Seat::Pauses { until: Instant::now() + pause, died_young }
                }
            }
        };
        self.seats[at] = next;
    }
    // ANCHOR_END: look_after

    fn replace(&self, died_young: u32) -> Seat {
        self.spawn(died_young).unwrap_or_else(|error| {
            log::error!("cannot start {}: {error}", self.options.program.display());
            Seat::Pauses { until: Instant::now() + LONGEST_PAUSE, died_young }
        })
    }

    /// Asks all processes to end at once, and ends those that do not.
    fn end_all(&mut self) {
        self.processes().for_each(|process| process.ask_to_end());
        let deadline = Instant::now() + GRACE;
        for process in self.processes() {
            process.ends_within(deadline.saturating_duration_since(Instant::now()));
            let _ = process.reap();
        }
    }

    fn processes(&mut self) -> impl Iterator<Item = &mut Process> {
        self.seats.iter_mut().filter_map(|seat| match seat {
            Seat::Runs { process, .. } => Some(process),
            Seat::Pauses { .. } => None,
        })
    }
}

// ANCHOR: become_program
/// Becomes this program, which will end when `parent` does.
///
/// What the kernel was asked for stays asked for when a process becomes another
/// program. Only if this works, it never returns.
#[must_use]
pub fn become_program(parent: u32, program: &OsStr, arguments: &[OsString]) -> io::Error {
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return error.into();
    }
    // It may have ended before we asked: then we have another parent already.
    let is_there = getppid().is_some_and(|id| id.as_raw_nonzero().get().cast_unsigned() == parent);
    if !is_there {
        return io::Error::other("the server has ended");
    }
    Command::new(program).args(arguments).exec()
}
// ANCHOR_END: become_program

/// The file of a program: the path itself, or a name found in `PATH`.
fn find_program(program: &Path) -> io::Result<PathBuf> {
    let is_path = program.as_os_str().as_encoded_bytes().contains(&b'/');
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let candidates: Vec<PathBuf> = if is_path {
        vec![program.to_owned()]
    } else {
        std::env::split_paths(&folders).map(|folder| folder.join(program)).collect()
    };
    let is_program = |path: &PathBuf| {
        std::fs::metadata(path)
            .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    candidates.into_iter().find(is_program).map_or_else(
        || {
            let place = if is_path { "" } else { " in PATH" };
            let shown = program.display();
            Err(io::Error::new(
                ErrorKind::NotFound,
                format!("there is no executable file {shown}{place}"),
            ))
        },
        std::path::absolute,
    )
}
