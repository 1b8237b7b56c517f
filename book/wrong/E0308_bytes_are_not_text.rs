// What arrives is bytes, and bytes need not be text: E0308, mismatched types.
// `read` fills a `[u8; 1024]`; `request_line` wants a `&str`. Nothing turns one into the other
// unseen, since a request may hold bytes that are no UTF-8 at all. Look for CR LF in the bytes,
// as step 1 does, or ask `std::str::from_utf8` and be ready for its error.
use std::io::Read;
use std::net::TcpStream;

fn request_line(head: &str) -> Option<&str> {
    head.lines().next()
}

fn main() -> std::io::Result<()> {
    let mut stream = TcpStream::connect("127.0.0.1:8000")?;
    let mut buffer = [0; 1024];
    let length = stream.read(&mut buffer)?;
    println!("{:?}", request_line(&buffer[..length]));
    Ok(())
}
