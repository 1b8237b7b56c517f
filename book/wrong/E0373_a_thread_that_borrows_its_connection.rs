// The loop goes on to the next connection while the thread still writes to this one. E0373: the
// closure may outlive the current function, but it borrows `stream`.
// A new thread may run longer than the loop that started it. `move` hands the connection over: the
// thread owns it and closes it when done.
use std::io::Write;
use std::net::TcpListener;
use std::thread;

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8000")?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        thread::spawn(|| stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n"));
    }
    Ok(())
}
