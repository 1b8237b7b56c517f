//! The account of one call of the application.
//!
//! Chapter 6 · PEP 3333, *The `start_response()` Callable*
//!
//! *Strategy*: status and headers are kept until the first block that is not
//! empty comes, or the end, because until then the application may change its
//! mind. The rules that they have to keep are checked by step 4's [`Head`],
//! while the application still runs and can be told.
//!
//! ```text
//! NotStarted ── start_response ──► Stored ── first block, or the end ──► Sent
//!                                  ▲    │
//!                                  └────┘ start_response with exc_info
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use step4_wsgi_interface::head::Head;

use crate::gateway::answer::{from_head, status_and_fields};
use crate::push::{Begun, Push};
use crate::responder::Answer;

/// What the application has said so far. Nothing of Python runs while the lock
/// is held.
#[derive(Clone, Default)]
pub(super) struct Call(Arc<Mutex<Account>>);

#[derive(Default)]
pub(super) struct Account {
    pub(super) stage: Stage,
    pub(super) head: Head,
    /// Where `write` leads, while the application is called.
    push: Option<Push>,
}

/// How far the response has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Stage {
    #[default]
    NotStarted,
    /// `start_response` was called, and refused what it was given.
    Refused,
    /// Status and headers are kept.
    Stored,
    /// They have left, or are about to.
    Sent,
}

impl Call {
    /// Begins anew, for the next request.
    pub(super) fn begin(&self, push: Push) {
        let mut account = self.account();
        account.stage = Stage::NotStarted;
        account.push = Some(push);
    }

    pub(super) fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes status and headers, to send them, and the length they promise.
    ///
    /// # Errors
    /// When there are none.
    pub(super) fn send_head(&self) -> PyResult<(Answer, Option<u64>)> {
        let mut account = self.account();
        account.ready()?;
        account.stage = Stage::Sent;
        Ok((from_head(&account.head), account.head.content_length()))
    }

    /// The length that the application has promised.
    pub(super) fn declared(&self) -> Option<u64> {
        self.account().head.content_length()
    }

    /// The response, if it has begun with `write`, which is then at its end.
    pub(super) fn finish_begun(&self) -> Option<Begun> {
        let push = self.account().push.take_if(|push| push.has_begun());
        push.and_then(Push::finish)
    }

    /// Ends what `write` was for; the response, if it has begun with it.
    pub(super) fn finish_push(&self) -> Option<Begun> {
        let push = self.account().push.take();
        push.and_then(Push::finish)
    }

    /// Sends a block now, with the head in front of the first.
    ///
    /// # Errors
    /// When there is no head yet, when the call is over, and when the client is
    /// gone.
    pub(super) fn write(&self, block: &[u8]) -> PyResult<()> {
        let mut account = self.account();
        if account.push.as_ref().is_some_and(|push| !push.has_begun()) {
            account.ready()?;
        }
        let Account { stage, head, push } = &mut *account;
        let Some(push) = push else {
            return Err(PyRuntimeError::new_err(
                "write() was called after the application returned",
            ));
        };
        if block.is_empty() && !push.has_begun() {
            return Ok(());
        }
        *stage = Stage::Sent;
        Ok(push.write(block, || status_and_fields(head))?)
    }
}

impl Account {
    /// Whether there is a head to send.
    pub(super) fn ready(&self) -> PyResult<()> {
        match self.stage {
            Stage::Stored => Ok(()),
            Stage::Sent => Err(PyRuntimeError::new_err("the headers have been sent already")),
            Stage::NotStarted => Err(PyRuntimeError::new_err(
                "content came, or its end, before start_response was called (PEP 3333, \
                 Specification Details)",
            )),
            Stage::Refused => Err(PyRuntimeError::new_err(
                "content came, or its end, after start_response had failed",
            )),
        }
    }
}
