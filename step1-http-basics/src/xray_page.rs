//! The handler of step 1's server: shows every request its own bytes.
//!
//! Chapter 2 · RFC 9110 §12
//!
//! *Strategy*: what is shown is the same for everybody, the spans of the
//! [`xray`]; how it is shown is up to the client: HTML for one that
//! prefers it (a browser), JSON for one that asks for it, else plain text.
//! Nothing from the request reaches an answer without having been escaped.
//!
//! ```
//! use step1_http_basics::connection::Service;
//! use step1_http_basics::limits::Limits;
//! use step1_http_basics::xray_page;
//!
//! let service = Service::new(&xray_page::answer, Limits::default());
//! # let _ = service;
//! ```

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, VARY};
use http::{HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode;

use crate::accept;
use crate::framing::Framing;
use crate::handler::{Request, Response};
use crate::parse::RequestHead;
use crate::xray::{self, Annotated, Part, Span, grouped};

mod html;
mod json;
mod text;

/// The most bytes of content that are kept to be shown.
const MOST_CONTENT: usize = 64 * 1024;

/// The most names and values of a form that are taken apart.
const MOST_PAIRS: usize = 100;

/// What the page shows.
struct Seen<'r> {
    head: &'r RequestHead,
    raw_head: &'r [u8],
    content: &'r Content,
}

/// The content of a request, or its beginning.
struct Content {
    framing: Framing,
    bytes: Vec<u8>,
    length: u64,
}

/// Answers any request with the bytes that it is made of.
pub fn answer(request: &mut Request<'_>) -> Response {
    if request.head.target.path() == "/favicon.ico" {
        return Response::new(StatusCode::NO_CONTENT);
    }
    let content = Content::read(request);
    let seen = Seen { head: &request.head, raw_head: request.raw_head, content: &content };
    let status = match seen.head.method {
        // 2xx would mean that the tunnel stands.
        Method::CONNECT => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::OK,
    };
    let offered = ["text/plain", "text/html", "application/json"];
    // To who wants none of these, plain text is more use than a refusal.
    let response = match accept::preferred(&seen.head.fields, &offered) {
        Some("text/html") => Response::html(status, html::page(&seen)).field(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'",
            ),
        ),
        Some("application/json") => {
            Response::with_content(status, "application/json", json::page(&seen))
        }
        _ => Response::text(status, text::page(&seen)),
    };
    response
        .field(VARY, HeaderValue::from_static("Accept"))
        .field(CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

impl Content {
    /// Reads all of it, and keeps the beginning.
    fn read(request: &mut Request<'_>) -> Self {
        let mut content = Content { framing: request.framing, bytes: Vec::new(), length: 0 };
        let mut piece = [0; 8 * 1024];
        // An error is the connection's: it answers it in the place of this page.
        while let Ok(length @ 1..) = request.content.read(&mut piece) {
            let room = MOST_CONTENT - content.bytes.len();
            content.bytes.extend_from_slice(&piece[..length.min(room)]);
            content.length += length as u64;
        }
        content
    }

    /// The part of it that was kept, as a span.
    fn annotated(&self) -> Annotated<'_> {
        let mut note = format!("{} bytes", grouped(self.length));
        if self.framing == Framing::Chunked {
            note.push_str("; it came in chunks, which --xray shows in the terminal");
        }
        if self.length > self.bytes.len() as u64 {
            note = format!("{note}; the first {} are kept", grouped(self.bytes.len() as u64));
        }
        let span = Span::new(0..self.bytes.len(), Part::Content).with_note(note);
        let spans = if self.bytes.is_empty() { Vec::new() } else { vec![span] };
        Annotated { bytes: &self.bytes, spans }
    }
}

impl Seen<'_> {
    fn annotated_head(&self) -> Annotated<'_> {
        xray::request_head(self.raw_head)
    }

    /// The target as it was sent.
    fn raw_target(&self) -> &[u8] {
        let line = self.raw_head.trim_ascii_start();
        line.split(|&byte| byte == b' ').nth(1).unwrap_or_default()
    }

    /// The host and port that were asked.
    fn site(&self) -> &[u8] {
        match self.head.target.authority() {
            Some(authority) => authority.as_bytes(),
            None => self.head.fields.get(HOST).map_or(&[][..], HeaderValue::as_bytes),
        }
    }

    /// The path with its percent-encoding taken off: bytes, which need not be text.
    fn path(&self) -> Vec<u8> {
        xray::decode_path(self.head.target.path().as_bytes())
    }

    /// The names and values of the query, if there is one.
    fn query_pairs(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.head.target.query().map_or_else(Vec::new, |query| pairs(query.as_bytes()))
    }

    /// The names and values of a form that came as content.
    fn form_pairs(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let media_type = self.head.fields.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let media_type = media_type.and_then(|value| value.split(|&byte| byte == b';').next());
        match media_type.map(<[u8]>::trim_ascii) {
            Some(name) if name.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") => {
                pairs(&self.content.bytes)
            }
            _ => Vec::new(),
        }
    }
}

/// Names and values as a form sends them: `a=1&b=x+y`.
/// [URL Standard §5.1](https://url.spec.whatwg.org/#urlencoded-parsing)
fn pairs(form: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let decode = |part: &[u8]| {
        let spaces: Vec<u8> =
            part.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
        percent_decode(&spaces).collect()
    };
    let pair = |text: &[u8]| {
        let mut parts = text.splitn(2, |&byte| byte == b'=');
        let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        (decode(name), decode(value))
    };
    let parts = form.split(|&byte| byte == b'&').filter(|text| !text.is_empty());
    parts.take(MOST_PAIRS).map(pair).collect()
}
