//! The binary is a CGI program when a server starts it as one.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Starts it as a server does.
fn answer(variables: &[(&str, &str)], stdin: &str, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_step4-wsgi-interface"))
        .args(arguments)
        .env_clear()
        .envs([("GATEWAY_INTERFACE", "CGI/1.1"), ("SERVER_PROTOCOL", "HTTP/1.1")])
        .envs([("SERVER_NAME", "localhost"), ("SERVER_PORT", "80")])
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary of this crate");
    // It may not read all; that is no error of this test.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    child.wait_with_output().expect("its output")
}

#[test]
fn it_answers_on_standard_output() {
    let output = answer(&[("REQUEST_METHOD", "GET"), ("PATH_INFO", "/hello")], "", &[]);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Status: 200 OK\r\nContent-Type: text/html\r\nContent-Length: 24\r\n\r\n<h1>Hello, Michael!</h1>"
    );
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn it_says_the_truth_about_itself() {
    let variables =
        [("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", "/cgi-bin/app"), ("PATH_INFO", "/environ/x")];
    let page = String::from_utf8(answer(&variables, "", &[]).stdout).expect("text");
    for row in [
        "<th>SCRIPT_NAME</th><td>/cgi-bin/app/environ</td>",
        "<th>PATH_INFO</th><td>/x</td>",
        "<th>wsgi.multiprocess</th><td>true</td>",
        "<th>wsgi.multithread</th><td>false</td>",
        "<th>wsgi.run_once</th><td>true</td>",
        "<th>wsgi.url_scheme</th><td>http</td>",
    ] {
        assert!(page.contains(row), "{row} is not in\n{page}");
    }
    let secure = [variables.as_slice(), &[("HTTPS", "on")]].concat();
    let page = answer(&secure, "", &[]).stdout;
    assert!(String::from_utf8_lossy(&page).contains("<th>wsgi.url_scheme</th><td>https</td>"));
}

/// RFC 3875 §4.4: a query without `=` may become arguments of the program.
#[test]
fn a_client_cannot_give_it_arguments() {
    let variables =
        [("REQUEST_METHOD", "GET"), ("PATH_INFO", "/hello"), ("QUERY_STRING", "--help")];
    let output = answer(&variables, "", &["--help"]);
    assert!(output.stdout.starts_with(b"Status: 200 OK\r\n"));
}

#[test]
fn what_is_not_mounted_is_not_found() {
    let output = answer(&[("REQUEST_METHOD", "GET"), ("PATH_INFO", "/nothing")], "", &[]);
    assert!(output.stdout.starts_with(b"Status: 404 Not Found\r\n"));
}
