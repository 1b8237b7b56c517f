//! Neither side is judged by its own twin alone: our server in front of
//! fcgiwrap and php-cgi, our responder behind nginx and lighttpd, started by
//! spawn-fcgi. Needs all of them (feature `peers`).
#![allow(clippy::unwrap_used)]

#[path = "../../step1-http-basics/tests/peers/nginx.rs"]
mod nginx;
mod support;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use step1_http_basics::handler::{Request, Response as Answer};
use step3_cgi::fastcgi::address::Address;
use step3_cgi::fastcgi::backend::{Backend, Options};
use step3_cgi::fastcgi::gateway::FastCgi;
use step3_cgi::fastcgi::responder::{Listener, Responder};
use step3_cgi::program::Call;
use step3_cgi::site::{Site, Where};
use support::PATIENCE;
use support::site::{ask, connect, get, serving};

const SIZE: usize = 64 * 1024 * 1024;

/// Killed with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn await_socket(path: &Path) {
    let began = Instant::now();
    while UnixStream::connect(path).is_err() {
        assert!(began.elapsed() < PATIENCE, "{} in time", path.display());
        thread::sleep(Duration::from_millis(5));
    }
}

/// Serves `root` with `place` answered by the application at `socket`.
fn gateway<T>(root: &Path, place: &str, socket: &Path, use_it: impl FnOnce(SocketAddr) -> T) -> T {
    let files = |_: &mut Request<'_>| Answer::text(http::StatusCode::OK, "a file");
    let backend = Backend::new(Address::Unix(socket.to_owned()), Options::default());
    let place = Where::parse(place).unwrap();
    let gateway = FastCgi::new(Arc::new(backend), place.clone(), root, "test/1").unwrap();
    serving(&Site::new(&files).mount(place, gateway), use_it)
}

fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn fcgiwrap_runs_cgi_programs_for_our_server() {
    let folder = tempfile::tempdir().unwrap();
    let (root, socket) = (folder.path().join("www"), folder.path().join("wrap.sock"));
    script(
        &root.join("cgi/hello"),
        "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\n\
         echo \"$SCRIPT_NAME $PATH_INFO $QUERY_STRING $REQUEST_METHOD\"\nwc -c\n",
    );
    let _wrap = Ends(
        Command::new("fcgiwrap")
            .args(["-s", &format!("unix:{}", socket.display())])
            .stdin(Stdio::null())
            .spawn()
            .expect("fcgiwrap is installed"),
    );
    await_socket(&socket);
    gateway(&root, "/cgi/", &socket, |address| {
        for _ in 0..5 {
            let response = get(address, "/cgi/hello/more?x=1");
            assert_eq!(response.text(), "/cgi/hello /more x=1 GET\n0\n");
        }
        let content = vec![b'x'; 5_000_000];
        let response = ask(address, "POST /cgi/hello", "", &content);
        assert_eq!(response.text(), "/cgi/hello   POST\n5000000\n");
        assert_eq!(get(address, "/cgi/none").status, 403, "what fcgiwrap says of it");
    });
}

#[test]
fn spawn_fcgi_starts_our_responder_with_its_socket() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("ours.sock");
    let _ours = Ends(
        Command::new("spawn-fcgi")
            .arg("-n")
            .arg("-s")
            .arg(&socket)
            .args(["--", env!("CARGO_BIN_EXE_step3-cgi"), "sample", "hello"])
            .spawn()
            .expect("spawn-fcgi is installed"),
    );
    await_socket(&socket);
    gateway(folder.path(), "/app/", &socket, |address| {
        assert!(get(address, "/app/").text().starts_with("Hello from process "));
    });
}

#[test]
fn a_pool_of_php_cgi_is_kept_by_our_server() {
    let [folder, temporary] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("a.php"), "<?php echo getmypid(), ' ', $_GET['x'] ?? '';")
        .unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_step3-cgi"))
        .args(["--port", "0", "--quiet", "--fastcgi-spawn", "2", ".php=php-cgi", "--root"])
        .arg(folder.path())
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stdout = server.stdout.take().unwrap();
    while !said.contains("/ in") {
        let mut byte = [0];
        stdout.read_exact(&mut byte).unwrap();
        said.push(char::from(byte[0]));
    }
    let server = Ends(server);
    let address = said.split("http://").nth(1).unwrap().split('/').next().unwrap();
    let address: SocketAddr = address.parse().unwrap();
    let mut processes = std::collections::HashSet::new();
    // php-cgi ends after 500 requests, and is replaced.
    for number in 0..1200 {
        let response = get(address, &format!("/a.php?x={number}"));
        let (process, x) = response.text().split_once(' ').unwrap();
        assert_eq!(x, number.to_string());
        processes.insert(process.to_owned());
    }
    assert!(processes.len() >= 2, "{processes:?}");
    drop(server);
}

/// Gives back what it is sent, or does what the query says.
fn application(call: &mut Call<'_>) -> io::Result<()> {
    match call.variables.get("QUERY_STRING") {
        b"large" => {
            write!(call.stdout, "Content-Type: text/plain\n\n")?;
            let piece = vec![b'l'; 64 * 1024];
            (0..SIZE / piece.len()).try_for_each(|_| call.stdout.write_all(&piece))
        }
        b"early" => {
            write!(call.stdout, "Status: 413 Content Too Large\nContent-Type: text/plain\n\nno")
        }
        b"count" => {
            let length = io::copy(call.stdin, &mut io::sink())?;
            write!(call.stdout, "Content-Type: text/plain\n\n{length}")
        }
        b"error" => Err(io::Error::other("on purpose")),
        query => {
            writeln!(call.stderr, "a complaint")?;
            // nginx sends no more content once it has seen the head of an
            // answer: what is written before all is read is all that it gets.
            let mut content = Vec::new();
            call.stdin.read_to_end(&mut content)?;
            write!(call.stdout, "Content-Type: text/plain\n\n{} ", query.escape_ascii())?;
            call.stdout.write_all(&content)
        }
    }
}

/// What a server in front of our responder must see.
fn check_front(address: SocketAddr) {
    for number in 0..50 {
        let response = get(address, &format!("/app/?{number}"));
        assert_eq!((response.status, response.text()), (200, format!("{number} ").as_str()));
    }
    let content: Vec<u8> = (0..SIZE).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let response = ask(address, "POST /app/?up", "", &content);
    assert_eq!(response.content.len(), SIZE + 3);
    assert!(response.content[3..] == content);
    assert_eq!(get(address, "/app/?large").content.len(), SIZE);
    assert_eq!(ask(address, "POST /app/?early", "", b"unread").status, 413);
    assert!(get(address, "/app/?error").status >= 500);
    // A client that goes away in the middle, and then everybody else.
    for _ in 0..3 {
        let mut stream = connect(address);
        stream.write_all(b"GET /app/?large HTTP/1.0\r\nHost: a\r\n\r\n").unwrap();
        stream.read_exact(&mut [0; 1000]).unwrap();
    }
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(move || {
                (0..20).for_each(|_| assert_eq!(get(address, "/app/?x").text(), "x "));
            });
        }
    });
}

/// The folder must outlive the server in front: nginx is told to end with the
/// settings that lie in it.
fn behind(folder: &Path, front: impl FnOnce(&Path, &Path) -> SocketAddr + Send) {
    let socket = folder.join("ours.sock");
    let responder = Responder::new(Listener::unix(&socket).unwrap()).unwrap();
    thread::scope(|scope| {
        struct Stop<'r>(&'r Responder);
        impl Drop for Stop<'_> {
            fn drop(&mut self) {
                self.0.stop();
            }
        }
        let _stop = Stop(&responder);
        for _ in 0..3 {
            scope.spawn(|| responder.serve(&application));
        }
        check_front(front(folder, &socket));
    });
}

#[test]
fn our_responder_answers_behind_nginx_with_and_without_kept_connections() {
    for kept in ["", "fastcgi_keep_conn on;"] {
        let folder = tempfile::tempdir().unwrap();
        let mut peer = None;
        behind(folder.path(), |folder, socket| {
            let http = format!(
                "client_max_body_size 0; upstream ours {{ server unix:{}; keepalive 2; }}",
                socket.display()
            );
            let server = format!(
                "location / {{ include /etc/nginx/fastcgi_params; {kept} fastcgi_pass ours; }}
                 location = /unbuffered/ {{ fastcgi_request_buffering off; fastcgi_buffering off;
                     include /etc/nginx/fastcgi_params; {kept} fastcgi_pass ours; }}"
            );
            let started = nginx::start(folder, &http, &server);
            let address = started.address;
            peer = Some(started);
            let content = vec![b'u'; 10_000_000];
            let response = ask(address, "POST /unbuffered/?count", "", &content);
            assert_eq!(response.text(), "10000000");
            let early = ask(address, "POST /unbuffered/?early", "", &content);
            assert_eq!((early.status, early.text()), (413, "no"));
            address
        });
        drop(peer);
    }
}

#[test]
fn our_responder_answers_behind_lighttpd() {
    let folder = tempfile::tempdir().unwrap();
    let mut peer = None;
    behind(folder.path(), |folder, socket| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let settings = folder.join("lighttpd.conf");
        let text = format!(
            "server.document-root = \"{0}\"\nserver.upload-dirs = ( \"{0}\" )\n\
             server.systemd-socket-activation = \"enable\"\nserver.bind = \"127.0.0.1\"\nserver.port = {1}\n\
             server.modules = ( \"mod_fastcgi\" )\nserver.errorlog = \"/dev/null\"\n\
             fastcgi.server = ( \"/app/\" => (( \"socket\" => \"{2}\", \"check-local\" => \"disable\" )) )\n",
            folder.display(),
            address.port(),
            socket.display()
        );
        std::fs::write(&settings, text).unwrap();
        // It gets our socket as systemd would hand it over: as descriptor 3.
        let child = Command::new("sh")
            .args([
                "-c",
                "exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec lighttpd -D -f \"$0\"",
            ])
            .arg(&settings)
            .stdin(Stdio::from(std::os::fd::OwnedFd::from(listener)))
            .spawn()
            .unwrap();
        peer = Some(Ends(child));
        address
    });
    drop(peer);
}

#[test]
fn nginx_and_our_server_hand_over_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("ours.sock");
    let responder = Responder::new(Listener::unix(&socket).unwrap()).unwrap();
    let odd = |call: &mut Call<'_>| {
        write!(
            call.stdout,
            "Status: 404 Nothing\r\nX-A: 1\r\nX-A: 2\r\nContent-Type: a/b\r\n\r\nodd"
        )
    };
    thread::scope(|scope| {
        scope.spawn(|| responder.serve(&odd));
        let http = format!("upstream ours {{ server unix:{}; }}", socket.display());
        let server = "location / { include /etc/nginx/fastcgi_params; fastcgi_pass ours; }";
        let peer = nginx::start(folder.path(), &http, server);
        let seen = |address| {
            let response = get(address, "/app/");
            let fields: Vec<String> = response
                .head
                .lines()
                .map(str::to_ascii_lowercase)
                .filter(|line| line.starts_with("x-") || line.starts_with("content-type"))
                .collect();
            (response.status, fields, response.content)
        };
        let theirs = seen(peer.address);
        let ours = gateway(folder.path(), "/app/", &socket, seen);
        assert_eq!(ours.0, theirs.0);
        assert_eq!(ours.2, theirs.2);
        let sorted = |mut fields: Vec<String>| {
            fields.sort();
            fields
        };
        assert_eq!(sorted(ours.1), sorted(theirs.1));
        responder.stop();
    });
}
