//! Wrong: a document is 200, whatever Status says.
//!
//! Breaks RFC 3875 §6.2.1: a document has the status that Status says, else 200
//!
//! The page says that nothing was found, and the status says that all is well: a
//! search engine keeps the page. It is what the article's server does.

fn main() {}

/// The kinds of answer.
#[derive(Debug, PartialEq, Eq)]
enum Answer<'h> {
    /// To be sent to the client, with this status code.
    Response(u16),
    /// The server answers with what is at this path.
    LocalRedirect(&'h str),
    /// No answer: the client gets 502.
    Nonsense,
}

/// The kind of an answer whose head has these fields; names without regard to case.
fn kind<'h>(fields: &[(&str, &'h str)]) -> Answer<'h> {
    let status = match value(fields, "status").map(code) {
        Some(None) => return Answer::Nonsense,
        Some(Some(code)) => Some(code),
        None => None,
    };
    match value(fields, "location") {
        Some(path) if path.starts_with('/') && fields.len() == 1 => Answer::LocalRedirect(path),
        Some(_) => Answer::Response(status.unwrap_or(302)),
        None if status.is_none() && value(fields, "content-type").is_none() => Answer::Nonsense,
        None => Answer::Response(200),
    }
}

/// `404`, or `404 Not Found`.
fn code(status: &str) -> Option<u16> {
    let (digits, phrase) = status.split_at_checked(3)?;
    let is_code = digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_code && (phrase.is_empty() || phrase.starts_with(' ')) {
        digits.parse().ok()
    } else {
        None
    }
}

/// The value of the field with this name.
fn value<'h>(fields: &[(&str, &'h str)], wanted: &str) -> Option<&'h str> {
    let found = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map(|(_, value)| *value)
}
