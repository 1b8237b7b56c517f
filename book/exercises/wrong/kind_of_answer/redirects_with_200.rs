//! Wrong: a redirect is 200 unless it says otherwise.
//!
//! Breaks RFC 3875 §6.2.3: Location with a URI is a client redirect: 302, unless Status says more
//!
//! With 200 no client goes anywhere: it shows an empty page.

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
        Some(_) => Answer::Response(status.unwrap_or(200)),
        None if status.is_none() && value(fields, "content-type").is_none() => Answer::Nonsense,
        None => Answer::Response(status.unwrap_or(200)),
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
