//! Why a head is refused, in words that name the rule.
//!
//! Chapter 2 · RFC 9112 §2.2, §3, §5
//!
//! *Strategy*: the parser says that something is wrong; a student wants to know
//! what. So the line that it stopped at is looked at once more, from the left,
//! until the first byte that may not stand there. This path is never hot.

use std::fmt;

use http::StatusCode;

use crate::target::TargetError;

/// Why bytes are not the head of a message that we answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadError {
    /// LF without CR before it.
    BareLineFeed,
    /// CR without LF after it.
    BareCarriageReturn,
    /// The first bytes of a TLS handshake: `https:` was used.
    LooksLikeTls,
    /// The method is not a token.
    Method,
    /// The method is longer than any that exists.
    MethodTooLong,
    /// Not `method SP request-target SP HTTP-version`.
    RequestLine,
    /// The request target is in none of the four forms.
    Target(TargetError),
    /// The request target is over the limit.
    TargetTooLong,
    /// A version of HTTP that is well written but not 1.0 or 1.1.
    UnsupportedVersion,
    /// Not `HTTP-version SP status-code SP [ reason-phrase ]`.
    StatusLine,
    /// A field line that begins with white space: obsolete line folding.
    LineFolding,
    /// White space in or after a field name.
    WhitespaceBeforeColon,
    /// A field line without a colon.
    NoColon,
    /// A field line that begins with its colon.
    EmptyFieldName,
    /// A field name that is not a token.
    FieldName,
    /// A control byte in a field value.
    FieldValue,
    /// More field lines than [`MAX_FIELDS`](crate::limits::MAX_FIELDS).
    TooManyFields,
    /// More bytes of fields than [`Limits::fields`](crate::limits::Limits::fields).
    FieldsTooLarge,
    /// HTTP/1.1 without `Host`.
    MissingHost,
    /// More than one `Host`.
    SeveralHosts,
    /// A `Host` that is not a host with an optional port.
    InvalidHost,
}

impl HeadError {
    /// The status code that answers a request with this error.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::MethodTooLong => StatusCode::NOT_IMPLEMENTED,
            Self::UnsupportedVersion => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            Self::TooManyFields | Self::FieldsTooLarge => {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            }
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// What is wrong with a request at which the parser stopped.
    pub(crate) fn explain(error: httparse::Error, input: &[u8]) -> Self {
        match error {
            httparse::Error::Token if input.starts_with(&[0x16]) => Self::LooksLikeTls,
            httparse::Error::Token | httparse::Error::NewLine | httparse::Error::Version => {
                wrong_request_line(error, input)
            }
            error => Self::explain_fields(error, after_first_line(input)),
        }
    }

    /// What is wrong with field lines at which the parser stopped.
    pub(crate) fn explain_fields(error: httparse::Error, fields: &[u8]) -> Self {
        match error {
            httparse::Error::TooManyHeaders => Self::TooManyFields,
            httparse::Error::HeaderName => fields
                .split_inclusive(|&byte| byte == b'\n')
                .find_map(wrong_name)
                .unwrap_or(Self::FieldName),
            _ => Self::FieldValue,
        }
    }
}

/// The first part of a request line that is not what it should be.
fn wrong_request_line(error: httparse::Error, input: &[u8]) -> HeadError {
    let line = input.split(|&byte| byte == b'\r').next().unwrap_or_default();
    let parts: Vec<_> = line.split(|&byte| byte == b' ').collect();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    if !is_token(part(0)) {
        return HeadError::Method;
    }
    if let Some(&byte) = part(1).iter().find(|byte| !byte.is_ascii_graphic()) {
        return HeadError::Target(TargetError::Byte(byte));
    }
    let has_a_version = parts.len() == 3 && !part(1).is_empty() && is_version(part(2));
    match error {
        httparse::Error::Version if has_a_version => HeadError::UnsupportedVersion,
        _ => HeadError::RequestLine,
    }
}

// ANCHOR: wrong_name
/// The first byte of a field line that its name may not hold says what is wrong.
fn wrong_name(line: &[u8]) -> Option<HeadError> {
    let end = line.iter().position(|&byte| !is_token_byte(byte))?;
    match line[end] {
        b':' if end > 0 => None,
        b':' => Some(HeadError::EmptyFieldName),
        b' ' | b'\t' if end == 0 => Some(HeadError::LineFolding),
        b' ' | b'\t' => Some(HeadError::WhitespaceBeforeColon),
        b'\r' if line == b"\r\n" => None,
        b'\r' => Some(HeadError::NoColon),
        _ => Some(HeadError::FieldName),
    }
}
// ANCHOR_END: wrong_name

/// `tchar` of [RFC 9110 §5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// `token = 1*tchar`
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().copied().all(is_token_byte)
}

/// `HTTP-version = "HTTP" "/" DIGIT "." DIGIT`
fn is_version(text: &[u8]) -> bool {
    matches!(text, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit())
}

pub(crate) fn after_first_line(input: &[u8]) -> &[u8] {
    input.iter().position(|&byte| byte == b'\n').map_or(&[], |end| &input[end + 1..])
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BareLineFeed => "a line ends with LF alone: lines end with CR LF (RFC 9112 §2.2)",
            Self::BareCarriageReturn => "CR without LF after it (RFC 9112 §2.2)",
            Self::LooksLikeTls => "this looks like TLS: use http:// here, this server does not speak https",
            Self::Method => "the method is not a token (RFC 9110 §9.1)",
            Self::MethodTooLong => "the method is longer than any that this server knows",
            Self::RequestLine => "the request line is not: method, one space, target, one space, HTTP/1.1 (RFC 9112 §3)",
            Self::Target(error) => return write!(f, "{error} (RFC 9112 §3.2)"),
            Self::TargetTooLong => "the request target is too long (RFC 9110 §15.5.15)",
            Self::UnsupportedVersion => "this server speaks HTTP/1 alone: 1.0, 1.1, and what may follow 1.1 (RFC 9110 §15.6.6)",
            Self::StatusLine => "the first line is not an HTTP/1 status line (RFC 9112 §4)",
            Self::LineFolding => "a field line begins with white space: line folding is obsolete (RFC 9112 §5.2)",
            Self::WhitespaceBeforeColon => "white space in or after a field name (RFC 9112 §5.1)",
            Self::NoColon => "a field line without a colon (RFC 9112 §5)",
            Self::EmptyFieldName => "a field line without a name (RFC 9112 §5)",
            Self::FieldName => "a field name is not a token (RFC 9110 §5.1)",
            Self::FieldValue => "a control byte in a field value (RFC 9110 §5.5)",
            Self::TooManyFields => "too many field lines (RFC 6585 §5)",
            Self::FieldsTooLarge => "the fields are too large (RFC 6585 §5)",
            Self::MissingHost => "an HTTP/1.1 request without Host (RFC 9112 §3.2)",
            Self::SeveralHosts => "more than one Host (RFC 9112 §3.2)",
            Self::InvalidHost => "Host is not a host with an optional port (RFC 9112 §3.2)",
        })
    }
}

impl std::error::Error for HeadError {}
