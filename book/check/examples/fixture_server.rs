//! A server for the tests of the replayer: `fixture_server [MODE] ADDR`.
//!
//! It answers every connection with the first line that it got, and prints that line. `MODE` makes
//! it misbehave: `dies` before it listens, `mute` about its URL, `panics` at the first request.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mode = if args.len() > 1 { args[0].as_str() } else { "answers" };
    if mode == "dies" {
        println!("fixture_server: I would rather not");
        std::process::exit(1);
    }
    let listener = TcpListener::bind(args.last().map_or("127.0.0.1:0", String::as_str))?;
    if mode == "mute" {
        println!("fixture_server: I do not say where");
    } else {
        println!("fixture_server: serving {}", std::env::current_dir()?.display());
        println!("Open http://{}/ in a browser.", listener.local_addr()?);
    }
    std::io::stdout().flush()?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut head = BufReader::new(stream.try_clone()?).lines();
        let first = head.next().transpose()?.unwrap_or_default();
        // The rest is read, so that closing does not reset the connection.
        while head.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
        assert!(mode != "panics", "asked to");
        println!("fixture_server: {first}");
        let body = format!("you asked: {first}\n");
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
    }
    Ok(())
}
