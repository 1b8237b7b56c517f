//! Wrong: two bytes behind the data are passed over, whatever they are.
//!
//! Breaks RFC 9112 §7.1: CR LF must follow the data, or size and data do not agree
//!
//! If a size does not agree with its data, somebody has counted wrong, or
//! wants two programs to see two messages. It is noticed here or nowhere.

fn main() {}

/// These bytes can never become chunked content.
#[derive(Debug, PartialEq)]
struct Malformed;

/// The content, and how many bytes of `received` it took with its chunks.
type Content = (Vec<u8>, usize);

/// Takes the chunks off; `Ok(None)`: so far without a mistake, but not whole.
/// It is called again with all that has come, as soon as more has come. There
/// are no trailer fields here.
fn read_chunks(received: &[u8]) -> Result<Option<Content>, Malformed> {
    let mut content = Vec::new();
    let mut rest = received;
    loop {
        let Some((line, after)) = cut_line(rest) else { return Ok(None) };
        let size = chunk_size(line)?;
        let Some((data, after)) = after.split_at_checked(size) else { return Ok(None) };
        content.extend_from_slice(data);
        let Some((_, next)) = after.split_at_checked(2) else { return Ok(None) };
        rest = next;
        if size == 0 {
            return Ok(Some((content, received.len() - rest.len())));
        }
    }
}

/// The number in the line of a chunk, which may have an extension: `5;name=value`.
fn chunk_size(line: &[u8]) -> Result<usize, Malformed> {
    let digits = line.split(|&byte| byte == b';').next().unwrap_or_default();
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(Malformed);
    }
    let digits = str::from_utf8(digits).map_err(|_| Malformed)?;
    usize::from_str_radix(digits, 16).map_err(|_| Malformed)
}

/// The bytes before the first CR LF, and those behind it; `None` if there is none.
fn cut_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    Some((&bytes[..end], &bytes[end + 2..]))
}
