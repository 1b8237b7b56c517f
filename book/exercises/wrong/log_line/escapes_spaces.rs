//! Wrong: all that is not a letter or digit is escaped.
//!
//! Breaks RFC 9112 §3: a request line of printable ASCII stands in the log as it came
//!
//! It is as safe as can be. No person can read the log, and no program that
//! looks for a path finds it.

fn main() {}

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
    let mut text = String::new();
    for &byte in request {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            _ if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}
