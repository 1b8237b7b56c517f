//! The server is understood by clients that others have written: Python's
//! `http.client`, curl, and nginx as a proxy. (Chromium: `.ci/browser`.)
//!
//! Needs python3, curl and nginx: `cargo test -p step1-http-basics --features peers`.

use std::io::Write;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use http::StatusCode;
use step1_http_basics::connection::{Service, serve_connection};
use step1_http_basics::handler::{Body, Request, Response};
use step1_http_basics::limits::Limits;
use step1_http_basics::serve::Server;

#[path = "peers/nginx.rs"]
mod nginx;

/// Says what was asked, then how much content came, then the content; as a
/// stream of unknown length if the path asks for that.
fn echo(request: &mut Request<'_>) -> Response {
    let mut content = Vec::new();
    if request.content.read_to_end(&mut content).is_err() {
        return Response::new(StatusCode::BAD_REQUEST);
    }
    let head = &request.head;
    let mut text =
        format!("{} {} {}\n", head.method, head.target.path(), content.len()).into_bytes();
    text.extend(content);
    let mut response = Response::text(StatusCode::OK, text.clone());
    if head.target.path() == "/stream" {
        response.body = Body::Stream(Box::new(std::io::Cursor::new(text)));
    }
    response
}

/// Serves `echo`, a thread for each connection, while `test` runs.
fn serve(test: impl FnOnce(SocketAddr)) {
    let service = Service::new(&echo, Limits::default());
    let server = Server::bind("127.0.0.1:0", 16, Duration::from_secs(5)).expect("a free port");
    thread::scope(|scope| {
        scope.spawn(|| {
            server.accept_each(|connection| {
                scope.spawn(|| serve_connection(&{ connection }, &service));
            });
        });
        let result = catch_unwind(AssertUnwindSafe(|| test(server.address())));
        server.stop();
        result.unwrap_or_else(|panic| resume_unwind(panic));
    });
}

/// What a program prints, given this on its standard input.
fn run(program: &str, arguments: &[&str], input: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} must be installed: {error}"));
    let mut stdin = child.stdin.take().expect("a pipe to it");
    let output = thread::scope(|scope| {
        scope.spawn(move || {
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().expect("its output")
    });
    assert!(output.status.success(), "{program} {arguments:?}: {}", output.status);
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn curl(address: SocketAddr, arguments: &[&str], path: &str, input: &[u8]) -> String {
    let url = format!("http://{address}{path}");
    let mut all = vec!["--silent", "--show-error", "--max-time", "20"];
    all.extend(arguments);
    all.push(&url);
    run("curl", &all, input)
}

#[test]
fn curl_sends_content_in_every_way_it_knows() {
    let large = vec![b'x'; 3_000_000];
    let echoed = format!("3000000\n{}", "x".repeat(3_000_000));
    serve(|address| {
        let data = ["--data-binary", "@-"];
        let with = |more: &[&str]| curl(address, &[&data, more].concat(), "/a", &large);
        // With a length; in chunks; asking first; as HTTP/1.0.
        assert!(with(&[]) == format!("POST /a {echoed}"));
        assert!(with(&["--header", "Transfer-Encoding: chunked"]) == format!("POST /a {echoed}"));
        assert!(with(&["--header", "Expect: 100-continue"]) == format!("POST /a {echoed}"));
        assert!(with(&["--http1.0"]) == format!("POST /a {echoed}"));
        let upload = curl(address, &["--upload-file", "-"], "/b", &large);
        assert!(upload == format!("PUT /b {echoed}"));
    });
}

#[test]
fn curl_finds_the_end_of_every_answer() {
    serve(|address| {
        assert_eq!(curl(address, &[], "/a", b""), "GET /a 0\n");
        assert_eq!(curl(address, &[], "/stream", b""), "GET /stream 0\n");
        assert_eq!(curl(address, &["--http1.0"], "/stream", b""), "GET /stream 0\n");
        assert!(curl(address, &["--head"], "/stream", b"").starts_with("HTTP/1.1 200 OK\r\n"));
        // Three requests over one connection.
        let again = format!("http://{address}/b");
        let count = "%{num_connects} ";
        let three = curl(address, &["--write-out", count, &again, &again], "/a", b"");
        assert_eq!(three, "GET /b 0\n1 GET /b 0\n0 GET /a 0\n0 ");
    });
}

const PYTHON: &str = r#"
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
def ask(method, path, body=None, headers={}, chunked=False):
    connection.request(method, path, body, headers, encode_chunked=chunked)
    response = connection.getresponse()
    print(response.status, response.version, response.read()[:30], response.will_close)
ask("GET", "/a")
ask("POST", "/b", b"hello")
ask("PUT", "/c", iter([b"he", b"llo"]), {"Transfer-Encoding": "chunked"}, True)
ask("HEAD", "/d")
ask("GET", "/stream")
ask("GET", "/e", headers={"Connection": "close"})
ask("GET", "/f")
"#;

#[test]
fn pythons_http_client_keeps_its_connection() {
    serve(|address| {
        let seen = run("python3", &["-c", PYTHON, &address.port().to_string()], b"");
        let expected = [
            "200 11 b'GET /a 0\\n' False",
            "200 11 b'POST /b 5\\nhello' False",
            "200 11 b'PUT /c 5\\nhello' False",
            "200 11 b'' False",
            "200 11 b'GET /stream 0\\n' False",
            "200 11 b'GET /e 0\\n' True",
            "200 11 b'GET /f 0\\n' False",
        ];
        assert_eq!(seen.lines().collect::<Vec<_>>(), expected);
    });
}

#[test]
fn nginx_stands_in_front() {
    let root = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("peer-proxy");
    std::fs::create_dir_all(&root).expect("a folder");
    let large = vec![b'x'; 2_000_000];
    serve(|address| {
        let http =
            format!("client_max_body_size 10m; upstream ours {{ server {address}; keepalive 4; }}");
        let pass =
            "proxy_pass http://ours; proxy_http_version 1.1; proxy_set_header Connection '';";
        let server = format!(
            "location / {{ {pass} }}
            location /direct/ {{ {pass} proxy_request_buffering off; proxy_buffering off; }}
            location /old/ {{ proxy_pass http://{address}; proxy_http_version 1.0; }}"
        );
        let proxy = nginx::start(&root, &http, &server);
        let through = |arguments: &[&str], path: &str, input: &[u8]| {
            curl(proxy.address, arguments, path, input)
        };
        for _ in 0..5 {
            assert_eq!(through(&[], "/a", b""), "GET /a 0\n");
            assert_eq!(through(&[], "/stream", b""), "GET /stream 0\n");
            assert!(through(&["--head"], "/a", b"").starts_with("HTTP/1.1 200 OK\r\n"));
        }
        let data = ["--data-binary", "@-"];
        let chunked = [&data[..], &["--header", "Transfer-Encoding: chunked"]].concat();
        for path in ["/a", "/direct/a", "/old/a"] {
            let echoed = format!("POST {path} 2000000\n{}", "x".repeat(2_000_000));
            assert!(through(&data, path, &large) == echoed, "{path} with a length");
            assert!(through(&chunked, path, &large) == echoed, "{path} in chunks");
        }
    });
}
