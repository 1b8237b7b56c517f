//! A process or a thread for each connection, with all else alike: `process`, `thread`.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Child;

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    #[cfg(unix)]
    if words.first().is_some_and(|word| word == "connection") {
        return handle_client(inherited()?);
    }
    let by_process = words.iter().any(|word| word == "process");
    let address = words.last().filter(|word| word.contains(':'));
    let listener = TcpListener::bind(address.map_or("127.0.0.1:8000", |address| address))?;
    println!("Open http://{}/ in a browser. Ctrl-C stops the server.", listener.local_addr()?);
    let mut children = Vec::new();
    for stream in listener.incoming().flatten() {
        if by_process {
            children.retain_mut(|child: &mut Child| matches!(child.try_wait(), Ok(None)));
            children.push(process_for(stream)?);
        } else {
            std::thread::spawn(move || handle_client(stream));
        }
    }
    Ok(())
}

// ANCHOR: process_for
/// This program once more, with the connection in the place of its standard input.
#[cfg(unix)]
fn process_for(stream: TcpStream) -> std::io::Result<Child> {
    use std::process::{Command, Stdio};
    let connection = Stdio::from(std::os::fd::OwnedFd::from(stream));
    Command::new(std::env::current_exe()?).arg("connection").stdin(connection).spawn()
}

/// In the new process: the connection that it was born with.
#[cfg(unix)]
fn inherited() -> std::io::Result<TcpStream> {
    let connection = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned()?;
    Ok(TcpStream::from(connection))
}
// ANCHOR_END: process_for

#[cfg(not(unix))]
fn process_for(_: TcpStream) -> std::io::Result<Child> {
    Err(std::io::ErrorKind::Unsupported.into())
}

fn handle_client(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = String::new();
    BufReader::new(&stream).read_line(&mut request)?;
    let name = request.split(' ').nth(1).unwrap_or("/");
    let name = if name == "/" { "/simple_navbar.html" } else { name };
    let (status, body) = match std::fs::read(format!("./www{name}")) {
        Ok(data) => ("200 OK", data),
        Err(_) => ("404 Not Found", b"It is not found!".to_vec()),
    };
    stream.write_all(&[format!("HTTP/1.1 {status}\r\n\r\n").as_bytes(), &body].concat())
}
