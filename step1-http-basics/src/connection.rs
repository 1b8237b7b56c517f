//! One connection: requests in, responses out, in order.
//!
//! Chapter 2 · RFC 9112 §9
//!
//! *Strategy*: everything that must be decided is decided by pure functions
//! (`parse`, `framing`, `encode`); what is left is to carry bytes between the
//! socket, the handler and the socket. Whenever the end of a request is in
//! doubt, the connection is closed.
//!
//! ```text
//!     ┌──────────────────── persistent ────────────────────┐
//!     ▼                                                    │
//!  read head ──► framing ──► handler ──► drop the rest ──► send
//!     │             │                        │              │
//!     └── error ────┴────────── error ───────┴──► answer ──► close
//! ```

use std::io::{self, Read};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use http::header::{CONNECTION, CONTENT_LENGTH, DATE, RETRY_AFTER, SERVER, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version};

use crate::chunked;
use crate::clock;
use crate::content::{Content, expects_continue};
use crate::error::RequestError;
use crate::framing::{self, Framing};
use crate::handler::{Body, Handler, Request, Response};
use crate::limits::Limits;
use crate::open_connections::{Activity, OpenConnection};
use crate::parse::{self, RequestHead};
use crate::wire::{Recording, Wire};
use crate::{encode, wire};

/// After so many bytes a head is looked at again even if no line has ended: one
/// that is too long must be found before the buffer for it is full.
const LOOK_AGAIN: usize = 1024;

/// What a connection needs to know to serve requests.
pub struct Service<'s> {
    /// Answers the requests.
    pub handler: &'s dyn Handler,
    /// How much may come, and how slowly.
    pub limits: Limits,
    /// What the `Server` field says.
    pub server: HeaderValue,
    /// Called after each exchange, for the access log and the x-ray.
    pub observer: Option<&'s (dyn Fn(&Exchange<'_>) + Sync)>,
    /// Whether the observer wants to see the bytes on the wire.
    pub record: bool,
}

impl<'s> Service<'s> {
    /// A service without an observer.
    #[must_use]
    pub fn new(handler: &'s dyn Handler, limits: Limits) -> Self {
        let server = HeaderValue::from_static("http-steps");
        Service { handler, limits, server, observer: None, record: false }
    }
}

/// One request and its response, after the fact.
pub struct Exchange<'e> {
    /// The address of the client.
    pub peer: Option<SocketAddr>,
    /// The first line of the request as it came, without its line end; empty
    /// if no line came.
    pub request_line: &'e [u8],
    /// The fields of the request, if it could be read.
    pub fields: Option<&'e HeaderMap>,
    /// The status code of the response.
    pub status: StatusCode,
    /// The bytes of content that were sent.
    pub sent: u64,
    /// From the first byte of the request to the last of the response.
    pub duration: Duration,
    /// Why there was no proper answer, or why it broke off.
    pub error: Option<&'e dyn std::error::Error>,
    /// What went over the wire, if [`Service::record`] is set.
    pub recording: Option<&'e Recording>,
}

/// Serves one connection until it is over.
pub fn serve_connection(connection: &OpenConnection<'_>, service: &Service<'_>) {
    let wire = match Wire::of(connection, &service.limits) {
        Ok(wire) => wire,
        Err(error) => {
            return log::debug!("a connection was lost before its first request: {error}");
        }
    };
    let local = connection.stream().local_addr().ok();
    Spine {
        connection,
        service,
        wire,
        local,
        raw_head: Vec::new(),
        out: Vec::new(),
        began: Instant::now(),
    }
    .run();
}

/// Tells a client that there is no room for it now, without reading a request.
/// [RFC 9110 §15.6.4](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4)
pub fn turn_away(connection: &OpenConnection<'_>, service: &Service<'_>) {
    let mut fields = HeaderMap::new();
    fields.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    fields.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    fields.insert(CONNECTION, HeaderValue::from_static("close"));
    let mut out = Vec::new();
    encode::response_head(StatusCode::SERVICE_UNAVAILABLE, &fields, &mut out);
    if let Ok(mut wire) = Wire::of(connection, &service.limits) {
        let _ = wire.send(&out, &[]);
    }
}

struct Spine<'c, 's> {
    connection: &'c OpenConnection<'c>,
    service: &'c Service<'s>,
    wire: Wire<'c>,
    local: Option<SocketAddr>,
    raw_head: Vec<u8>,
    out: Vec<u8>,
    began: Instant,
}

/// What becomes of the connection after an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Next,
    Close,
}

impl Spine<'_, '_> {
    // ANCHOR: run
    fn run(&mut self) {
        loop {
            let head = match self.read_head() {
                Ok(Some(head)) => head,
                Ok(None) => return,
                Err(error) => return self.refuse(&error),
            };
            self.connection.does(Activity::Answers);
            match self.exchange(head) {
                Ok(Then::Next) => self.connection.does(Activity::AwaitsHead),
                Ok(Then::Close) => return self.wire.linger(self.service.limits.drain),
                Err(error) => return self.refuse(&error),
            }
        }
    }
    // ANCHOR_END: run

    /// The next head; `None` if the client is done, or silent for too long.
    fn read_head(&mut self) -> Result<Option<RequestHead>, RequestError> {
        let limits = &self.service.limits;
        self.raw_head.clear();
        if self.service.record {
            self.wire.record();
        }
        let waits_since = Instant::now();
        let (mut begun, mut looked_at) = (false, 0);
        loop {
            let empty = parse::leading_empty_lines(self.wire.unread());
            if empty > 0 {
                self.wire.consume(empty);
                looked_at = 0;
            }
            let unread = self.wire.unread();
            if unread.is_empty() && self.connection.is_last() {
                return Ok(None);
            }
            // Any byte starts the clock of the head, and none starts it anew.
            if !begun && (empty > 0 || !unread.is_empty()) {
                (begun, self.began) = (true, Instant::now());
            }
            // A head can only become complete, or wrong, with a byte that has
            // not been looked at; most of all with the end of a line.
            if looked_at == 0
                || unread[looked_at..].contains(&b'\n')
                || unread.len() - looked_at >= LOOK_AGAIN
            {
                looked_at = unread.len();
                if let Some((head, length)) = parse::request_head(unread, limits)? {
                    self.raw_head.extend_from_slice(&unread[..length]);
                    self.wire.consume(length);
                    return Ok(Some(head));
                }
            }
            let (since, limit) = match begun {
                true => (self.began, limits.head_deadline),
                false => (waits_since, limits.keep_alive),
            };
            let nothing = unread.is_empty();
            match self.wire.fill(limit.saturating_sub(since.elapsed())) {
                Ok(0) if !nothing => return Err(RequestError::Incomplete),
                Ok(0) => return Ok(None),
                Ok(_) if since.elapsed() < limit => {}
                // The socket may time out earlier than it was asked to.
                Err(error) if wire::timed_out(&error) && since.elapsed() < limit => {}
                Err(error) if !wire::timed_out(&error) => return Err(error.into()),
                _ if nothing => return Ok(None),
                _ => return Err(RequestError::TooSlow),
            }
        }
    }

    // ANCHOR: exchange
    /// One request: hands it to the handler and sends what comes back.
    fn exchange(&mut self, head: RequestHead) -> Result<Then, RequestError> {
        let service = self.service;
        let framing = framing::of_request(head.version, &head.fields)?;
        if matches!(framing, Framing::Length(length) if length > service.limits.content) {
            return Err(RequestError::ContentTooLarge);
        }
        let client_waits = expects_continue(head.version, &head.fields)?;
        let mut content = Content::new(&mut self.wire, framing, client_waits, &service.limits);
        let mut request = Request {
            presence: self.connection.presence(head.version),
            head,
            raw_head: &self.raw_head,
            framing,
            content: &mut content,
            peer: self.connection.peer,
            local: self.local,
        };
        let response = call(service.handler, &mut request);
        let head = request.head;
        let all_was_read = content.finish()?;
        let keep = all_was_read && framing::is_persistent(head.version, &head.fields);
        Ok(self.send(&head, response, if keep { Then::Next } else { Then::Close }))
    }
    // ANCHOR_END: exchange

    /// Sends a response, and tells the observer.
    fn send(&mut self, request: &RequestHead, mut response: Response, then: Then) -> Then {
        self.connection.does(Activity::Sends);
        let declared = content_length(&response.fields);
        let length = match (&response.body, declared) {
            // A handler may answer HEAD without making the content.
            (Body::Empty, Some(length)) if request.method == Method::HEAD => Some(length),
            (body, declared) => body.length().or(declared),
        };
        let framing = framing::for_response(response.status, request.version, length);
        let closes = then == Then::Close
            || framing == Framing::UntilClose
            || !framing::is_persistent(Version::HTTP_11, &response.fields)
            || self.connection.is_last();
        let then = if closes { Then::Close } else { Then::Next };
        self.add_fields(&mut response.fields, request.version, framing, then);
        self.out.clear();
        encode::response_head(response.status, &response.fields, &mut self.out);
        let body = if framing::may_have_content(&request.method, response.status) {
            response.body
        } else {
            Body::Empty
        };
        let result = self.send_body(body, framing);
        let error = result.as_ref().err().map(|error| error as &dyn std::error::Error);
        self.observe(Some(&request.fields), response.status, *result.as_ref().unwrap_or(&0), error);
        // A response that broke off must not be followed by another.
        if result.is_ok() { then } else { Then::Close }
    }

    // ANCHOR: add_fields
    /// The fields that belong to the connection and the server, not to the
    /// handler, which may not set them.
    fn add_fields(&self, fields: &mut HeaderMap, version: Version, framing: Framing, then: Then) {
        for name in [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH] {
            fields.remove(name);
        }
        match framing {
            Framing::Length(length) => {
                fields.insert(CONTENT_LENGTH, length.into());
            }
            Framing::Chunked => {
                fields.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
            }
            Framing::None | Framing::UntilClose => {}
        }
        fields.entry(DATE).or_insert_with(clock::date);
        fields.entry(SERVER).or_insert_with(|| self.service.server.clone());
        if then == Then::Close {
            fields.insert(CONNECTION, HeaderValue::from_static("close"));
        } else if version == Version::HTTP_10 {
            fields.insert(CONNECTION, HeaderValue::from_static("keep-alive"));
        }
    }
    // ANCHOR_END: add_fields

    /// Sends the head that is in `out`, and the body; how many bytes of content.
    fn send_body(&mut self, body: Body, framing: Framing) -> io::Result<u64> {
        match body {
            Body::Empty => self.wire.send(&self.out, &[]).map(|()| 0),
            Body::Bytes(bytes) => self.wire.send(&self.out, &bytes).map(|()| bytes.len() as u64),
            Body::File { file, range } => {
                let length = range.end.saturating_sub(range.start);
                self.wire.send_file(&mut self.out, &file, range).map(|()| length)
            }
            Body::Stream(stream) => self.send_stream(stream, framing),
        }
    }

    /// Sends a stream as it comes. The head waits for the first piece.
    fn send_stream(
        &mut self,
        mut stream: Box<dyn Read + Send>,
        framing: Framing,
    ) -> io::Result<u64> {
        let mut piece = vec![0; 16 * 1024];
        let mut sent = 0;
        loop {
            let most = match framing {
                Framing::Length(length) => {
                    usize::try_from(length - sent).unwrap_or(usize::MAX).min(piece.len())
                }
                _ => piece.len(),
            };
            let length = if most == 0 { 0 } else { stream.read(&mut piece[..most])? };
            match framing {
                Framing::Length(promised) if length == 0 && sent < promised => {
                    return Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the stream ended before its Content-Length",
                    ));
                }
                Framing::Chunked if length == 0 => self.out.extend_from_slice(chunked::LAST_CHUNK),
                Framing::Chunked => chunked::encode_chunk(&piece[..length], &mut self.out),
                _ => self.out.extend_from_slice(&piece[..length]),
            }
            self.wire.send(&self.out, &[])?;
            self.out.clear();
            sent += length as u64;
            if length == 0 {
                return Ok(sent);
            }
        }
    }

    /// Answers a request that no handler can answer, and closes.
    fn refuse(&mut self, error: &RequestError) {
        let Some(status) = error.status() else {
            return log::debug!("{error}");
        };
        let text = format!("{} {}\n\n{error}\n", status.as_str(), encode::reason_phrase(status));
        let mut response = Response::text(status, text);
        let framing = Framing::Length(response.body.length().unwrap_or_default());
        self.add_fields(&mut response.fields, Version::HTTP_11, framing, Then::Close);
        self.out.clear();
        encode::response_head(status, &response.fields, &mut self.out);
        let sent = self.send_body(response.body, framing);
        let unread = self.wire.unread().len();
        self.wire.consume(unread);
        self.observe(None, status, sent.unwrap_or(0), Some(error));
        self.wire.linger(self.service.limits.drain);
    }

    fn observe(
        &self,
        fields: Option<&HeaderMap>,
        status: StatusCode,
        sent: u64,
        error: Option<&dyn std::error::Error>,
    ) {
        let Some(observer) = self.service.observer else { return };
        let recording = self.wire.recording();
        // A head that could not be read was never taken off the wire.
        let head = if self.raw_head.is_empty() {
            recording.map_or(&[][..], |seen| &seen.received)
        } else {
            &self.raw_head
        };
        observer(&Exchange {
            peer: self.connection.peer,
            request_line: head
                .trim_ascii_start()
                .split(|&byte| byte == b'\r' || byte == b'\n')
                .next()
                .unwrap_or_default(),
            fields,
            status,
            sent,
            duration: self.began.elapsed(),
            error,
            recording,
        });
    }
}

/// Calls the handler. A handler that panics answers 500: one bad request must
/// not end the others.
fn call(handler: &dyn Handler, request: &mut Request<'_>) -> Response {
    catch_unwind(AssertUnwindSafe(|| handler.handle(request))).unwrap_or_else(|_| {
        log::error!(
            "the handler panicked at {} {}",
            request.head.method,
            request.head.target.path()
        );
        Response::text(StatusCode::INTERNAL_SERVER_ERROR, "500 Internal Server Error\n")
            .field(CONNECTION, HeaderValue::from_static("close"))
    })
}

/// The length that a handler declares for its stream.
fn content_length(fields: &HeaderMap) -> Option<u64> {
    fields.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
