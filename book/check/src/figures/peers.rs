//! What other servers answer to messages that could be read in two ways.
//!
//! *Strategy*: each server is started with as few settings as it takes, and gets each message on a
//! connection of its own. What came back is taken down as the status codes, in order.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{left_out, table};
use crate::sandbox::Sandbox;
use crate::server::free_port;
use crate::talk::{Connection, End};
use crate::target::{self, Step};
use crate::workspace;

/// The messages: files of the wire corpus without `.http`, and what the page calls them.
const MESSAGES: &[(&str, &str)] = &[
    ("two-spaces-before-target", "two spaces before the target"),
    ("version-lowercase", "`http/1.1` in small letters"),
    ("line-feed-everywhere", "LF alone at the end of each line"),
    ("field-folded-with-space", "a field folded over two lines"),
    ("field-space-before-colon", "a space before the colon"),
    ("field-name-with-slash", "`/` in a field name"),
    ("host-missing", "no `Host`"),
    ("host-twice-different", "two `Host` fields"),
    ("length-plus-sign", "`Content-Length: +5`"),
    ("length-twice-different", "two lengths, 5 and 0"),
    ("length-and-transfer-encoding", "a length and chunks"),
    ("coding-chunked-not-last", "`chunked` not in the last place"),
    ("chunked-size-with-0x", "a chunk size with `0x`"),
    ("chunked-line-feed-after-size", "LF alone after a chunk size"),
];

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long it may take to listen.
const START: Duration = Duration::from_secs(10);

/// A server: its name, its program and the flag for its version, and how it is started at a port in
/// a folder.
struct Peer {
    name: &'static str,
    program: Option<(&'static str, &'static str)>,
    command: fn(folder: &Path, port: u16) -> Result<Command, String>,
}

const PEERS: &[Peer] = &[
    Peer { name: "step 1", program: None, command: step_1 },
    Peer { name: "nginx", program: Some(("nginx", "-v")), command: nginx },
    Peer { name: "lighttpd", program: Some(("lighttpd", "-v")), command: lighttpd },
    Peer { name: "Node.js", program: Some(("node", "--version")), command: node },
    Peer { name: "Python", program: Some(("python3", "--version")), command: python },
];

pub(super) fn measure() -> Result<String, String> {
    let (mut heads, mut missing) = (vec!["The message has".to_owned()], Vec::new());
    let mut rows: Vec<Vec<String>> =
        MESSAGES.iter().map(|(_, words)| vec![(*words).to_owned()]).collect();
    for peer in PEERS {
        let name = match peer.program {
            None => peer.name.to_owned(),
            Some((program, flag)) => match version(program, flag) {
                Some(version) => format!("{} {version}", peer.name),
                None => {
                    missing.push(program);
                    continue;
                }
            },
        };
        let answers = ask_all(peer).map_err(|error| format!("{}: {error}", peer.name))?;
        heads.push(name);
        for (row, answer) in rows.iter_mut().zip(answers) {
            row.push(answer);
        }
    }
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    Ok(format!("{}{}", table(&heads, &rows), left_out(&missing)))
}

fn ask_all(peer: &Peer) -> Result<Vec<String>, String> {
    let site = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let port = free_port().map_err(|error| error.to_string())?;
    let mut command = (peer.command)(&site.folder(), port)?;
    command
        .current_dir(site.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut running =
        Running(command.spawn().map_err(|error| format!("cannot be started: {error}"))?);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    running.wait_until_it_listens(address)?;
    MESSAGES.iter().map(|(file, _)| ask(address, file)).collect()
}

/// The status codes that come back, in order; `closed` or `silent` if there is none.
fn ask(address: SocketAddr, file: &str) -> Result<String, String> {
    let path = workspace::root().join("step1-http-basics/tests/wire/invalid").join(file);
    let message =
        fs::read(path.with_extension("http")).map_err(|error| format!("{file}: {error}"))?;
    let mut connection = Connection::open(address).map_err(|error| format!("{file}: {error}"))?;
    connection.send(&message);
    let answer = connection.receive(PATIENCE);
    let text = String::from_utf8_lossy(&answer.bytes);
    let statuses: Vec<&str> = text
        .match_indices("HTTP/1.")
        .filter_map(|(at, _)| text[at..].split(' ').nth(1).filter(|code| code.len() == 3))
        .collect();
    Ok(match (statuses.as_slice(), answer.end) {
        ([], End::Silence) => "silent".to_owned(),
        ([], _) => "closed".to_owned(),
        (codes, _) => codes.join(", "),
    })
}

/// A server that is killed when it is no longer needed.
struct Running(Child);

impl Running {
    fn wait_until_it_listens(&mut self, address: SocketAddr) -> Result<(), String> {
        let deadline = Instant::now() + START;
        while Connection::open(address).is_err() {
            if let Ok(Some(status)) = self.0.try_wait() {
                return Err(format!("ended before it listened: {status}"));
            }
            if Instant::now() > deadline {
                return Err(format!("does not listen at {address}"));
            }
            // Foreign servers do not say when they are ready.
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first thing in what a program prints about itself that looks like a version; `None` if it is
/// not installed.
fn version(program: &str, flag: &str) -> Option<String> {
    let output = Command::new(program).arg(flag).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let is_version =
        |word: &&str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    let mut words = text.split(|c: char| c.is_whitespace() || c == '/' || c == 'v');
    words.find(is_version).map(str::to_owned)
}

fn step_1(_: &Path, port: u16) -> Result<Command, String> {
    let built: Vec<(Step, PathBuf)> = target::build(&[Step::One])?;
    let (_, executable) = built.first().ok_or("it is not built")?;
    let mut command = Command::new(executable);
    command.args(["--quiet", "--port", &port.to_string()]);
    Ok(command)
}

fn nginx(folder: &Path, port: u16) -> Result<Command, String> {
    let here = folder.display();
    let settings = format!(
        "daemon off; master_process off; pid {here}/nginx.pid; error_log {here}/error.log;\n\
         events {{}}\n\
         http {{ access_log off; client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;\n\
         fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;\n\
         server {{ listen 127.0.0.1:{port}; location / {{ return 200; }} }} }}\n"
    );
    let file = written(folder, "nginx.conf", &settings)?;
    let mut command = Command::new("nginx");
    command.arg("-c").arg(&file).arg("-e").arg(folder.join("error.log")).arg("-p").arg(folder);
    Ok(command)
}

fn lighttpd(folder: &Path, port: u16) -> Result<Command, String> {
    let settings = format!(
        "server.document-root = \"{}/www\"\nserver.bind = \"127.0.0.1\"\nserver.port = {port}\n\
         index-file.names = ( \"contact.html\" )\n",
        folder.display()
    );
    let mut command = Command::new("lighttpd");
    command.arg("-D").arg("-f").arg(written(folder, "lighttpd.conf", &settings)?);
    Ok(command)
}

fn node(_: &Path, port: u16) -> Result<Command, String> {
    let script = format!(
        "require('http').createServer((request, response) => {{ request.resume(); \
         request.on('end', () => response.end('ok\\n')); }}).listen({port}, '127.0.0.1');"
    );
    let mut command = Command::new("node");
    command.arg("-e").arg(script);
    Ok(command)
}

/// `http.server` knows GET and HEAD alone; this one reads the content of a POST as well.
fn python(folder: &Path, port: u16) -> Result<Command, String> {
    let script = format!(
        "import http.server\n\
         class Handler(http.server.BaseHTTPRequestHandler):\n\
         \x20   protocol_version = 'HTTP/1.1'\n\
         \x20   def do_GET(self):\n\
         \x20       self.rfile.read(int(self.headers.get('Content-Length', 0)))\n\
         \x20       self.send_response(200)\n\
         \x20       self.send_header('Content-Length', '3')\n\
         \x20       self.end_headers()\n\
         \x20       self.wfile.write(b'ok\\n')\n\
         \x20   do_POST = do_GET\n\
         http.server.ThreadingHTTPServer(('127.0.0.1', {port}), Handler).serve_forever()\n"
    );
    let mut command = Command::new("python3");
    command.arg(written(folder, "server.py", &script)?);
    Ok(command)
}

fn written(folder: &Path, name: &str, text: &str) -> Result<PathBuf, String> {
    let file = folder.join(name);
    fs::write(&file, text).map_err(|error| format!("{name}: {error}"))?;
    Ok(file)
}
