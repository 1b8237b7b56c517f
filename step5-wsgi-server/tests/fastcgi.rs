//! An application by FastCGI, behind a server that runs step 3's handler on the
//! event loop: what a client gets is what it would get without all that.
#![allow(clippy::unwrap_used)]

#[path = "../../step1-http-basics/tests/support/client.rs"]
#[allow(dead_code)]
mod client;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use client::Client;
use http::StatusCode;
use step1_http_basics::handler::{Request, Response};
use step3_cgi::fastcgi::address::Address;
use step3_cgi::fastcgi::backend::{Backend, Options};
use step3_cgi::fastcgi::gateway::FastCgi;
use step3_cgi::fastcgi::params::encode_pair;
use step3_cgi::fastcgi::record::{
    self, BeginRequest, Kind, RESPONDER, Record, encode_stream, end_stream,
};
use step3_cgi::site::{Site, Where};
use step5_wsgi_server::relay::Relays;
use step5_wsgi_server::responder::Handles;
use step5_wsgi_server::server::{self, Server};

struct Application(Child);

impl Application {
    /// Starts an application at a socket, and waits until it listens.
    fn start(name: &str, socket: &Path) -> Self {
        Self::start_with(name, socket, &[])
    }

    fn start_with(name: &str, socket: &Path, flags: &[&str]) -> Self {
        let place = format!("unix:{}", socket.display());
        let mut child = Command::new(env!("CARGO_BIN_EXE_step5-wsgi-server"))
            .args([name, "--as", "fastcgi", "--threads", "2", "--bind", &place])
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("Listening at")));
        Application(child)
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves the application below `/app/`: by step 3's handler, in place and in a
/// pool, and by the loop itself.
fn behind(name: &str, test: impl Fn(&mut Client)) {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _application = Application::start(name, &socket);
    let (address, options) = (Address::Unix(socket), Options::default());
    let place = Where::parse("/app/").unwrap();
    let nothing = |_: &mut Request<'_>| Response::new(StatusCode::NOT_FOUND);

    let backend = Arc::new(Backend::new(address.clone(), options));
    let gateway = FastCgi::new(backend, place.clone(), folder.path(), "test/1").unwrap();
    let site = Site::new(&nothing).mount(place.clone(), gateway);
    for threads in [1, 2] {
        let options = server::Options { threads, ..server::Options::default() };
        let front = Server::for_handler(&"127.0.0.1:0".parse().unwrap(), &site).unwrap();
        serving(front.with(options), &test);
    }

    let mut relays = Relays::default();
    relays.add(place, address, options, folder.path(), "test/1").unwrap();
    let front = Server::for_handler(&"127.0.0.1:0".parse().unwrap(), &nothing).unwrap();
    serving(front.relaying(relays), &test);
}

fn serving(front: Server<'_, Handles<'_>>, test: &impl Fn(&mut Client)) {
    let (address, stop) = (front.address().unwrap(), front.stop_handle());
    thread::scope(|scope| {
        scope.spawn(|| front.serve_forever().unwrap());
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            test(&mut Client::connect(address));
        }));
        stop.stop();
        result.unwrap();
    });
}

#[test]
fn an_application_is_told_of_the_request_and_answers_it() {
    behind("environ", |client| {
        client.send(
            "POST /app/x?y=1 HTTP/1.1\r\nHost: a\r\nX-Own: 1\r\nContent-Length: 3\r\n\r\nabc",
        );
        let answer = client.answer();
        assert_eq!(answer.status, 200);
        for told in ["<td>/x</td>", "<td>y=1</td>", "<td>/app</td>", "HTTP_X_OWN", "<td>POST</td>"]
        {
            assert!(answer.text().contains(told), "{told} is not in {}", answer.text());
        }
        assert!(answer.text().contains("<tr><th>wsgi.run_once</th><td>false</td></tr>"));
        client.send("GET /app/ HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.answer().status, 200);
    });
}

/// RFC 3875 §4.3.3. A server must discard such content, and some take it for
/// nonsense instead.
#[test]
fn an_answer_to_head_has_no_content_when_it_leaves_the_application() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _application = Application::start("hello", &socket);
    let [head, get] = ["HEAD", "GET"].map(|method| stdout(&socket, method, b""));
    assert!(head.ends_with("\r\nContent-Length: 24\r\n\r\n"), "{head}");
    assert_eq!(get, format!("{head}<h1>Hello, Michael!</h1>"));
}

#[test]
fn a_socket_is_taken_over_from_the_dead_and_not_from_the_living() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    drop(UnixListener::bind(&socket).unwrap());
    let _application = Application::start("hello", &socket);
    assert!(!stdout(&socket, "GET", b"").is_empty());
    let place = format!("unix:{}", socket.display());
    let second = Command::new(env!("CARGO_BIN_EXE_step5-wsgi-server"))
        .args(["hello", "--as", "fastcgi", "--bind", &place])
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && words.contains("another program listens"), "{words}");
}

#[test]
fn content_over_the_limit_is_refused_also_behind_another_server() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _application = Application::start_with("hello", &socket, &["--limit-request-body", "10"]);
    assert!(stdout(&socket, "POST", b"0123456789").contains("Hello"));
    let refused = stdout(&socket, "POST", b"0123456789a");
    assert!(refused.starts_with("Status: 413 ") && !refused.contains("Hello"), "{refused}");
    assert!(refused.ends_with("larger than this server accepts (RFC 9110 \u{a7}15.5.14)\n"));
    let refused = stdout(&socket, "HEAD", b"0123456789a");
    assert!(refused.starts_with("Status: 413 ") && refused.ends_with("\r\n\r\n"), "{refused}");
}

/// A server in front reads as much content as `Content-Length` says. If the end of
/// the request is not there by then, it cannot keep the connection.
#[test]
fn the_end_of_an_answer_comes_along_with_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _application = Application::start("hello", &socket);
    let ends_at_once = |_: &usize| {
        let mut stream = ask(&socket, "GET", b"");
        let mut first = [0; 1024];
        let length = stream.read(&mut first).unwrap();
        let mut rest = &first[..length];
        let mut last = None;
        while let Some((record, length)) = record::parse(rest).unwrap() {
            last = Some(record.kind);
            rest = &rest[length..];
        }
        last == Some(Kind::EndRequest)
    };
    // Not each time: an application that is kept from running for a while has
    // its content sent before its end is known.
    let together = (0..100).filter(ends_at_once).count();
    assert!(together >= 50, "{together} of 100");
}

/// What the application writes, as a server in front reads it.
fn stdout(socket: &Path, method: &str, content: &[u8]) -> String {
    let (mut answer, mut stdout) = (Vec::new(), Vec::new());
    ask(socket, method, content).read_to_end(&mut answer).unwrap();
    let mut rest = answer.as_slice();
    while let Some((record, length)) = record::parse(rest).unwrap() {
        if record.kind == Kind::Stdout {
            stdout.extend_from_slice(record.content);
        }
        rest = &rest[length..];
    }
    String::from_utf8(stdout).unwrap()
}

/// A connection over which a request was sent.
fn ask(socket: &Path, method: &str, content: &[u8]) -> UnixStream {
    let mut params = Vec::new();
    for (name, value) in [("REQUEST_METHOD", method), ("SERVER_NAME", "a"), ("SERVER_PORT", "80")] {
        encode_pair(name.as_bytes(), value.as_bytes(), &mut params);
    }
    let begin = BeginRequest { role: RESPONDER, keep_connection: false }.content();
    let mut request = Vec::new();
    Record { kind: Kind::BeginRequest, request_id: 1, content: &begin }.encode(&mut request);
    encode_stream(Kind::Params, 1, &params, &mut request);
    end_stream(Kind::Params, 1, &mut request);
    encode_stream(Kind::Stdin, 1, content, &mut request);
    end_stream(Kind::Stdin, 1, &mut request);
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(&request).unwrap();
    stream
}
