//! From what the application returns to what the loop sends.
//!
//! Chapter 6 · PEP 3333, *Buffering and Streaming*, *Handling the
//! Content-Length Header*, *Optional Platform-Specific File Handling*
//!
//! *Strategy*: the type of the iterable says what is known. A list or a tuple
//! is all there, so its length is known, and it leaves in one write with its
//! head. Of anything else the first block that is not empty is asked for here,
//! because until then the application may still begin its response or change
//! it. If that block is all that was promised, it leaves in one write as well;
//! what is left to do then is done when it has left.
//!
//! | it is | it leaves as |
//! |---|---|
//! | a list or tuple of one block, or of small ones | bytes, with a Content-Length |
//! | a `wsgi.file_wrapper` around a real file | the file, through `sendfile` |
//! | anything whose first block is all of its Content-Length | bytes |
//! | anything else | a stream: each block as it comes |

use bytes::Bytes;
use http::Method;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyList, PyTuple};
use step1_http_basics::handler::Body;

use super::blocks::{Rest, block, stream};
use super::call::Call;
use super::file_wrapper::FileWrapper;
use crate::gateway::answer::{TOGETHER, keep_promise};
use crate::responder::{Answer, Keep};

/// Blocks up to this size are copied; larger ones are sent from where Python
/// has them.
const SMALL: usize = 32 * 1024;

// ANCHOR: answer
/// The answer that consists of this iterable, and of what `start_response` was
/// given.
///
/// # Errors
/// When the application has broken the contract, or raises now.
pub(super) fn answer(
    iterable: &Bound<'_, PyAny>,
    call: &Call,
    method: &Method,
) -> PyResult<Answer> {
    if let Some(content) = all_there(iterable)? {
        return finished(call, Body::Bytes(content), None, method);
    }
    let mut rest = Rest::of(iterable);
    if let Some(begun) = call.finish_begun() {
        rest.begin(iterable)?;
        return Ok(Answer::rest(begun, stream(None, rest)));
    }
    if let Ok(wrapper) = iterable.cast_exact::<FileWrapper>()
        && let Some(body) = wrapper.get().file(iterable.py())?
    {
        return finished(call, body, Some(Box::new(rest)), method);
    }
    rest.begin(iterable)?;
    let first = rest.next(iterable.py())?;
    // A generator must not call `write`, and some do all their work with it.
    if let Some(begun) = call.finish_begun() {
        return Ok(Answer::rest(begun, stream(first.map(Into::into), rest)));
    }
    let Some(first) = first else {
        return finished(call, Body::Empty, Some(Box::new(rest)), method);
    };
    let length = first.as_bytes().len();
    if call.declared() == Some(length as u64) || is_only_one(iterable) {
        let content = content(&first);
        rest.should_be_over();
        return finished(call, Body::Bytes(content), Some(Box::new(rest)), method);
    }
    finished(call, stream(Some(first.into()), rest), None, method)
}
// ANCHOR_END: answer

/// The content of a list or a tuple, if it is one and not too long to be put
/// together. Neither has a `close`.
fn all_there(iterable: &Bound<'_, PyAny>) -> PyResult<Option<Bytes>> {
    if let Ok(list) = iterable.cast_exact::<PyList>() {
        return match list.len() {
            1 => Ok(Some(content(&block(&list.get_item(0)?)?))),
            _ => put_together(list.iter()),
        };
    }
    match iterable.cast_exact::<PyTuple>() {
        Ok(tuple) if tuple.len() == 1 => Ok(Some(content(&block(&tuple.get_item(0)?)?))),
        Ok(tuple) => put_together(tuple.iter()),
        Err(_) => Ok(None),
    }
}

fn put_together<'py>(items: impl Iterator<Item = Bound<'py, PyAny>>) -> PyResult<Option<Bytes>> {
    let mut together = Vec::new();
    for item in items {
        together.extend_from_slice(block(&item)?.as_bytes());
        if together.len() > TOGETHER {
            return Ok(None);
        }
    }
    Ok(Some(together.into()))
}

/// The bytes of a block, without a copy if they are many.
fn content(block: &Bound<'_, PyBytes>) -> Bytes {
    match block.as_bytes() {
        small if small.len() <= SMALL => Bytes::copy_from_slice(small),
        _ => Bytes::from_owner(PyBackedBytes::from(block.clone())),
    }
}

/// "If the iterable returned by the application has a `len()` of 1": then the
/// first block is all of it.
fn is_only_one(iterable: &Bound<'_, PyAny>) -> bool {
    iterable.get_type().hasattr("__len__").unwrap_or(false) && iterable.len().is_ok_and(|n| n == 1)
}

/// An answer whose head is the one that is kept.
fn finished(call: &Call, body: Body, keep: Keep, method: &Method) -> PyResult<Answer> {
    if let Some(begun) = call.finish_push() {
        return Ok(Answer { keep, ..Answer::rest(begun, body) });
    }
    let (mut answer, promised) = call.send_head()?;
    keep_promise(&mut answer.response, body, promised, method)
        .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    answer.keep = keep;
    Ok(answer)
}
