//! Wrong: bytes that are missing are a mistake.
//!
//! Breaks RFC 9112 §8: without its last chunk and the empty line a message is not complete
//!
//! Two answers where three are needed. It works until a message comes in two
//! pieces, and then only sometimes.

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
        let (data, after) = after.split_at_checked(size).ok_or(Malformed)?;
        content.extend_from_slice(data);
        rest = match after {
            [b'\r', b'\n', next @ ..] => next,
            [] | [b'\r'] => return Ok(None),
            _ => return Err(Malformed),
        };
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
