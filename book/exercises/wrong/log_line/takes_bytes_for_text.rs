//! Wrong: the bytes are made into text first.
//!
//! Breaks RFC 9112 §2.2: a request is bytes, not text: each byte can be told from the log
//!
//! `from_utf8_lossy` writes the same sign for each byte that it does not know:
//! two different attacks look alike.

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
    for character in String::from_utf8_lossy(request).chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            ..' ' | '\x7f' => text.push_str(&format!("\\x{:02x}", u32::from(character))),
            _ => text.push(character),
        }
    }
    text
}
