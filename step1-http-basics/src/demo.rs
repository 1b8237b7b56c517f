//! One request and one response, over a real connection, shown on the terminal.
//!
//! Chapter 2 · RFC 9112
//!
//! *Strategy*: a server and a client in one process, on any free port. The
//! client sends bytes that are written out below, reads until the connection
//! ends, and both messages are x-rayed. No browser is needed.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};

use crate::connection::Service;
use crate::handler::{Request, Response};
use crate::limits::Limits;
use crate::serve::Server;
use crate::xray::{self, Style, grouped};

const PAGE: &str = "\
<!doctype html>
<title>Hello</title>
<h1>Hello, client!</h1>
";

/// Asks a server of our own for one page; text that shows both messages.
///
/// # Errors
/// When no port can be had, or the connection breaks.
pub fn run(style: Style) -> io::Result<String> {
    let hello = |_: &mut Request<'_>| Response::html(StatusCode::OK, PAGE);
    let mut service = Service::new(&hello, Limits::default());
    service.server = HeaderValue::from_static("step1-http-basics");
    let server = Server::bind("127.0.0.1:0", 1, Duration::from_secs(5))?;
    let address = server.address();
    let (request, response) = thread::scope(|scope| {
        scope.spawn(|| server.serve(&service));
        let messages = ask(address);
        server.stop();
        messages
    })?;
    let title = |number: u8, what: &str, bytes: &[u8]| {
        format!("\n{number}. {what} ({} bytes)\n\n", grouped(bytes.len() as u64))
    };
    Ok([
        &format!("A client connects to a server at {address}.\n"),
        &title(1, "The client sends a request", &request),
        &xray::text(&xray::request(&request), style),
        &title(2, "The server sends a response", &response),
        &xray::text(&xray::response(&Method::GET, &response), style),
        "\nThe server closes the connection.\n",
        "␠ is a space, ␍␊ is CR LF: each line of a head ends with it.\n",
    ]
    .concat())
}

/// Sends a request and reads until the end of the connection.
fn ask(address: SocketAddr) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let deadline = Duration::from_secs(5);
    let request = format!(
        "GET /hello?from=demo HTTP/1.1\r\n\
         Host: {address}\r\n\
         User-Agent: demo\r\n\
         Accept: text/html\r\n\
         Connection: close\r\n\
         \r\n"
    );
    let mut stream = TcpStream::connect_timeout(&address, deadline)?;
    stream.set_read_timeout(Some(deadline))?;
    stream.set_write_timeout(Some(deadline))?;
    stream.write_all(request.as_bytes())?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response)?;
    Ok((request.into_bytes(), response))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_messages_fit_a_screen() {
        let shown = run(Style::default()).unwrap();
        assert!(shown.lines().count() <= 45, "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
        let begins = |what: &str| shown.lines().filter(|line| line.starts_with(what)).count();
        assert_eq!((begins("GET␠"), begins("200␠"), begins("␍␊ ")), (1, 1, 2), "{shown}");
        assert!(shown.contains("<h1>Hello, client!</h1>"), "{shown}");
        assert!(!shown.contains('✗'), "{shown}");
    }
}
