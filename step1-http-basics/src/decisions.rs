//! What is decided about one exchange, before its bytes are moved.
//!
//! Chapter 2 · RFC 9112 §6.3, §9.3
//!
//! *Strategy*: twice in an exchange something has to be decided: when the head
//! of a request has come (what follows it, and is it welcome?), and when the
//! response to it is there (how does it leave, and what comes after?). Both are
//! pure functions of what is known by then, and the head of the response is
//! written at once, into a buffer that is used again. So a loop that blocks and
//! a loop that never does (step 5) decide alike, and no handler can get wrong
//! where its response ends.
//!
//! ```
//! use http::{HeaderValue, Method, StatusCode, Version};
//! use step1_http_basics::decisions::{Asked, Sender, Then, outgoing};
//! use step1_http_basics::framing::Framing;
//! use step1_http_basics::handler::Response;
//!
//! let asked = Asked { method: &Method::GET, version: Version::HTTP_11, then: Then::Next };
//! let server = HeaderValue::from_static("example");
//! let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
//! let mut out = Vec::new();
//! let response = Response::new(StatusCode::OK);
//! let leaves = outgoing(&asked, response, &Sender { server: &server, date }, &mut out);
//! assert_eq!((leaves.framing, leaves.then), (Framing::Length(0), Then::Next));
//! assert!(out.starts_with(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: Sun, "));
//! ```

use http::header::{
    CONNECTION, CONTENT_LENGTH, DATE, EXPECT, HeaderName, RETRY_AFTER, SERVER, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version};

use crate::encode;
use crate::error::RequestError;
use crate::framing::{self, Framing};
use crate::handler::{Body, Response};
use crate::limits::Limits;
use crate::parse::RequestHead;

/// What becomes of the connection after an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The next request may come.
    Next,
    /// The connection is closed.
    Close,
}

/// What the head of a request says about the rest of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incoming {
    /// Where the request ends.
    pub framing: Framing,
    /// Whether the client waits for `100 Continue` before it sends its content.
    pub client_waits: bool,
    /// Whether the client would use the connection again.
    pub then: Then,
}

impl Incoming {
    /// Decides about a request whose head has come.
    ///
    /// # Errors
    /// When its end is in doubt, when it announces more content than the limits
    /// allow, or when it expects what nobody can promise.
    pub fn of(head: &RequestHead, limits: &Limits) -> Result<Self, RequestError> {
        // Most requests have no content, and say nothing about the connection.
        let speaks = [CONTENT_LENGTH, TRANSFER_ENCODING, EXPECT, CONNECTION];
        if head.version == Version::HTTP_11 && !head.fields.keys().any(|it| speaks.contains(it)) {
            return Ok(Incoming { framing: Framing::None, client_waits: false, then: Then::Next });
        }
        let framing = framing::of_request(head.version, &head.fields)?;
        if matches!(framing, Framing::Length(length) if length > limits.content) {
            return Err(RequestError::ContentTooLarge);
        }
        let client_waits = expects_continue(head.version, &head.fields)?;
        let keeps = framing::is_persistent(head.version, &head.fields);
        Ok(Incoming { framing, client_waits, then: if keeps { Then::Next } else { Then::Close } })
    }
}

/// Whether the client asked to be told before it sends its content.
/// [RFC 9110 §10.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1)
///
/// # Errors
/// When it expects something else, which nobody can promise: 417.
pub fn expects_continue(version: Version, fields: &HeaderMap) -> Result<bool, RequestError> {
    let mut values = fields.get_all(EXPECT).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(false),
        _ if version == Version::HTTP_10 => Ok(false),
        (Some(value), None) if value.as_bytes().eq_ignore_ascii_case(b"100-continue") => Ok(true),
        _ => Err(RequestError::Expectation),
    }
}

/// What a response has to know of its request.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'r> {
    /// The method: a response to `HEAD` has no content.
    pub method: &'r Method,
    /// The version: HTTP/1.0 knows neither chunks nor connections that stay.
    pub version: Version,
    /// What may become of the connection, as far as the request and the server
    /// have a say; the response may still decide that it closes.
    pub then: Then,
}

/// Who sends, and when: the fields of every response.
#[derive(Debug, Clone)]
pub struct Sender<'s> {
    /// The value of `Server`.
    pub server: &'s HeaderValue,
    /// The value of `Date`; see [`clock::date`](crate::clock::date).
    pub date: HeaderValue,
}

/// How a response leaves, behind its head.
#[derive(Debug)]
pub struct Outgoing {
    /// The status code that was written.
    pub status: StatusCode,
    /// How the content is to be framed. It says nothing about whether there is
    /// any: the response to `HEAD` has the framing of that to `GET`.
    pub framing: Framing,
    /// What has to follow the head; empty if nothing may.
    pub body: Body,
    /// What becomes of the connection, if all of it is sent.
    pub then: Then,
}

// ANCHOR: outgoing
/// Decides how a response leaves, and appends its head to `out`.
pub fn outgoing(
    asked: &Asked<'_>,
    response: Response,
    sender: &Sender<'_>,
    out: &mut Vec<u8>,
) -> Outgoing {
    let Response { mut status, fields, body } = response;
    // This would promise a tunnel, and no handler digs one: RFC 9110 §9.3.6.
    if *asked.method == Method::CONNECT && status.is_success() {
        status = StatusCode::NOT_IMPLEMENTED;
    }
    let says = |name: &HeaderName| fields.keys().any(|it| it == name);
    // What a handler declares counts where nobody can count: for a stream, and
    // for an answer to HEAD whose content was not made.
    let declared = says(&CONTENT_LENGTH).then(|| framing::content_length(&fields));
    let declared = declared.and_then(Result::ok).flatten();
    let length = match body {
        Body::Empty if *asked.method == Method::HEAD => declared.or(Some(0)),
        ref body => body.length().or(declared),
    };
    let framing = framing::for_response(status, asked.version, length);
    let closes = asked.then == Then::Close
        || framing == Framing::UntilClose
        || (says(&CONNECTION) && !framing::is_persistent(Version::HTTP_11, &fields));
    let then = if closes { Then::Close } else { Then::Next };
    encode::status_line(status, out);
    write_fields(&fields, framing, &Asked { then, ..*asked }, sender, out);
    let has_content = framing::may_have_content(asked.method, status);
    Outgoing { status, framing, body: if has_content { body } else { Body::Empty }, then }
}
// ANCHOR_END: outgoing

// ANCHOR: write_fields
/// The fields of the handler, and those that belong to the connection and the
/// server, which a handler may not set.
fn write_fields(
    fields: &HeaderMap,
    framing: Framing,
    asked: &Asked<'_>,
    sender: &Sender<'_>,
    out: &mut Vec<u8>,
) {
    let (mut has_date, mut has_server) = (false, false);
    for (name, value) in fields {
        if [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH].contains(name) {
            continue;
        }
        has_date |= *name == DATE;
        has_server |= *name == SERVER;
        encode::field_line(name, value.as_bytes(), out);
    }
    match framing {
        Framing::Length(length) => encode::content_length(length, out),
        Framing::Chunked => out.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        Framing::None | Framing::UntilClose => {}
    }
    for (has, name, value) in
        [(has_date, "Date: ", &sender.date), (has_server, "Server: ", sender.server)]
    {
        if !has {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }
    match asked.then {
        Then::Close => out.extend_from_slice(b"Connection: close\r\n"),
        Then::Next if asked.version == Version::HTTP_10 => {
            out.extend_from_slice(b"Connection: keep-alive\r\n");
        }
        Then::Next => {}
    }
    out.extend_from_slice(b"\r\n");
}
// ANCHOR_END: write_fields

/// The answer to a request that no handler can answer; `None` if nobody would
/// get it. `head` is what came of the head, as far as it came.
#[must_use]
pub fn refusal(
    error: &RequestError,
    head: &[u8],
    sender: &Sender<'_>,
    out: &mut Vec<u8>,
) -> Option<Outgoing> {
    let status = error.status()?;
    let text = format!("{} {}\n\n{error}\n", status.as_str(), encode::reason_phrase(status));
    // Even a head that is none may say that it wants no content.
    let is_head = first_line(head).starts_with(b"HEAD ");
    let method = if is_head { Method::HEAD } else { Method::GET };
    let asked = Asked { method: &method, version: Version::HTTP_11, then: Then::Close };
    Some(outgoing(&asked, Response::text(status, text), sender, out))
}

/// What a client is told for whom there is no room, before it has asked.
/// [RFC 9110 §15.6.4](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4)
pub fn no_room(sender: &Sender<'_>, out: &mut Vec<u8>) {
    let asked = Asked { method: &Method::GET, version: Version::HTTP_11, then: Then::Close };
    let response = Response::new(StatusCode::SERVICE_UNAVAILABLE)
        .field(RETRY_AFTER, HeaderValue::from_static("1"));
    outgoing(&asked, response, sender, out);
}

/// The first line of a message, without its line end.
#[must_use]
pub fn first_line(head: &[u8]) -> &[u8] {
    let head = head.trim_ascii_start();
    head.split(|&byte| byte == b'\r' || byte == b'\n').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE_LINE: &str = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: s\r\n";

    /// The head that is written, and what was decided.
    fn leaves(method: &Method, version: Version, response: Response) -> (String, Outgoing) {
        let server = HeaderValue::from_static("s");
        let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
        let mut out = Vec::new();
        let asked = Asked { method, version, then: Then::Next };
        let outgoing = outgoing(&asked, response, &Sender { server: &server, date }, &mut out);
        (String::from_utf8(out).unwrap(), outgoing)
    }

    #[track_caller]
    fn check(method: &Method, version: Version, response: Response, then: Then, own: &str) {
        let status = response.status.as_u16();
        let (head, outgoing) = leaves(method, version, response);
        let after_date = head.replace(DATE_LINE, "");
        assert!(after_date.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert_eq!(after_date.split_once("\r\n").unwrap().1, format!("{own}\r\n"), "{head}");
        assert_eq!(outgoing.then, then, "{head}");
    }

    fn stream() -> Response {
        Response { body: Body::Stream(Box::new(&b"x"[..])), ..Response::new(StatusCode::OK) }
    }

    #[test]
    fn the_version_and_the_body_decide_the_framing() {
        let (new, old) = (Version::HTTP_11, Version::HTTP_10);
        check(&Method::GET, new, stream(), Then::Next, "Transfer-Encoding: chunked\r\n");
        check(&Method::GET, old, stream(), Then::Close, "Connection: close\r\n");
        let counted = stream().field(CONTENT_LENGTH, 1.into());
        let lines = "Content-Length: 1\r\nConnection: keep-alive\r\n";
        check(&Method::GET, old, counted, Then::Next, lines);
        let none = Response::new(StatusCode::NO_CONTENT).field(CONTENT_LENGTH, 5.into());
        check(&Method::GET, new, none, Then::Next, "");
    }

    #[test]
    fn no_response_opens_a_tunnel() {
        for status in [StatusCode::OK, StatusCode::NO_CONTENT] {
            let response = Response { body: Body::Bytes("x".into()), ..Response::new(status) };
            let (head, outgoing) = leaves(&Method::CONNECT, Version::HTTP_11, response);
            assert!(
                head.starts_with("HTTP/1.1 501 Not Implemented\r\nContent-Length: 1\r\n"),
                "{head}"
            );
            assert_eq!(outgoing.status, StatusCode::NOT_IMPLEMENTED);
        }
        let refused = Response::new(StatusCode::METHOD_NOT_ALLOWED);
        check(&Method::CONNECT, Version::HTTP_11, refused, Then::Next, "Content-Length: 0\r\n");
    }

    #[test]
    fn a_handler_may_close_but_not_frame() {
        let field = |name, value| Response::new(StatusCode::OK).field(name, value);
        let close = field(CONNECTION, HeaderValue::from_static("close"));
        let lines = "Content-Length: 0\r\nConnection: close\r\n";
        check(&Method::GET, Version::HTTP_11, close, Then::Close, lines);
        let other = field(CONNECTION, HeaderValue::from_static("keep-alive, x"));
        check(&Method::GET, Version::HTTP_11, other, Then::Next, "Content-Length: 0\r\n");
        let chunked = field(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        check(&Method::GET, Version::HTTP_11, chunked, Then::Next, "Content-Length: 0\r\n");
    }

    #[test]
    fn a_date_of_the_handlers_is_kept() {
        let date = HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT");
        let response = Response::new(StatusCode::OK).field(DATE, date);
        let (head, _) = leaves(&Method::GET, Version::HTTP_11, response);
        assert_eq!(head.matches("Date: ").count(), 1);
        assert!(head.contains("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"));
    }

    #[test]
    fn a_server_of_the_handlers_is_kept_too() {
        let response = Response::new(StatusCode::OK)
            .field(SERVER, HeaderValue::from_static("mine"))
            .field(RETRY_AFTER, HeaderValue::from_static("1"));
        let (head, _) = leaves(&Method::GET, Version::HTTP_11, response);
        assert_eq!((head.matches("Server: ").count(), head.contains("Server: mine")), (1, true));
    }

    #[test]
    fn only_for_head_is_a_length_believed_that_nobody_can_count() {
        let empty = Response::new(StatusCode::OK).field(CONTENT_LENGTH, 7.into());
        check(&Method::GET, Version::HTTP_11, empty, Then::Next, "Content-Length: 0\r\n");
    }

    #[test]
    fn who_finds_no_room_may_come_again() {
        let server = HeaderValue::from_static("s");
        let mut out = Vec::new();
        no_room(&Sender { server: &server, date: HeaderValue::from_static("now") }, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\
             Date: now\r\nServer: s\r\nConnection: close\r\n\r\n"
        );
    }

    #[test]
    fn the_first_line_ends_with_the_first_line_end() {
        for head in ["GET / x\r\nA: 1", "\r\n GET / x\nA", "GET / x\rA", "GET / x"] {
            assert_eq!(first_line(head.as_bytes()), b"GET / x", "{head:?}");
        }
    }

    #[test]
    fn a_response_to_head_is_framed_as_that_to_get_and_empty() {
        let head = leaves(&Method::HEAD, Version::HTTP_11, Response::text(StatusCode::OK, "hello"));
        assert!(head.0.contains("Content-Length: 5\r\n"));
        assert!(matches!(head.1.body, Body::Empty));
        let unmade = Response::new(StatusCode::OK).field(CONTENT_LENGTH, 7.into());
        assert!(leaves(&Method::HEAD, Version::HTTP_11, unmade).0.contains("Content-Length: 7"));
    }

    #[test]
    fn a_refused_head_gets_no_content() {
        let server = HeaderValue::from_static("s");
        let sender = Sender { server: &server, date: HeaderValue::from_static("") };
        let refused = |head: &[u8]| {
            refusal(&RequestError::TooSlow, head, &sender, &mut Vec::new()).map(|it| it.body)
        };
        assert!(matches!(refused(b"\r\nHEAD / HTTP/1.1\r\nA"), Some(Body::Empty)));
        assert!(matches!(refused(b"GET / HTTP/1.1\r\nA"), Some(Body::Bytes(_))));
        assert!(matches!(refused(b""), Some(Body::Bytes(_))));
        let broken = RequestError::Broken(std::io::ErrorKind::BrokenPipe.into());
        assert!(refusal(&broken, b"", &sender, &mut Vec::new()).is_none());
    }
}
