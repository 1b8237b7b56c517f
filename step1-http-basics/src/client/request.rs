//! What the client asks for, and the head that it sends for it.
//!
//! Chapter 1 · RFC 9110 §9.3, §10.1
//!
//! *Strategy*: the caller says what is wanted; the fields that the message
//! cannot do without are written here, so that nobody can forget one or
//! contradict the content that follows.

use std::fmt;

use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH,
    CONTENT_LOCATION, CONTENT_TYPE, COOKIE, EXPECT, HOST, HeaderName, HeaderValue,
    PROXY_AUTHORIZATION, TRANSFER_ENCODING, USER_AGENT,
};
use http::{HeaderMap, Method};

use super::url::Url;
use crate::encode;

/// What `User-Agent` says.
const OUR_NAME: &str = concat!("step1-http-basics/", env!("CARGO_PKG_VERSION"));

/// A request that is not sent yet.
#[derive(Debug, Clone)]
pub struct Request {
    method: Method,
    url: Url,
    fields: HeaderMap,
    content: Option<Bytes>,
}

/// Why a request cannot be sent as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A field that the client sets itself.
    OwnField(HeaderName),
    /// Content with `TRACE`, which must have none.
    ContentWithTrace,
    /// `CONNECT`, which asks a proxy for a tunnel.
    Connect,
}

impl Request {
    /// A request without content and with no fields but the necessary ones.
    ///
    /// # Errors
    /// For `CONNECT`, which this client has no use for.
    pub fn new(method: Method, url: Url) -> Result<Self, RequestError> {
        if method == Method::CONNECT {
            return Err(RequestError::Connect);
        }
        Ok(Request { method, url, fields: HeaderMap::new(), content: None })
    }

    /// Adds a field line. A name that is added twice is sent twice; `Host`,
    /// `User-Agent`, `Accept` and `Content-Type` stand in place of our own.
    ///
    /// # Errors
    /// For a field that says how the message is framed or whether the
    /// connection persists: it could contradict what the client does.
    pub fn add_field(&mut self, name: HeaderName, value: HeaderValue) -> Result<(), RequestError> {
        if [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION].contains(&name) {
            return Err(RequestError::OwnField(name));
        }
        self.fields.append(name, value);
        Ok(())
    }

    /// The same request with content.
    ///
    /// # Errors
    /// For `TRACE`, which must have none.
    pub fn with_content(mut self, content: impl Into<Bytes>) -> Result<Self, RequestError> {
        if self.method == Method::TRACE {
            return Err(RequestError::ContentWithTrace);
        }
        self.content = Some(content.into());
        Ok(self)
    }

    /// What shall be done.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Where, and with what.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The content; nothing if there is none.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        self.content.as_deref().unwrap_or_default()
    }

    /// Whether the server is asked before the content is sent.
    /// [RFC 9110 §10.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1)
    #[must_use]
    pub fn expects_continue(&self) -> bool {
        let expect = self.fields.get(EXPECT).map(HeaderValue::as_bytes).unwrap_or_default();
        self.content.is_some() && expect.eq_ignore_ascii_case(b"100-continue")
    }

    /// The field lines as they are sent: ours, then those that were added.
    #[must_use]
    pub fn fields(&self) -> HeaderMap {
        let mut fields = HeaderMap::new();
        for (name, ours) in self.own_fields() {
            fields.insert(name, ours);
        }
        for name in self.fields.keys() {
            // The first takes the place of ours, the others follow.
            for (at, value) in self.fields.get_all(name).iter().enumerate() {
                if at == 0 {
                    fields.insert(name, value.clone());
                } else {
                    fields.append(name, value.clone());
                }
            }
        }
        fields
    }

    /// What the message cannot do without.
    fn own_fields(&self) -> Vec<(HeaderName, HeaderValue)> {
        // A URL's authority is visible ASCII, which any field value can hold.
        let host = HeaderValue::try_from(self.url.authority());
        let mut fields = vec![
            (HOST, host.unwrap_or(HeaderValue::from_static(""))),
            (USER_AGENT, HeaderValue::from_static(OUR_NAME)),
            (ACCEPT, HeaderValue::from_static("*/*")),
        ];
        if let Some(content) = &self.content {
            fields.push((CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")));
            fields.push((CONTENT_LENGTH, content.len().into()));
        }
        // One exchange a connection: so its end is to be seen, too.
        fields.push((CONNECTION, HeaderValue::from_static("close")));
        fields
    }

    /// The head as it is sent.
    #[must_use]
    pub fn head(&self) -> Vec<u8> {
        let mut head = Vec::new();
        encode::request_head(&self.method, &self.url.target(), &self.fields(), &mut head);
        head
    }

    /// The request to send to `url` instead: with the same fields, but for
    /// those that belong to the first server alone; and the names of those.
    /// [RFC 9110 §15.4](https://www.rfc-editor.org/rfc/rfc9110#section-15.4)
    pub(super) fn redirected(&self, method: Method, url: Url) -> (Request, Vec<HeaderName>) {
        let mut next = Request { method, url, ..self.clone() };
        let mut left_out = vec![HOST];
        if !next.url.is_same_origin(&self.url) {
            left_out.extend([AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION]);
        }
        if next.method != self.method {
            next.content = None;
            left_out.extend([
                CONTENT_TYPE,
                CONTENT_ENCODING,
                CONTENT_LANGUAGE,
                CONTENT_LOCATION,
                EXPECT,
            ]);
        }
        left_out.retain(|name| next.fields.remove(name).is_some());
        (next, left_out)
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnField(name) => {
                let name = name.as_str();
                write!(f, "the client sets {name} itself, to fit what it sends (RFC 9112 §6)")
            }
            Self::ContentWithTrace => f.write_str("a TRACE request has no content (RFC 9110 §9.3.8)"),
            Self::Connect => f.write_str("CONNECT asks a proxy for a tunnel, and this client uses no proxy (RFC 9110 §9.3.6)"),
        }
    }
}

impl std::error::Error for RequestError {}
