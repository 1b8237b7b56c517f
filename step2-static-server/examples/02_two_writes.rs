//! The 40 ms of chapter 3: head and body leave in two writes, on a connection that stays open.
//! With the word `together` as its first argument they leave in one, and the wait is gone.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

const BODY: &[u8] = b"A body of one line, sent after its head.\n";

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let together = words.iter().any(|word| word == "together");
    let address = words.last().filter(|word| word.contains(':'));
    let listener = TcpListener::bind(address.map_or("127.0.0.1:8000", |address| address))?;
    println!("Open http://{}/ in a browser. Ctrl-C stops the server.", listener.local_addr()?);
    for stream in listener.incoming().flatten() {
        if let Err(error) = serve(&stream, together) {
            println!("{error}");
        }
    }
    Ok(())
}

// ANCHOR: serve
/// Answers every request on this connection alike, until the client closes it.
fn serve(mut stream: &TcpStream, together: bool) -> std::io::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", BODY.len());
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        let head_is_over = line == "\r\n";
        line.clear();
        if !head_is_over {
            continue;
        }
        if together {
            stream.write_all(&[head.as_bytes(), BODY].concat())?;
        } else {
            stream.write_all(head.as_bytes())?;
            stream.write_all(BODY)?;
        }
    }
    Ok(())
}
// ANCHOR_END: serve
