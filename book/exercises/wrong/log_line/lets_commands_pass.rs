//! Wrong: control characters stay as they are, but for line ends.
//!
//! Breaks RFC 9110 §17.4: control characters are commands to a terminal: none is in the log
//!
//! One thinks of programs that read the log, and not of one's own terminal.

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
            b' '..=b'~' => text.push(char::from(byte)),
            b'\r' | b'\n' | 0x80.. => text.push_str(&format!("\\x{byte:02x}")),
            _ => text.push(char::from(byte)),
        }
    }
    text
}
