//! Wrong: only what ends a line is escaped.
//!
//! Breaks RFC 9110 §17.4: a quote in a request does not end its part of the line
//!
//! The forged line is gone. What remains is a request that writes its own status
//! code, and commands to the terminal.

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
            b'\r' | b'\n' => text.push_str(&format!("\\x{byte:02x}")),
            _ => text.push(char::from(byte)),
        }
    }
    text
}
