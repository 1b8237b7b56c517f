//! From what an application returns to what the loop sends.
//!
//! Chapter 6 · PEP 3333, *Handling the Content-Length Header*, *Buffering and
//! Streaming*, *Optional Platform-Specific File Handling*
//!
//! *Strategy*: a body says what it is made of. What is all there gets a length
//! and leaves at once; what is made block by block is asked for its first block
//! here, because until then the application may still begin its response, or
//! change it. A length that the application has promised is kept exactly, or
//! the response fails.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use step1_http_basics::handler::{self, Response};
use step1_http_basics::{encode, framing};
use step4_wsgi_interface::body::{Kind, WrappedFile};
use step4_wsgi_interface::gateway::Call;
use step4_wsgi_interface::head::Head;
use step4_wsgi_interface::rule::Rule;
use step4_wsgi_interface::{Body, Bytestring, Result};

use super::Early;
use super::blocks::Blocks;
use crate::push::Push;
use crate::responder::Answer;

/// Blocks that are all there are put together up to this size.
pub(crate) const TOGETHER: usize = 64 * 1024;

// ANCHOR: from_body
/// The answer that consists of this body, and of the head that was stored.
///
/// # Errors
/// When the application has broken the contract, or fails now.
pub(super) fn from_body(call: &Call<Early>, mut body: Body, method: &Method) -> Result<Answer> {
    if let Some(begun) = call.with_output(|early| early.push.take()).and_then(Push::finish) {
        return Ok(Answer::rest(begun, stream(None, body)));
    }
    let content = match &mut body.kind {
        Kind::Empty => handler::Body::Empty,
        Kind::Block(block) => handler::Body::Bytes(into_bytes(std::mem::take(block))),
        Kind::Blocks(blocks) if total(blocks.as_slice()) <= TOGETHER => {
            handler::Body::Bytes(blocks.collect::<Vec<_>>().concat().into())
        }
        Kind::File(wrapped) => file(wrapped)?,
        Kind::Blocks(_) | Kind::Iterator(_) => match first_block(&mut body)? {
            None => handler::Body::Empty,
            Some(first) => stream(Some(first), std::mem::replace(&mut body, Body::empty())),
        },
    };
    let (mut answer, promised) =
        call.take_head(|head, _| (from_head(head), head.content_length()))?;
    keep_promise(&mut answer.response, content, promised, method)?;
    if !body.close.is_nothing() {
        answer.keep = Some(Box::new(body));
    }
    Ok(answer)
}
// ANCHOR_END: from_body

/// The status and the headers, in the words of step 1.
pub(crate) fn status_and_fields(head: &Head) -> (StatusCode, HeaderMap) {
    let headers = head.headers();
    let mut fields = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        // Step 4 has let through only what these let through too.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        {
            fields.append(name, value);
        }
    }
    let status = StatusCode::from_u16(head.code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, fields)
}

pub(crate) fn from_head(head: &Head) -> Answer {
    let (status, fields) = status_and_fields(head);
    let phrase = head.status().as_bytes().get(4..).unwrap_or_default();
    let reason = (phrase != encode::reason_phrase(status).as_bytes()).then(|| phrase.to_owned());
    let response = Response { status, fields, body: handler::Body::Empty };
    Answer { reason, ..response.into() }
}

// ANCHOR: keep_promise
/// Gives the response its content, as much of it as the application has
/// promised. Less is an error while nothing is sent; more is cut off, and the
/// connection closes, because something is wrong.
pub(crate) fn keep_promise(
    response: &mut Response,
    mut content: handler::Body,
    promised: Option<u64>,
    method: &Method,
) -> Result<()> {
    let has_content = framing::may_have_content(method, response.status);
    if !has_content {
        // The length is that of the answer to GET: the promised one, or that of
        // the content, or nobody knows it.
        if promised.is_some() {
            content = handler::Body::Empty;
        } else if content.length() == Some(0) {
            content = handler::Body::Stream(Box::new(io::empty()));
        }
    } else if let (Some(promised), Some(length)) = (promised, content.length()) {
        if length < promised {
            let short = promised - length;
            return Err(Rule::ContentTooShort
                .broken(format!("{short} bytes fewer than Content-Length says"))
                .into());
        }
        match &mut content {
            handler::Body::Bytes(bytes) if length > promised => {
                bytes.truncate(usize::try_from(promised).unwrap_or(usize::MAX));
                let more = length - promised;
                log::error!("{more} bytes more than Content-Length says are not sent");
                response.fields.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            // Of a file, a part may be meant.
            handler::Body::File { range, .. } => range.end = range.start + promised,
            _ => {}
        }
    }
    response.body = content;
    Ok(())
}
// ANCHOR_END: keep_promise

fn total(blocks: &[Bytestring]) -> usize {
    blocks.iter().map(|block| block.len()).sum()
}

fn into_bytes(block: Bytestring) -> Bytes {
    match block {
        Bytestring::Borrowed(bytes) => Bytes::from_static(bytes),
        Bytestring::Owned(bytes) => bytes.into(),
    }
}

/// A file, from where it stands to its end. What has no place, such as a pipe,
/// is read.
fn file(wrapped: &mut WrappedFile) -> Result<handler::Body> {
    let file = wrapped.file.try_clone()?;
    Ok(match wrapped.offset_and_length() {
        Ok((offset, length)) if file.metadata()?.is_file() => {
            handler::Body::File { file: Arc::new(file), range: offset..offset + length }
        }
        _ => handler::Body::Stream(Box::new(file)),
    })
}

/// The blocks of a body, the first of which may have come already.
fn stream(first: Option<Bytestring>, mut rest: Body) -> handler::Body {
    let next = move || first_block(&mut rest).map_err(io::Error::other);
    handler::Body::Stream(Box::new(Blocks::new(first, next)))
}

/// The first block that is not empty.
fn first_block(body: &mut Body) -> Result<Option<Bytestring>> {
    for block in body {
        let block = block?;
        if !block.is_empty() {
            return Ok(Some(block));
        }
    }
    Ok(None)
}
