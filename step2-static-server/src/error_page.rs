//! The pages for what is not there.
//!
//! Chapter 3 · RFC 9110 §15.4–15.6
//!
//! *Strategy*: a page says what was looked for and why it is not to be had.
//! What the client sent is text here and never markup, so it is escaped.

use std::fmt::Write;

use http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use step1_http_basics::encode::reason_phrase;
use step1_http_basics::handler::Response;

use crate::resolve::PathError;

/// 404: nothing is here under this path.
#[must_use]
pub fn not_found(path: &str, why: &str) -> Response {
    page(StatusCode::NOT_FOUND, &format!("This server looked for {}: {why}.", name(path)))
}

/// 400 or 404: no file can have this path.
#[must_use]
pub fn bad_path(path: &str, error: PathError) -> Response {
    page(error.status(), &format!("This server looked for {}: {error}.", name(path)))
}

/// 403: something is here, and it is not for you.
#[must_use]
pub fn forbidden(path: &str) -> Response {
    page(StatusCode::FORBIDDEN, &format!("{} may not be read by this server.", name(path)))
}

/// 405: the method is known, but files cannot do that.
#[must_use]
pub fn method_not_allowed(method: &Method, allowed: &str) -> Response {
    page(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("{method} is not for files here; these are: {allowed}."),
    )
}

/// 501: the method is not known at all.
#[must_use]
pub fn not_implemented(method: &Method) -> Response {
    page(StatusCode::NOT_IMPLEMENTED, &format!("This server does not know the method {method}."))
}

/// 400: the request contradicts itself.
#[must_use]
pub fn bad_request(sentence: &str) -> Response {
    page(StatusCode::BAD_REQUEST, sentence)
}

/// 409: the request does not go with what is there.
#[must_use]
pub fn conflict(sentence: &str) -> Response {
    page(StatusCode::CONFLICT, sentence)
}

/// 412: the file is not in the state that the client means.
#[must_use]
pub fn precondition_failed() -> Response {
    page(StatusCode::PRECONDITION_FAILED, "The file is not in the state that the request asks for.")
}

/// 414: no file can have a name of this length.
#[must_use]
pub fn name_too_long() -> Response {
    page(StatusCode::URI_TOO_LONG, "The name is longer than any that a file can have here.")
}

/// 415: a file here has no coding, so coded content would later be taken for
/// the content itself.
#[must_use]
pub fn unsupported_coding() -> Response {
    page(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "Files are written as they are: send the content without Content-Encoding (RFC 9110 §8.4).",
    )
}

/// 416: the file has no such bytes.
#[must_use]
pub fn range_not_satisfiable(length: u64) -> Response {
    page(
        StatusCode::RANGE_NOT_SATISFIABLE,
        &format!("The file has {length} bytes; none of them was asked for."),
    )
}

/// 507: the disk is full.
#[must_use]
pub fn insufficient_storage(path: &str) -> Response {
    page(
        StatusCode::INSUFFICIENT_STORAGE,
        &format!("There is no room for {}. What was there is unchanged.", name(path)),
    )
}

/// 503: the server cannot open the file now; the log says why.
#[must_use]
pub fn unavailable(path: &str) -> Response {
    page(StatusCode::SERVICE_UNAVAILABLE, &format!("{} cannot be read at the moment.", name(path)))
}

/// 301: for a client that does not follow by itself, a link.
#[must_use]
pub fn moved(location: &str) -> Response {
    let link = escape(location);
    let sentence = format!("This folder is at <a href=\"{link}\">{link}</a>.");
    marked_up(StatusCode::MOVED_PERMANENTLY, &sentence)
}

/// The path as a person reads it.
fn name(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// A page of this status that says one sentence, which is text.
#[must_use]
pub fn page(status: StatusCode, sentence: &str) -> Response {
    marked_up(status, &escape(sentence))
}

/// The same, of a sentence that is markup.
fn marked_up(status: StatusCode, sentence: &str) -> Response {
    let title = format!("{} {}", status.as_str(), reason_phrase(status));
    let content = format!("<p>{sentence}</p>\n<p><a href=\"/\">Home</a></p>\n");
    not_guessed(Response::html(status, document(&title, &content)))
}

/// The same response, of which a browser need not guess what it is.
#[must_use]
pub fn not_guessed(response: Response) -> Response {
    response.field(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
}

/// A page with this title, which is text, and this content, which is markup.
#[must_use]
pub fn document(title: &str, content: &str) -> String {
    styled(title, "", content)
}

/// The same, with rules of its own for how it looks.
#[must_use]
pub fn styled(title: &str, rules: &str, content: &str) -> String {
    let title = escape(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>{STYLE}{rules}</style>\n</head>\n\
         <body>\n<main>\n<h1>{title}</h1>\n{content}</main>\n</body>\n</html>\n"
    )
}

const STYLE: &str = "body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 12vh auto; \
    padding: 0 1rem; overflow-wrap: anywhere } h1 { line-height: 1.2 } \
    th { text-align: left } th, td { padding: 0 1.5rem 0 0; vertical-align: top } td + td { white-space: nowrap; opacity: .8 }";

// ANCHOR: escape
/// Text as HTML shows it: what would begin or end markup is written by name.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character if character.is_control() => {
                let _ = write!(escaped, "\u{FFFD}");
            }
            character => escaped.push(character),
        }
    }
    escaped
}
// ANCHOR_END: escape

#[cfg(test)]
mod tests {
    use super::*;
    use step1_http_basics::handler::Body;

    #[test]
    fn what_the_client_sent_is_never_markup() {
        let response = not_found("/%3Cscript%3E\"'&%00%FF", "no");
        let Body::Bytes(page) = response.body else { panic!("a page is bytes") };
        let page = String::from_utf8(page.to_vec()).unwrap();
        assert!(page.contains("/&lt;script&gt;&quot;&#39;&amp;\u{FFFD}\u{FFFD}: no."), "{page}");
        assert!(!page.contains("<script"));
    }
}
