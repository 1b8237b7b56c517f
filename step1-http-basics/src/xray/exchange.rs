//! What a server prints about one exchange.
//!
//! *Strategy*: two forms, both text that is returned and not printed. The short
//! one is two lines: what was asked, what was answered. The long one shows all
//! that went over the wire. What came from the client is only shown through
//! [`visible`], so that no request can play tricks with a terminal.

use std::fmt::Write;
use std::time::Duration;

use http::Method;

use super::{Annotated, Style, grouped, request, response, text, visible};
use crate::connection::Exchange;
use crate::limits::Limits;
use crate::parse;
use crate::recording::MAX_RECORD;

/// One exchange in a few words: `>` is what came, `<` what was sent.
///
/// ```text
/// > GET /a?b HTTP/1.1  (3 fields)
/// < 200 OK  (1,234 bytes of content, 0.2 ms)
/// ```
#[must_use]
pub fn summary(exchange: &Exchange<'_>) -> String {
    let mut out = format!("> {}", visible(exchange.request_line));
    if let Some(fields) = exchange.fields {
        let plural = if fields.len() == 1 { "" } else { "s" };
        // Writing to a String cannot fail.
        let _ = write!(out, "  ({} field{plural})", fields.len());
    }
    let reason = crate::encode::reason_phrase(exchange.status);
    let _ = writeln!(
        out,
        "\n< {} {reason}  ({} bytes of content, {})",
        exchange.status.as_str(),
        grouped(exchange.sent),
        milliseconds(exchange.duration)
    );
    if let Some(error) = exchange.error {
        let _ = writeln!(out, "  {error}");
    }
    out
}

/// One exchange, byte by byte: both messages, each part named. Where nothing
/// was recorded, its [`summary`].
#[must_use]
pub fn full(exchange: &Exchange<'_>, style: Style) -> String {
    let Some(recording) = exchange.recording else { return summary(exchange) };
    let method = parse::request_head(&recording.received, &Limits::default())
        .ok()
        .flatten()
        .map_or(Method::GET, |(head, _)| head.method);
    let peer = exchange.peer.map_or_else(|| "the client".to_owned(), |peer| peer.to_string());
    let took = format!("to {peer}, after {}", milliseconds(exchange.duration));
    let mut out = String::new();
    show(&mut out, "request", &format!("from {peer}"), request(&recording.received), style);
    show(&mut out, "response", &took, response(&method, &recording.sent), style);
    if let Some(error) = exchange.error {
        let _ = writeln!(out, "\n✗ {error}");
    }
    out
}

fn show(out: &mut String, what: &str, whom: &str, mut annotated: Annotated<'_>, style: Style) {
    let length = grouped(annotated.bytes.len() as u64);
    let is_cut = annotated.bytes.len() >= MAX_RECORD;
    let more = if is_cut { " and more, which were not kept" } else { "" };
    if let Some(last) = annotated.spans.last_mut().filter(|_| is_cut) {
        // What was not kept was not missing on the wire.
        last.fault = None;
    }
    let _ = writeln!(out, "\n── {what}, {length} bytes{more}, {whom} ──");
    out.push_str(&text(&annotated, style));
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Recording;
    use http::{HeaderMap, StatusCode};

    fn exchange<'e>(line: &'e [u8], recording: Option<&'e Recording>) -> Exchange<'e> {
        Exchange {
            peer: None,
            request_line: line,
            fields: None,
            status: StatusCode::NOT_FOUND,
            sent: 1234,
            duration: Duration::from_micros(250),
            error: None,
            recording,
        }
    }

    #[test]
    fn a_summary_is_what_was_asked_and_what_was_answered() {
        let fields = HeaderMap::from_iter([(http::header::HOST, "a".parse().unwrap())]);
        let whole = Exchange { fields: Some(&fields), ..exchange(b"GET / HTTP/1.1", None) };
        let expected =
            "> GET / HTTP/1.1  (1 field)\n< 404 Not Found  (1,234 bytes of content, 0.2 ms)\n";
        assert_eq!(summary(&whole), expected);
        assert_eq!(full(&whole, Style::default()), expected);
    }

    #[test]
    fn both_messages_are_shown_as_they_went() {
        let recording = Recording {
            received: b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
            sent: b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n".to_vec(),
        };
        let shown = full(&exchange(b"HEAD / HTTP/1.1", Some(&recording)), Style::default());
        assert!(shown.contains("── request, 28 bytes, from the client ──"), "{shown}");
        assert!(shown.contains("── response, 45 bytes, to the client, after 0.2 ms ──"), "{shown}");
        // The answer to HEAD is complete without its content.
        assert!(!shown.contains('✗'), "{shown}");
    }

    #[test]
    fn what_was_not_kept_was_not_missing() {
        let mut received = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n".to_vec();
        let recording = Recording { received: received.clone(), sent: Vec::new() };
        let shown = full(&exchange(b"PUT / HTTP/1.1", Some(&recording)), Style::default());
        assert!(shown.contains("✗ incomplete"), "{shown}");
        received.resize(MAX_RECORD, b'x');
        let recording = Recording { received, sent: Vec::new() };
        let shown = full(&exchange(b"PUT / HTTP/1.1", Some(&recording)), Style::default());
        assert!(
            shown.contains("── request, 65,536 bytes and more, which were not kept"),
            "{shown}"
        );
        assert!(!shown.contains('✗'), "{shown}");
    }

    #[test]
    fn no_request_can_play_tricks_with_a_terminal() {
        let bytes = b"GET /\x1b]0;owned\x07 \xff\x9b2J\x08\r\nX: \x1b[2J\r\n\r\n";
        let recording = Recording { received: bytes.to_vec(), sent: bytes.to_vec() };
        let line = bytes.split(|&byte| byte == b'\r').next().unwrap();
        let exchange = exchange(line, Some(&recording));
        for shown in [summary(&exchange), full(&exchange, Style::default())] {
            let control = shown.chars().find(|&char| char.is_control() && char != '\n');
            assert_eq!(control, None, "{shown:?}");
            assert!(shown.contains("␛]0;owned␇"), "{shown}");
        }
    }
}
