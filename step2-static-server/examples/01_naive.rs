//! The naive server of chapter 3: the article's idea in twenty lines of Rust.
//! It answers a browser. Count what it gets wrong before you read the chapter.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(address)?;
    println!("Open http://{}/ in a browser. Ctrl-C stops the server.", listener.local_addr()?);
    for stream in listener.incoming().flatten() {
        if let Err(error) = handle_client(stream) {
            println!("{error}");
        }
    }
    Ok(())
}

// ANCHOR: handle_client
fn handle_client(mut stream: TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 1024];
    let length = stream.read(&mut buffer)?;
    let request = String::from_utf8_lossy(&buffer[..length]);
    let name = request.split(' ').nth(1).unwrap_or("/");
    let name = if name == "/" { "/simple_navbar.html" } else { name };

    let (status, body) = match std::fs::read(format!("./www{name}")) {
        Ok(data) => ("200 OK", data),
        Err(_) => ("404 Not Found", format!("The file {name} is not found!").into_bytes()),
    };
    write!(stream, "HTTP/1.1 {status}\r\nServer: naive\r\n\r\n")?;
    stream.write_all(&body)
}
// ANCHOR_END: handle_client
