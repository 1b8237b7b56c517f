//! What is wrong with the output of a program, as the log of the server says it.
//!
//! Chapter 4 · RFC 3875 §6
//!
//! *Strategy*: whoever reads it wrote the program. So it says what was found,
//! what should have been written, and which section says so.

use std::fmt;

use http::{HeaderName, HeaderValue};
use step1_http_basics::limits::MAX_FIELDS;

use super::MOST;

/// Why the output of a program is no response; each is a 502.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseError {
    /// A line that has no colon.
    NotAField(Vec<u8>),
    /// A status line, as a program writes that speaks HTTP itself.
    StatusLine,
    /// The name of a field is no token, or there is a space before the colon.
    Name(Vec<u8>),
    /// A value that holds a control byte, a lone CR for one.
    Value(HeaderName),
    /// A line that begins with a space, and so would continue the one before.
    Folded,
    /// A field that only whoever sends the response can say.
    Forbidden(HeaderName),
    /// A field that may stand once stands twice.
    Twice(HeaderName),
    /// `Status` is not three digits from 200 to 599, with a phrase or without.
    Status(HeaderValue),
    /// `Content-Length` is no number.
    Length(HeaderValue),
    /// `Location` names nothing.
    Location,
    /// Neither `Content-Type` nor `Location` nor `Status`.
    NoCgiField,
    /// More than [`MOST`] bytes, or more fields than anybody needs.
    TooLarge,
    /// The output ended before its head did.
    Incomplete,
    /// `Content-Length` promises content, and there is none at all.
    NoContent,
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAField(line) => write!(
                f,
                "a line of the head has no colon: \"{}\"; an empty line must end the head before content begins (RFC 3875 §6.2)",
                line.escape_ascii()
            ),
            Self::StatusLine => f.write_str(
                "a status line of HTTP: say it with Status: instead (RFC 3875 §6.3.3)",
            ),
            Self::Name(name) => write!(
                f,
                "\"{}\" is not the name of a field: no space may stand before the colon, nor in the name (RFC 3875 §6.3)",
                name.escape_ascii()
            ),
            Self::Value(name) => write!(
                f,
                "the value of {name} holds a control byte: encode it, or leave it out (RFC 9110 §5.5)"
            ),
            Self::Folded => f.write_str(
                "a line of the head begins with a space: write each field on one line (RFC 9112 §5.2)",
            ),
            Self::Forbidden(name) => write!(
                f,
                "{name} belongs to the connection, which is the server's: leave it out (RFC 3875 §6.3.4)"
            ),
            Self::Twice(name) => write!(f, "{name} stands twice: say it once (RFC 3875 §6.3)"),
            Self::Status(value) => write!(
                f,
                "\"{}\" is not a status: write three digits from 200 to 599, such as \"404 Not Found\" (RFC 3875 §6.3.3)",
                value.as_bytes().escape_ascii()
            ),
            Self::Length(value) => write!(
                f,
                "\"{}\" is not a Content-Length: write the number of bytes (RFC 9110 §8.6)",
                value.as_bytes().escape_ascii()
            ),
            Self::Location => f.write_str(
                "Location is empty: write a path or a whole URI (RFC 3875 §6.3.2)",
            ),
            Self::NoCgiField => f.write_str(
                "the head has none of Content-Type, Location and Status: write Content-Type before content (RFC 3875 §6.3)",
            ),
            Self::TooLarge => write!(
                f,
                "the head has more than {MOST} bytes or {MAX_FIELDS} fields: an empty line must end it (RFC 3875 §6.2)"
            ),
            Self::Incomplete => f.write_str(
                "the output ended before the empty line that ends the head (RFC 3875 §6.2)",
            ),
            Self::NoContent => f.write_str(
                "Content-Length promises content, and none came: write it, or say 0 (RFC 9110 §8.6)",
            ),
        }
    }
}

impl std::error::Error for ResponseError {}
