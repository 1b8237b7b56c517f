// The head's method is not a copy: it points into the buffer. E0502: the buffer cannot be borrowed
// as mutable, because it is also borrowed as immutable.
// Reading on may move the buffer to another place, and `method` would point at what is gone. A
// parser in C would let you, and would answer with somebody else's bytes. Finish with the method
// first, or take what you need out of the buffer, as step 1's `parse` does.
use std::io::Read;
use std::net::TcpStream;

fn main() -> std::io::Result<()> {
    let mut stream = TcpStream::connect("127.0.0.1:8000")?;
    let mut buffer = Vec::new();
    stream.by_ref().take(16).read_to_end(&mut buffer)?;
    let method = buffer.split(|&byte| byte == b' ').next().unwrap_or_default();
    stream.read_to_end(&mut buffer)?;
    println!("{} bytes after {method:?}", buffer.len());
    Ok(())
}
