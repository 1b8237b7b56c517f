//! Wrong: the request goes into the log as it is.
//!
//! Breaks RFC 9110 §17.4: a line end in a request is \x0a in the log, and ends no line of it
//!
//! A request line has no line end, one thinks. But this one was decoded, and
//! `%0A` is a line end.

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
    String::from_utf8_lossy(request).into_owned()
}
