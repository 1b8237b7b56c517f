//! Chunks are taken off, and what has not come yet is no mistake.
//!
//! Chapter 2 · RFC 9112 §7.1 · book/src/ch02-http/chunked.md
//!
//! The last chunk is one like the others, with no data: the empty line that ends
//! the message is the CR LF behind them. So the loop has one way out.

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

#[cfg(test)]
mod tests {
    use super::*;

    type Answer = Result<Option<Content>, Malformed>;

    /// What a person can read: `content "hello" in 15 bytes`.
    fn say(answer: &Answer) -> String {
        match answer {
            Ok(Some((content, used))) => {
                format!("content \"{}\" in {used} bytes", content.escape_ascii())
            }
            Ok(None) => "not yet, Ok(None)".to_owned(),
            Err(Malformed) => "refused, Err(Malformed)".to_owned(),
        }
    }

    /// The rule that tells where a message ends.
    const END: &str =
        "RFC 9112 §7.1: the message ends with the empty line; the next begins behind it";

    #[track_caller]
    fn compare(rule: &str, received: &[u8], is_right: impl Fn(&Answer) -> bool, expected: &str) {
        let answer = std::panic::catch_unwind(|| read_chunks(received));
        let said = answer.as_ref().map_or("a panic, see above".to_owned(), say);
        assert!(
            answer.is_ok_and(|answer| is_right(&answer)),
            "{rule}\n  received:    \"{}\"\n  your answer: {said}\n  expected:    {expected}\n",
            received.escape_ascii(),
        );
    }

    #[track_caller]
    fn check(rule: &str, received: &str, content: &str, used: usize) {
        let received = received.as_bytes();
        let right: Answer = Ok(Some((content.into(), used)));
        let has_content =
            |answer: &Answer| matches!(answer, Ok(Some((found, _))) if found == content.as_bytes());
        compare(rule, received, has_content, &say(&right));
        compare(END, received, |answer| *answer == right, &say(&right));
    }

    #[track_caller]
    fn check_not_yet(rule: &str, received: &[u8]) {
        compare(rule, received, |answer| *answer == Ok(None), &say(&Ok(None)));
    }

    #[track_caller]
    fn check_refused(rule: &str, received: &str) {
        let refused = Err(Malformed);
        compare(rule, received.as_bytes(), |answer| *answer == refused, &say(&refused));
    }

    #[test]
    fn a_chunk_is_a_size_and_so_many_bytes() {
        let rule = "RFC 9112 §7.1: a chunk is its size, CR LF, so many bytes, CR LF";
        check(rule, "5\r\nhello\r\n0\r\n\r\n", "hello", 15);
        check(rule, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", 26);
        check(rule, "0\r\n\r\n", "", 5);
        let rule = "RFC 9112 §7.1: a size is hexadecimal";
        check(rule, "a\r\n0123456789\r\n0\r\n\r\n", "0123456789", 20);
        check(rule, "0F\r\n0123456789abcde\r\n0\r\n\r\n", "0123456789abcde", 26);
        let rule = "RFC 9112 §7.1.1: an extension that one does not know is read over";
        check(rule, "5;note=first\r\nhello\r\n0;a\r\n\r\n", "hello", 28);
    }

    #[test]
    fn data_is_counted_and_not_looked_at() {
        let rule =
            "RFC 9112 §7.1: data is counted, not searched: it may hold CR LF, or a last chunk";
        check(rule, "7\r\none\r\ntw\r\n0\r\n\r\n", "one\r\ntw", 17);
        check(rule, "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n", 17);
        let rule = "RFC 9112 §7.1: CR LF must follow the data, or size and data do not agree";
        for data in ["hello!\r\n", "hello", "hello\n", "hello\r\r\n", "hello..", "hello\r."] {
            check_refused(rule, &format!("5\r\n{data}0\r\n\r\n"));
        }
    }

    #[test]
    fn what_follows_belongs_to_the_next_message() {
        check(END, "1\r\nx\r\n0\r\n\r\nGET / HTTP/1.1\r\n", "x", 11);
        check(END, "0\r\n\r\n5\r\nhello\r\n", "", 5);
    }

    #[test]
    fn what_has_not_come_is_no_mistake() {
        let rule =
            "RFC 9112 §8: without its last chunk and the empty line a message is not complete";
        let message = "3;a=b\r\none\r\n10\r\n\r\n3456789abcdef\n\r\n0\r\n\r\n";
        for end in 0..message.len() {
            check_not_yet(rule, &message.as_bytes()[..end]);
        }
        check(rule, message, "one\r\n3456789abcdef\n", message.len());
    }

    #[test]
    fn a_size_is_digits() {
        let rule = "RFC 9112 §7.1: a size is hexadecimal digits and nothing else";
        for line in ["x", "-1", "+1", "0x1", "", ";a", "1 1", "1_0"] {
            check_refused(rule, &format!("{line}\r\nx\r\n0\r\n\r\n"));
        }
    }

    #[test]
    fn a_size_may_be_huge() {
        let rule =
            "RFC 9112 §7.1: a size may be huge: no sum overflows, and nothing is set aside for it";
        let huge = format!("{:x}\r\nhello", usize::MAX);
        // Whoever has a limit refuses it; whoever has none waits.
        let is_right = |answer: &Answer| !matches!(answer, Ok(Some(_)));
        compare(rule, huge.as_bytes(), is_right, "not yet, Ok(None), or refused");
        check_refused(rule, &format!("{:x}0\r\nhello", usize::MAX));
    }
}
