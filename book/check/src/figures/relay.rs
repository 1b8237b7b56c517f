//! Three servers before one FastCGI application: what asking it costs, and what waiting for it.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::load::{self, Kept};
use super::servers::{Kind, Ours, Running, missing};
use super::{kibibytes_each, left_out, median, micros_each, rounded, table};
use crate::sandbox::Sandbox;
use crate::workspace;

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(800);
const CONNECTIONS: [usize; 2] = [1, 16];
/// Clients that wait for an answer that does not come.
const WAITING: usize = 500;
/// How long an application may take until it listens.
const READY: Duration = Duration::from_secs(10);

/// Sockets in the sandbox: of an application that answers, and of one that never does.
const ANSWERS: &str = "answers";
const SILENT: &str = "silent";

/// As many connections are kept as nginx is told to keep, and there is room for all that wait.
const FLAGS: &[&str] = &[
    "--fastcgi",
    "/app/=unix:answers",
    "--fastcgi",
    "/silent/=unix:silent",
    "--fastcgi-keep",
    "16",
    "--max-connections",
    "1000",
];

const ROWS: &[(&str, Kind)] = &[
    ("step 3: a thread waits", Kind::StepThree(FLAGS)),
    ("step 5: the loop waits", Kind::StepFive(FLAGS)),
    ("nginx, `fastcgi_keep_conn`", Kind::NginxAsks(&[("/app/", ANSWERS), ("/silent/", SILENT)])),
];

/// What one server needs, in one round.
struct Round {
    costs: [f64; CONNECTIONS.len()],
    threads: usize,
    memory: f64,
}

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let _application = Application::start(&ours, &sandbox)?;
    let mut rounds: Vec<Vec<Round>> = ROWS.iter().map(|_| Vec::new()).collect();
    let silent = sandbox.folder().join(SILENT);
    while_listening(&silent, || {
        for _ in 0..ROUNDS {
            let there = ROWS.iter().enumerate().filter(|(_, (_, kind))| kind.is_there(&sandbox));
            for (at, (name, kind)) in there {
                let server = Running::start(*kind, &ours, &sandbox)?;
                rounds[at].push(round(&server).map_err(|error| format!("{name}: {error}"))?);
            }
        }
        Ok::<(), String>(())
    })
    .map_err(|error| error.to_string())??;
    let middle = |rounds: &[Round], of: &dyn Fn(&Round) -> f64| {
        rounded(median(rounds.iter().map(of).collect()))
    };
    let rows = ROWS.iter().zip(&rounds).filter(|((_, kind), _)| kind.is_there(&sandbox));
    let rows: Vec<_> = rows
        .map(|((name, _), rounds)| {
            vec![
                (*name).to_owned(),
                middle(rounds, &|round| round.costs[0]),
                middle(rounds, &|round| round.costs[1]),
                rounds.first().map_or(0, |round| round.threads).to_string(),
                middle(rounds, &|round| round.memory),
            ]
        })
        .collect();
    let threads = format!("threads, with {WAITING} that wait");
    let heads = [
        "In front of one application",
        "1 connection: µs a request",
        "16 at once",
        &threads,
        "memory for one that waits, KiB",
    ];
    Ok(format!(
        "{}\nProcessor time of the server in front for one answer of a FastCGI application (step 4's \
         hello, on a Unix socket), without that of the application itself; and what it holds while \
         clients wait for an application that never answers. Medians of {ROUNDS} rounds.\n{}",
        table(&heads, &rows),
        left_out(&missing(ROWS, &sandbox))
    ))
}

fn round(server: &Running) -> io::Result<Round> {
    let mut costs = [0.0; CONNECTIONS.len()];
    for (cost, count) in costs.iter_mut().zip(CONNECTIONS) {
        let open = |_| Kept::open_for(server.address, "/app/");
        let mut connections = (0..count).map(open).collect::<io::Result<Vec<_>>>()?;
        load::waves(&mut connections, ROUND / 10)?;
        let used = server.time_of_living_threads();
        let answered = load::waves(&mut connections, ROUND)?;
        let used = server.time_of_living_threads().saturating_sub(used);
        *cost = micros_each(used, answered);
    }
    let before = server.memory();
    let mut waiting = Vec::new();
    for _ in 0..WAITING {
        let mut client = Kept::open_for(server.address, "/silent/")?;
        client.ask()?;
        waiting.push(client);
    }
    // Whoever came before these has been asked on, or stands in a queue.
    for _ in 0..10 {
        let mut other = Kept::open(server.address)?;
        other.ask()?;
        other.receive()?;
    }
    let more = server.memory().saturating_sub(before);
    Ok(Round { costs, threads: server.threads(), memory: kibibytes_each(more, WAITING) })
}

/// The application that answers; ended when dropped.
struct Application(Child);

impl Application {
    fn start(ours: &Ours, sandbox: &Sandbox) -> Result<Self, String> {
        let mut command: Command = sandbox.command(ours.path("step5-wsgi-server"));
        command.args(["hello", "--as", "fastcgi", "--bind", &format!("unix:{ANSWERS}")]);
        let child = command.stdout(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        let application = Self(child);
        let (socket, end) = (sandbox.folder().join(ANSWERS), Instant::now() + READY);
        while UnixStream::connect(&socket).is_err() {
            if Instant::now() > end {
                return Err("the application does not listen".to_owned());
            }
            thread::sleep(Duration::from_millis(5));
        }
        open_to_all(&socket).map_err(|error| error.to_string())?;
        Ok(application)
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// nginx's workers run as somebody else when it is started by root.
fn open_to_all(socket: &Path) -> io::Result<()> {
    fs::set_permissions(socket, fs::Permissions::from_mode(0o777))
}

/// Accepts connections at this socket, and answers nothing, while `act` runs.
fn while_listening<T>(socket: &Path, act: impl FnOnce() -> T) -> io::Result<T> {
    let listener = UnixListener::bind(socket)?;
    open_to_all(socket)?;
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                held.extend(stream);
            }
        });
        let done = act();
        is_over.store(true, Ordering::SeqCst);
        UnixStream::connect(socket)?;
        Ok(done)
    })
}
