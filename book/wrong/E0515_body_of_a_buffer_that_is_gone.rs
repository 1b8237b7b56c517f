// A response that borrows its body outlives the buffer which holds it. E0515: cannot return a
// value referencing local variable `page`.
// The page is freed when `respond` ends; the response would be sent from freed memory. Let the
// response own its body: `body: Vec<u8>`, as step 1's `Body` does.
use std::fs;
use std::io;

struct Response<'a> {
    status: u16,
    body: &'a [u8],
}

fn respond(path: &str) -> io::Result<Response<'_>> {
    let page = fs::read(path)?;
    Ok(Response { status: 200, body: &page })
}

fn main() -> io::Result<()> {
    let response = respond("www/contact.html")?;
    println!("{} with {} bytes", response.status, response.body.len());
    Ok(())
}
