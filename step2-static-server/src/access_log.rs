//! One line for each request, in the Common Log Format.
//!
//! Chapter 3
//!
//! *Strategy*: the line is made of what the client sent, so whatever could
//! break the line, or the terminal it is shown on, is escaped.
//!
//! ```text
//! 127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] "GET /style.css HTTP/1.1" 200 1824
//! ```

use std::time::SystemTime;

use step1_http_basics::connection::Exchange;

// ANCHOR: line
/// The line for one exchange that was answered at `time`, without line end.
#[must_use]
pub fn line(exchange: &Exchange<'_>, time: SystemTime) -> String {
    let peer = exchange.peer.map_or_else(|| "-".to_owned(), |peer| peer.ip().to_string());
    let request = match exchange.request_line {
        b"" => "-".to_owned(),
        line => line.iter().flat_map(|&byte| escape(byte)).map(char::from).collect(),
    };
    // `-` stands for no content, as the format has it.
    let sent = if exchange.sent == 0 { "-".to_owned() } else { exchange.sent.to_string() };
    format!("{peer} - - [{}] \"{request}\" {} {sent}", timestamp(time), exchange.status.as_str())
}
// ANCHOR_END: line

/// `06/Nov/1994:08:49:37 +0000`, in UTC.
fn timestamp(time: SystemTime) -> String {
    // An HTTP date has the same parts at fixed places: Sun, 06 Nov 1994 08:49:37 GMT
    let date = httpdate::fmt_http_date(time);
    let part = |range: std::ops::Range<usize>| date.get(range).unwrap_or_default();
    format!("{}/{}/{}:{} +0000", part(5..7), part(8..11), part(12..16), part(17..25))
}

fn escape(byte: u8) -> Vec<u8> {
    match byte {
        b'"' | b'\\' => vec![b'\\', byte],
        b' '..=b'~' => vec![byte],
        _ => format!("\\x{byte:02x}").into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;
    use std::time::{Duration, UNIX_EPOCH};

    #[track_caller]
    fn check(request_line: &[u8], sent: u64, expected: &str) {
        let exchange = Exchange {
            peer: Some(([127, 0, 0, 1], 4000).into()),
            request_line,
            fields: None,
            status: StatusCode::OK,
            sent,
            duration: Duration::ZERO,
            error: None,
            recording: None,
        };
        assert_eq!(line(&exchange, UNIX_EPOCH + Duration::from_secs(784_111_777)), expected);
    }

    #[test]
    fn a_line_is_in_the_common_log_format() {
        let date = "[06/Nov/1994:08:49:37 +0000]";
        check(b"GET / HTTP/1.1", 12, &format!("127.0.0.1 - - {date} \"GET / HTTP/1.1\" 200 12"));
        check(b"", 0, &format!("127.0.0.1 - - {date} \"-\" 200 -"));
    }

    #[test]
    fn a_request_cannot_forge_a_line_or_move_the_cursor() {
        let date = "[06/Nov/1994:08:49:37 +0000]";
        check(
            b"GET /\"\\\x1b[2J\xff",
            1,
            &format!("127.0.0.1 - - {date} \"GET /\\\"\\\\\\x1b[2J\\xff\" 200 1"),
        );
    }
}
