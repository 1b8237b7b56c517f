//! A record as `--xray` shows it.
//!
//! Chapter 4 · FastCGI specification §3.3
//!
//! ```
//! use step3_cgi::fastcgi::record::Kind;
//! use step3_cgi::fastcgi::xray::{Way, describe};
//!
//! let shown = describe(Way::Back, Kind::Stdout, 1, b"Content-Type: text/plain\n\nhi\n");
//! assert_eq!(shown, "← FCGI_STDOUT      request 1, 29 bytes\n    Content-Type: text/plain\n    \n    hi\n");
//! ```

use std::fmt::Write;

use super::params::parse_pair;
use super::record::{BeginRequest, EndRequest, Kind};

/// Where a record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the application.
    There,
    /// From it.
    Back,
}

/// So much of a stream's content is shown.
const SHOWN: usize = 1024;

/// The record in words: its header in a line, its content below.
#[must_use]
pub fn describe(way: Way, kind: Kind, request_id: u16, content: &[u8]) -> String {
    let arrow = if way == Way::There { "→" } else { "←" };
    let ends = match (kind, content) {
        (Kind::Params | Kind::Stdin | Kind::Stdout | Kind::Stderr, []) => {
            ": the end of this stream"
        }
        _ => "",
    };
    let mut shown = format!(
        "{arrow} {:<16} request {request_id}, {} bytes{ends}\n",
        kind.name(),
        content.len()
    );
    // Writing to a String cannot fail.
    let _ = match kind {
        Kind::BeginRequest => match BeginRequest::parse(content) {
            Ok(begin) => writeln!(
                shown,
                "    role {}, keep the connection: {}",
                begin.role, begin.keep_connection
            ),
            Err(error) => writeln!(shown, "    {error}"),
        },
        Kind::EndRequest => match EndRequest::parse(content) {
            Ok(end) => writeln!(
                shown,
                "    appStatus {}, protocolStatus {:?}",
                end.app_status, end.protocol_status
            ),
            Err(error) => writeln!(shown, "    {error}"),
        },
        Kind::Params => pairs(&mut shown, content),
        _ => text(&mut shown, content),
    };
    shown
}

fn pairs(shown: &mut String, mut content: &[u8]) -> std::fmt::Result {
    while let Some(((name, value), used)) = parse_pair(content) {
        writeln!(shown, "    {}={}", name.escape_ascii(), value.escape_ascii())?;
        content = &content[used..];
    }
    if content.is_empty() { Ok(()) } else { writeln!(shown, "    … goes on in the next record") }
}

fn text(shown: &mut String, content: &[u8]) -> std::fmt::Result {
    for line in content[..content.len().min(SHOWN)].split_inclusive(|&byte| byte == b'\n') {
        writeln!(shown, "    {}", line.trim_ascii_end().escape_ascii())?;
    }
    if content.len() <= SHOWN {
        Ok(())
    } else {
        writeln!(shown, "    … and {} bytes more", content.len() - SHOWN)
    }
}
