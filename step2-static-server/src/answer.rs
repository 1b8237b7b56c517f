//! From an open file to the answer: which bytes of it, or none at all.
//!
//! Chapter 3 · RFC 9110 §13.2.2, §15.3.7
//!
//! *Strategy*: first the preconditions, then the range: that is the order of
//! the standard. Each only decides; the response is put together here.

use std::fs::File;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED,
    RANGE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use step1_http_basics::handler::{Body, Request, Response};

use crate::error_page;
use crate::multipart_ranges;
use crate::precompressed::Lacks;
use crate::preconditions::{self, Outcome, Validators};
use crate::range::{self, Ranges};
use crate::representation::Representation;

/// A regular file, open for reading, and what it represents.
#[derive(Debug)]
pub struct OpenFile {
    /// Open for reading.
    pub file: Arc<File>,
    /// Its media type, length and time.
    pub state: Representation,
    /// The fields of an answer with all of it.
    fields: HeaderMap,
    /// In which codings there is no file beside this one.
    pub lacks: Lacks,
    /// All of it, if it is small and asked for often.
    pub content: OnceLock<Bytes>,
}

impl OpenFile {
    /// An open file of which nothing else is known.
    #[must_use]
    pub fn new(file: Arc<File>, state: Representation) -> Self {
        let mut fields = HeaderMap::with_capacity(6);
        fields.insert(CONTENT_TYPE, state.media_type.clone());
        describe(&mut fields, &state);
        OpenFile { file, state, fields, lacks: Lacks::default(), content: OnceLock::new() }
    }
}

// ANCHOR: answer
/// Answers a `GET` or `HEAD` with this file, or with what the client needs of it.
#[must_use]
pub fn answer(request: &Request<'_>, open: &OpenFile) -> Response {
    let (method, fields) = (&request.head.method, &request.head.fields);
    let validators = open.state.validators();
    let mut response = match preconditions::evaluate(method, fields, Some(&validators)) {
        Outcome::NotModified => Response::new(StatusCode::NOT_MODIFIED),
        Outcome::Failed => return error_page::precondition_failed(),
        Outcome::Proceed => match ranges(method, fields, &validators, &open.state) {
            Ranges::All => return whole(open),
            Ranges::Unsatisfiable => return unsatisfiable(open.state.length),
            Ranges::Some(ranges) => match ranges.as_slice() {
                [range] => part(open, range.clone()),
                _ => multipart_ranges::response(open, &ranges),
            },
        },
    };
    describe(&mut response.fields, &open.state);
    response
}
// ANCHOR_END: answer

/// `Range` is defined for `GET` alone.
fn ranges(
    method: &Method,
    fields: &HeaderMap,
    validators: &Validators,
    state: &Representation,
) -> Ranges {
    match fields.get(RANGE) {
        Some(value)
            if *method == Method::GET
                && preconditions::range_applies(fields, validators, SystemTime::now()) =>
        {
            range::parse(value.as_bytes(), state.length)
        }
        _ => Ranges::All,
    }
}

fn whole(open: &OpenFile) -> Response {
    let body = match open.content.get() {
        Some(content) => Body::Bytes(content.clone()),
        None => Body::File { file: Arc::clone(&open.file), range: 0..open.state.length },
    };
    Response { status: StatusCode::OK, fields: open.fields.clone(), body }
}

fn part(open: &OpenFile, range: std::ops::Range<u64>) -> Response {
    let mut response = Response::new(StatusCode::PARTIAL_CONTENT);
    response.fields.insert(CONTENT_TYPE, open.state.media_type.clone());
    let place = format!("bytes {}-{}/{}", range.start, range.end - 1, open.state.length);
    insert(&mut response.fields, CONTENT_RANGE, HeaderValue::try_from(place).ok());
    response.body = Body::File { file: Arc::clone(&open.file), range };
    response
}

fn unsatisfiable(length: u64) -> Response {
    let mut response = error_page::range_not_satisfiable(length);
    insert(
        &mut response.fields,
        CONTENT_RANGE,
        HeaderValue::try_from(format!("bytes */{length}")).ok(),
    );
    response
}

/// The fields that a 200 has, and a 206 and a 304 of it as well.
fn describe(fields: &mut HeaderMap, state: &Representation) {
    insert(fields, LAST_MODIFIED, state.last_modified.clone());
    insert(fields, ETAG, state.entity_tag.clone());
    insert(fields, ACCEPT_RANGES, Some(HeaderValue::from_static("bytes")));
    insert(fields, X_CONTENT_TYPE_OPTIONS, Some(HeaderValue::from_static("nosniff")));
    insert(
        fields,
        CONTENT_ENCODING,
        state.coding.map(|coding| HeaderValue::from_static(coding.name())),
    );
    insert(
        fields,
        VARY,
        state.is_negotiated.then_some(HeaderValue::from_static("Accept-Encoding")),
    );
}

fn insert(fields: &mut HeaderMap, name: HeaderName, value: Option<HeaderValue>) {
    if let Some(value) = value {
        fields.insert(name, value);
    }
}
