//! One request to a FastCGI application.
//!
//! Chapter 4 · FastCGI specification §3.3, §5
//!
//! *Strategy*: a small request leaves in one write: its beginning, its
//! variables and its content, each as records. Larger content follows piece by
//! piece, and then the output is read as it comes (both in `output`). A
//! connection whose request ended well goes back to the backend; in any other
//! case it is closed, which is how an application learns that nobody wants its
//! answer. A kept connection may have been closed by the other side, which shows
//! when it is used: then the request is sent once more, if that does no harm.

use std::io::Read;
use std::sync::Arc;

use step1_http_basics::presence::Presence;

use super::backend::Backend;
use super::fault::Fault;
use super::output::Output;
use super::script::Script;

/// A request as it is sent.
pub(super) struct Outgoing<'r> {
    /// The records up to the end of the variables, and of the content as much
    /// as was there.
    pub(super) first: Arc<Vec<u8>>,
    /// The content that is not in `first`; `None` if `first` is all.
    pub(super) rest: Option<&'r mut dyn Read>,
    /// Whether it does no harm if the application gets it twice.
    /// [RFC 9110 §9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)
    pub(super) is_idempotent: bool,
    /// Whether somebody waits for the answer.
    pub(super) client: Presence,
    /// Told of every record, in words.
    pub(super) observer: Option<fn(&str)>,
}

impl Outgoing<'_> {
    /// Whether it can be sent a second time, and does no harm.
    pub(super) fn may_be_repeated(&self) -> bool {
        self.is_idempotent && self.rest.is_none()
    }
}

// ANCHOR: ask
/// Sends a request and waits for the first bytes of its answer.
pub(super) fn ask(
    backend: &Arc<Backend>,
    script: Script,
    mut request: Outgoing<'_>,
) -> Result<Output, Fault> {
    let may_be_repeated = request.may_be_repeated();
    let mut lease = backend.take(may_be_repeated.then_some(&request.first))?;
    if !may_be_repeated && lease.is_reused && lease.link().socket.is_stale() {
        lease = lease.reopen()?;
    }
    let mut output = Output::new(lease, script, &request);
    match output.begin(&request) {
        // It was closed while it was kept: the application has seen nothing of
        // the request, or a part of it that it could not answer.
        Err(Fault::BrokeOff(_)) if output.may_begin_again(&request) => {
            output.reopen()?;
            output.begin(&request)?;
        }
        begun => begun?,
    }
    if let Some(content) = request.rest.take() {
        output.send_rest(content)?;
    }
    Ok(output)
}
// ANCHOR_END: ask
