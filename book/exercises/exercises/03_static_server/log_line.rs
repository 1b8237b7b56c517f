//! A request is one line of the log, whatever is in it.
//!
//! Chapter 3 · RFC 9110 §17.4 · book/src/ch03-static-server/log.md
//!
//! ```text
//! 192.0.2.7 - - [06/Nov/1994:08:49:37 +0000] "GET /" 200 1
//! 192.0.2.9 - - [06/Nov/1994:08:49:38 +0000] "GET /admin HTTP/1.1" 404 12
//! ```
//!
//! Who was 192.0.2.9? Nobody: both lines are one request of 192.0.2.7, for a path
//! with `%22%20200%201%0A192.0.2.9…` in it. Decoded, that is a quote, a status code,
//! a line end, and the beginning of the line that you see.
//!
//! A log is read by programs, which bar an address that fails too often, and by you,
//! in a terminal, where the byte `1b` begins a command: clear the screen, change the
//! title, go up and write over what is there. Whoever writes into your log what they
//! like, writes into what you believe.
//!
//! [RFC 9110 §17.4](https://www.rfc-editor.org/rfc/rfc9110#section-17.4): what a
//! client sent can be taken for something else by the next program that reads it.

fn main() {
    // A place to try things: `cargo run --bin log_line`.
}

/// What is known of a request that has been answered.
struct Exchange<'e> {
    /// The client's address.
    peer: &'e str,
    /// When it was answered: `06/Nov/1994:08:49:37 +0000`.
    time: &'e str,
    /// Its request line, percent-decoded so that people can read it.
    request: &'e [u8],
    /// The status code of the response.
    status: u16,
    /// How many bytes of content were sent.
    sent: u64,
}

/// The line for an exchange in the Common Log Format, without a line end.
fn log_line(exchange: &Exchange<'_>) -> String {
    let Exchange { peer, time, request, status, sent } = exchange;
    format!("{peer} - - [{time}] \"{}\" {status} {sent}", between_quotes(request))
}

/// Bytes that a client sent, as they stand between the quotes of a log line.
fn between_quotes(request: &[u8]) -> String {
    // TODO: write `"` as `\"` and `\` as `\\`. Write each byte that is not
    // printable ASCII, so neither of `b' '..=b'~'`, as `\x` and two lower-case
    // digits: `\x0a`. All else stays as it is.
    todo!("write the bytes so that they cannot leave their quotes")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What can be printed: `␛` for the character that begins a command to the terminal.
    fn visible(text: &str) -> String {
        let picture = |character: char| match u32::from(character) {
            code @ ..0x20 => char::from_u32(0x2400 + code).unwrap_or(character),
            0x7F => '␡',
            _ => character,
        };
        text.chars().map(picture).collect()
    }

    #[track_caller]
    fn check(rule: &str, request: &[u8], expected: &str) {
        let line = |request: &str| {
            format!("192.0.2.7 - - [06/Nov/1994:08:49:37 +0000] \"{request}\" 404 12")
        };
        let time = "06/Nov/1994:08:49:37 +0000";
        let exchange = Exchange { peer: "192.0.2.7", time, request, status: 404, sent: 12 };
        let (answer, expected) = (log_line(&exchange), line(expected));
        assert!(
            answer == expected,
            "{rule}\n  request:     {}\n  your answer: {}\n  expected:    {}\n",
            visible(&String::from_utf8_lossy(request)),
            visible(&answer),
            visible(&expected)
        );
    }

    #[test]
    fn a_line_end_ends_no_line() {
        let rule =
            r"RFC 9110 §17.4: a line end in a request is \x0a in the log, and ends no line of it";
        check(rule, b"GET /\n HTTP/1.1", r"GET /\x0a HTTP/1.1");
        check(rule, b"GET /\r\n HTTP/1.1", r"GET /\x0d\x0a HTTP/1.1");
    }

    #[test]
    fn a_quote_does_not_end_the_request() {
        let rule = "RFC 9110 §17.4: a quote in a request does not end its part of the line";
        check(
            rule,
            b"GET /\" 200 1\n192.0.2.9 - - [06/Nov/1994:08:49:38 +0000] \"GET /admin HTTP/1.1",
            r#"GET /\" 200 1\x0a192.0.2.9 - - [06/Nov/1994:08:49:38 +0000] \"GET /admin HTTP/1.1"#,
        );
        check(rule, b"GET /\" 200 5 \"- HTTP/1.1", r#"GET /\" 200 5 \"- HTTP/1.1"#);
    }

    #[test]
    fn the_backslash_escapes_nothing() {
        let rule =
            "RFC 9110 §17.4: a backslash in a request is escaped, so that it escapes nothing";
        check(rule, b"GET /a\\", r"GET /a\\");
        check(rule, br"GET /\x0a HTTP/1.1", r"GET /\\x0a HTTP/1.1");
    }

    #[test]
    fn no_command_reaches_the_terminal() {
        let rule =
            "RFC 9110 §17.4: control characters are commands to a terminal: none is in the log";
        check(rule, b"GET /\x1b[2J HTTP/1.1", r"GET /\x1b[2J HTTP/1.1");
        check(rule, b"GET /a\rPUT /b", r"GET /a\x0dPUT /b");
        check(rule, b"GET /a\x08\x7f\x00\t", r"GET /a\x08\x7f\x00\x09");
    }

    #[test]
    fn all_bytes_can_be_read_back() {
        let rule =
            "RFC 9112 §2.2: a request is bytes, not text: each byte can be told from the log";
        check(rule, b"GET /\xff HTTP/1.1", r"GET /\xff HTTP/1.1");
        check(rule, b"GET /\xfe HTTP/1.1", r"GET /\xfe HTTP/1.1");
        check(rule, "GET /茶".as_bytes(), r"GET /\xe8\x8c\xb6");
        check(rule, b"GET /\xc2\x9b", r"GET /\xc2\x9b");
    }

    #[test]
    fn a_common_request_stays_as_it_is() {
        let rule = "RFC 9112 §3: a request line of printable ASCII stands in the log as it came";
        check(rule, b"GET /a/~b?c='d'&e=%20 HTTP/1.1", "GET /a/~b?c='d'&e=%20 HTTP/1.1");
        check(rule, b"", "");
    }
}
