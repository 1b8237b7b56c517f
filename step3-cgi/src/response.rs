//! From what a program writes to the head of a response.
//!
//! Chapter 4 · RFC 3875 §6
//!
//! *Strategy*: the head of a program's output looks like that of HTTP, and is
//! not. There is no status line; `Status`, `Location` and `Content-Type` say to
//! the *server* what kind of answer this is, and lines may end with LF alone. A
//! program writes in pieces, so lines are taken as they become complete, and the
//! same is found however the output is cut. What a program may not say (whatever
//! concerns the connection, which is not its own) is refused, not passed over:
//! a program that believes it closed a connection should hear that it did not.
//! One habit is forgiven where it is common, in programs in PHP behind FastCGI:
//! [`Reader::forgiving`].
//!
//! ```
//! use step3_cgi::response::{Reader, Reply};
//!
//! let mut reader = Reader::new();
//! assert_eq!(reader.feed(b"Content-Type: text/pl"), Ok(None)); // not yet
//!
//! let (reply, used) = reader.feed(b"ain\n\nHello").unwrap().unwrap();
//! assert_eq!(used, 5); // "ain", and two line ends; what is left is content
//! let Reply::Response { status, fields } = reply else { panic!("not a redirect") };
//! assert_eq!((status.as_u16(), &fields["content-type"]), (200, &"text/plain".parse().unwrap()));
//! ```

mod error;

use std::io::Cursor;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use step1_http_basics::handler::Body;
use step1_http_basics::limits::MAX_FIELDS;

pub use error::ResponseError;

/// The most bytes of a head, line ends included.
pub const MOST: usize = 64 * 1024;

/// What a program answered, without the content that may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A document, or a redirect that the client is to follow.
    /// [RFC 3875 §6.2.1, §6.2.3, §6.2.4](https://www.rfc-editor.org/rfc/rfc3875#section-6.2)
    Response {
        /// What `Status` says; without it 302 if there is a `Location`, else 200.
        status: StatusCode,
        /// All other fields.
        fields: HeaderMap,
    },
    /// Another path of this server, with its query: the server is to answer as
    /// if that had been asked for. Content behind it counts for nothing.
    /// [RFC 3875 §6.2.2](https://www.rfc-editor.org/rfc/rfc3875#section-6.2.2)
    LocalRedirect(String),
}

/// Takes the head of a program's output, piece by piece.
#[derive(Debug, Default)]
pub struct Reader {
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
    taken: usize,
    count: usize,
    status: Option<StatusCode>,
    fields: HeaderMap,
    /// Whether a wish for the connection is passed over.
    forgives: bool,
}

impl Reader {
    /// A reader that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader that takes out `Connection` and `Keep-Alive`, as the server
    /// [may](https://www.rfc-editor.org/rfc/rfc3875#section-6.3.4), and does not
    /// refuse the response: many programs in PHP ask for the connection to be
    /// closed. What says how content is coded is refused all the same.
    #[must_use]
    pub fn forgiving() -> Self {
        Reader { forgives: true, ..Self::default() }
    }

    // ANCHOR: feed
    /// Takes more of the output. `Ok(None)`: all of `piece` belongs to the head,
    /// and more is needed. With the reply comes how many bytes of `piece` were
    /// the rest of the head; what follows them is content.
    ///
    /// # Errors
    /// When no output that may still come could make this a response.
    pub fn feed(&mut self, piece: &[u8]) -> Result<Option<(Reply, usize)>, ResponseError> {
        let mut used = 0;
        while let Some(length) = piece[used..].iter().position(|&byte| byte == b'\n') {
            let line = &piece[used..used + length];
            self.count_bytes(length + 1)?;
            used += length + 1;
            let ends_head = if self.line.is_empty() {
                self.take_line(line)?
            } else {
                let mut whole = std::mem::take(&mut self.line);
                whole.extend_from_slice(line);
                self.take_line(&whole)?
            };
            if ends_head {
                return Ok(Some((self.conclude()?, used)));
            }
        }
        let rest = &piece[used..];
        self.count_bytes(rest.len())?;
        self.line.extend_from_slice(rest);
        Ok(None)
    }
    // ANCHOR_END: feed

    fn count_bytes(&mut self, length: usize) -> Result<(), ResponseError> {
        self.taken += length;
        if self.taken > MOST { Err(ResponseError::TooLarge) } else { Ok(()) }
    }

    // ANCHOR: take_line
    /// One line without its LF; whether it is the empty one that ends the head.
    /// `generic-field = field-name ":" [ field-value ] NL`
    /// [RFC 3875 §6.3](https://www.rfc-editor.org/rfc/rfc3875#section-6.3)
    fn take_line(&mut self, line: &[u8]) -> Result<bool, ResponseError> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            return match line {
                b"" => Ok(true),
                _ if line.starts_with(b"HTTP/") => Err(ResponseError::StatusLine),
                _ => Err(ResponseError::NotAField(beginning(line))),
            };
        };
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return Err(ResponseError::Folded);
        }
        let name = HeaderName::from_bytes(&line[..colon])
            .map_err(|_| ResponseError::Name(beginning(&line[..colon])))?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii())
            .map_err(|_| ResponseError::Value(name.clone()))?;
        self.count += 1;
        if self.count > MAX_FIELDS {
            return Err(ResponseError::TooLarge);
        }
        self.take_field(name, value).map(|()| false)
    }
    // ANCHOR_END: take_line

    fn take_field(&mut self, name: HeaderName, value: HeaderValue) -> Result<(), ResponseError> {
        match name.as_str() {
            "status" => {
                let status = status(&value).ok_or(ResponseError::Status(value))?;
                match self.status.replace(status) {
                    Some(_) => return Err(ResponseError::Twice(name)),
                    None => return Ok(()),
                }
            }
            "connection" | "keep-alive" | "proxy-connection" if self.forgives => return Ok(()),
            // §6.3.4: they could spoil how the server sends the response.
            "connection" | "keep-alive" | "proxy-connection" | "te" | "trailer"
            | "transfer-encoding" | "upgrade" => return Err(ResponseError::Forbidden(name)),
            // §6.3.5: extensions of the interface that this server does not know.
            extension if extension.starts_with("x-cgi-") => return Ok(()),
            "content-length" if !is_number(value.as_bytes()) => {
                return Err(ResponseError::Length(value));
            }
            "location" if value.is_empty() => return Err(ResponseError::Location),
            _ => {}
        }
        // §6.3: a CGI field stands once; two lengths would be a trap.
        let once = [CONTENT_TYPE, CONTENT_LENGTH, LOCATION].contains(&name);
        if once && self.fields.contains_key(&name) {
            return Err(ResponseError::Twice(name));
        }
        self.fields.append(name, value);
        Ok(())
    }

    /// What kind of answer this is.
    /// [RFC 3875 §6.2](https://www.rfc-editor.org/rfc/rfc3875#section-6.2)
    fn conclude(&mut self) -> Result<Reply, ResponseError> {
        let fields = std::mem::take(&mut self.fields);
        let status = match (fields.get(LOCATION), self.status) {
            (Some(location), None) => {
                // Only the client can follow a fragment, and whatever else is
                // said beside a path, such as a cookie, is said to the client.
                if fields.len() == 1
                    && let Ok(path) = location.to_str()
                    && path.starts_with('/')
                    && !path.contains('#')
                {
                    return Ok(Reply::LocalRedirect(path.to_owned()));
                }
                StatusCode::FOUND
            }
            (_, Some(status)) => status,
            (None, None) if fields.contains_key(CONTENT_TYPE) => StatusCode::OK,
            (None, None) => return Err(ResponseError::NoCgiField),
        };
        Ok(Reply::Response { status, fields })
    }
}

/// How much content a program says that follows its head, if it says so.
pub(crate) fn promised_length(fields: &HeaderMap) -> Option<u64> {
    fields.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The body of a response whose content has come whole. If it is not as long as
/// was promised, only whoever sends the response can tell the client so.
///
/// # Errors
/// When nothing came: then there is nothing to send, and time to say so.
pub fn whole_body(fields: &HeaderMap, content: Vec<u8>) -> Result<Body, ResponseError> {
    match promised_length(fields) {
        Some(1..) if content.is_empty() => Err(ResponseError::NoContent),
        Some(length) if length != content.len() as u64 => {
            Ok(Body::Stream(Box::new(Cursor::new(content))))
        }
        _ => Ok(Body::Bytes(content.into())),
    }
}

/// `Status = "Status:" status-code SP reason-phrase NL`; without a phrase too.
fn status(value: &HeaderValue) -> Option<StatusCode> {
    let (digits, phrase) = value.as_bytes().split_at_checked(3)?;
    if !is_number(digits) || !(phrase.is_empty() || phrase.starts_with(b" ")) {
        return None;
    }
    // An interim response is the server's to send.
    StatusCode::from_bytes(digits).ok().filter(|status| (200..600).contains(&status.as_u16()))
}

fn is_number(value: &[u8]) -> bool {
    !value.is_empty() && value.len() < 19 && value.iter().all(u8::is_ascii_digit)
}

/// As much of a line as is worth being shown.
fn beginning(line: &[u8]) -> Vec<u8> {
    line[..line.len().min(60)].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a whole output; the same must come of it however it is cut.
    #[track_caller]
    fn read(output: &[u8]) -> Result<(Reply, Vec<u8>), ResponseError> {
        let in_pieces = |size: usize| {
            let mut reader = Reader::new();
            let mut at = 0;
            for piece in output.chunks(size) {
                if let Some((reply, used)) = reader.feed(piece)? {
                    return Ok((reply, output[at + used..].to_vec()));
                }
                at += piece.len();
            }
            Err(ResponseError::Incomplete)
        };
        let whole = in_pieces(output.len().max(1));
        for size in [1, 2, 3, 7] {
            assert_eq!(in_pieces(size), whole, "in pieces of {size}");
        }
        whole
    }

    #[track_caller]
    fn check(output: &str, status: u16, fields: &[(&str, &str)], content: &str) {
        let (reply, rest) = read(output.as_bytes()).unwrap();
        let Reply::Response { status: seen, fields: map } = reply else { panic!("{reply:?}") };
        let seen_fields: Vec<_> =
            map.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!((seen.as_u16(), seen_fields.as_slice()), (status, fields), "{output:?}");
        assert_eq!(rest, content.as_bytes());
    }

    #[track_caller]
    fn check_error(output: &str, expected: &ResponseError) {
        assert_eq!(read(output.as_bytes()).as_ref(), Err(expected), "{output:?}");
    }

    fn name(name: &str) -> HeaderName {
        HeaderName::from_bytes(name.as_bytes()).unwrap()
    }

    fn value(value: &'static str) -> HeaderValue {
        HeaderValue::from_static(value)
    }

    #[test]
    fn a_document_has_a_type_and_perhaps_a_status() {
        let html = [("content-type", "text/html")];
        check("Content-Type: text/html\n\n<p>\n\n", 200, &html, "<p>\n\n");
        check("content-type:text/html\r\n\r\n\r\n", 200, &html, "\r\n");
        check("Status: 404 Not Found\nContent-Type: text/html\r\n\nno", 404, &html, "no");
        check("Status: 204\n\n", 204, &[], "");
        let more = [("content-type", "text/html"), ("set-cookie", "a=1"), ("set-cookie", "b=2")];
        check(
            "Set-Cookie: a=1\nContent-Type: text/html\nSet-Cookie: b=2\n\n",
            200,
            &[more[1], more[2], more[0]],
            "",
        );
    }

    #[test]
    fn a_path_alone_is_a_local_redirect() {
        for (output, path) in
            [("Location: /a/b?c=d\n\n", "/a/b?c=d"), ("location:/x\r\n\r\nignored", "/x")]
        {
            let (reply, _) = read(output.as_bytes()).unwrap();
            assert_eq!(reply, Reply::LocalRedirect(path.to_owned()));
        }
    }

    #[test]
    fn any_other_location_is_for_the_client() {
        let to = |place: &'static str| [("location", place)];
        check("Location: https://a.example/b#c\n\n", 302, &to("https://a.example/b#c"), "");
        check("Location: /a#b\n\n", 302, &to("/a#b"), "");
        check("Location: b\n\n", 302, &to("b"), "");
        check("Status: 303 See Other\nLocation: /a\n\n", 303, &to("/a"), "");
        check("Status: 201\nLocation: /a\n\n", 201, &to("/a"), "");
        let both = [("location", "/a"), ("set-cookie", "s=1")];
        check("Location: /a\nSet-Cookie: s=1\n\n", 302, &both, "");
        let document = [("location", "http://a/"), ("content-type", "text/html")];
        check("Location: http://a/\nContent-Type: text/html\n\n<a>", 302, &document, "<a>");
    }

    #[test]
    fn what_concerns_the_connection_never_leaves() {
        let wishes = ["Connection", "Keep-Alive", "Proxy-Connection"];
        let claims = ["TE", "Trailer", "Transfer-Encoding", "Upgrade"];
        for field in wishes.iter().chain(&claims) {
            let output = format!("Content-Type: a/b\n{field}: x\n\n");
            check_error(&output, &ResponseError::Forbidden(name(field)));
            let forgiven = Reader::forgiving().feed(output.as_bytes());
            if claims.contains(field) {
                assert_eq!(forgiven, Err(ResponseError::Forbidden(name(field))));
                continue;
            }
            let fields = [(CONTENT_TYPE, HeaderValue::from_static("a/b"))].into_iter().collect();
            let reply = Reply::Response { status: StatusCode::OK, fields };
            assert_eq!(forgiven, Ok(Some((reply, output.len()))));
            // It is no company for a path either.
            let output = format!("Location: /a\n{field}: x\n\n");
            let (reply, _) = Reader::forgiving().feed(output.as_bytes()).unwrap().unwrap();
            assert_eq!(reply, Reply::LocalRedirect("/a".to_owned()));
        }
        check("X-CGI-Extension: 1\nContent-Type: a/b\n\n", 200, &[("content-type", "a/b")], "");
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        use ResponseError::{
            Folded, Incomplete, Length, Location, Name, NoCgiField, NotAField, StatusLine, Twice,
            Value,
        };
        check_error("", &Incomplete);
        check_error("Content-Type: a/b\n", &Incomplete);
        check_error("Hello, world\n", &NotAField(b"Hello, world".to_vec()));
        check_error("HTTP/1.1 200 OK\nContent-Type: a/b\n\n", &StatusLine);
        check_error("Content-Type : a/b\n\n", &Name(b"Content-Type ".to_vec()));
        check_error(": a\n\n", &Name(Vec::new()));
        check_error("Content-Type: a/b\n x: c\n\n", &Folded);
        check_error("Content-Type: a\rX: b\n\n", &Value(CONTENT_TYPE));
        check_error("X-A: \u{1b}[2J\n\n", &Value(name("x-a")));
        check_error("X-A: b\n\n", &NoCgiField);
        check_error("\nContent-Type: a/b\n\n", &NoCgiField);
        check_error("Location:\n\n", &Location);
        check_error("Content-Type: a/b\nContent-Type: a/c\n\n", &Twice(CONTENT_TYPE));
        check_error("Status: 200\nStatus: 200\n\n", &Twice(name("status")));
        check_error("Content-Type: a/b\nContent-Length: -1\n\n", &Length(value("-1")));
        for status in ["99", "100 Continue", "600", "2000", "+20", "200OK", "OK", ""] {
            let expected = ResponseError::Status(HeaderValue::from_str(status).unwrap());
            check_error(&format!("Status: {status}\n\n"), &expected);
        }
    }

    #[test]
    fn a_head_has_a_limit_that_does_not_depend_on_its_pieces() {
        let line = "Content-Type: a/b\nX-A: ";
        let most = "x".repeat(MOST - line.len() - 2);
        assert!(read(format!("{line}{most}\n\n").as_bytes()).is_ok());
        check_error(&format!("{line}{most}x\n\n"), &ResponseError::TooLarge);
        check_error(&"x".repeat(MOST + 1), &ResponseError::TooLarge);
        let fields = "X-A: b\n".repeat(MAX_FIELDS + 1);
        check_error(&fields, &ResponseError::TooLarge);
    }
}
