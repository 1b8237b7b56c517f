//! The account of one call: begun, begun anew, sent.
//!
//! Chapter 5 · PEP 3333, *The `start_response()` Callable*, *Handling the
//! `Content-Length` Header*
//!
//! *Strategy*: has the response been begun? has its head been sent? how much
//! content is owed? A [`Call`] keeps the answers, and makes the two functions
//! that an application is given. They share the account with the gateway,
//! because an application may hand them to a body that begins late.
//!
//! ```text
//!             start_response            first block that is not empty, or the end
//! NotStarted ----------------> Stored ------------------------------------------> Sent
//!                              ^    |
//!                              +----+ start_response with exc_info
//! ```
//!
//! ```
//! use step4_wsgi_interface::gateway::{Call, Memory};
//!
//! let call = Call::new(Memory::default());
//! let start_response = call.start_response();
//! start_response("200 OK", &[("Content-Length", "5")], None)?;
//! assert!(!call.is_sent());
//! start_response("500 Oops", &[], Some("it changed its mind".into()))?;
//! call.send(b"sorry")?;
//! assert!(call.is_sent());
//! assert!(start_response("500 Oops", &[], Some("too late".into())).is_err());
//! # Ok::<(), step4_wsgi_interface::Error>(())
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::application::{Error, Result};
use crate::gateway::Output;
use crate::head::Head;
use crate::rule::{Breach, Rule};
use crate::start_response::{ExcInfo, Headers, StartResponse, Write};

/// The account of one call. A gateway may use it again for the next request.
pub struct Call<O> {
    account: Arc<Mutex<Account<O>>>,
    start_response: StartResponse,
    write: Write,
}

struct Account<O> {
    stage: Stage,
    head: Head,
    /// How much content may still come, if `Content-Length` was given.
    owed: Option<u64>,
    /// Whether the request is a HEAD: its answer says a length, and has no content.
    answers_head: bool,
    output: O,
}

/// How far the response has got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    NotStarted,
    /// `start_response` was called and refused what it was given.
    Refused,
    /// Status and headers are kept.
    Stored,
    /// They have been sent.
    Sent,
}

impl<O: Output> Call<O> {
    /// A call that has not begun.
    pub fn new(output: O) -> Self {
        let account = Account {
            stage: Stage::NotStarted,
            head: Head::default(),
            owed: None,
            answers_head: false,
            output,
        };
        let account = Arc::new(Mutex::new(account));
        let write: Write = {
            let account = Arc::clone(&account);
            Arc::new(move |block: &[u8]| lock(&account).send(block))
        };
        let start_response: StartResponse = {
            let (account, write) = (Arc::clone(&account), Arc::clone(&write));
            Arc::new(move |status: &str, headers: Headers<'_>, exc_info: Option<ExcInfo>| {
                lock(&account).start(status, headers, exc_info)?;
                Ok(Arc::clone(&write))
            })
        };
        Call { account, start_response, write }
    }

    /// What the application is given.
    #[must_use]
    pub fn start_response(&self) -> StartResponse {
        Arc::clone(&self.start_response)
    }

    /// Sends a block that the body yielded.
    ///
    /// # Errors
    ///
    /// If the response has not been begun, if it is longer than was said, and
    /// the output's.
    pub fn send(&self, block: &[u8]) -> Result<()> {
        lock(&self.account).send(block)
    }

    /// Says that the request is a HEAD, whose answer has a length and no content.
    pub fn answers_head(&self) {
        lock(&self.account).answers_head = true;
    }

    /// Says how long the content is, if the application did not and its head has
    /// not been sent: "the server can automatically determine Content-Length".
    pub fn length_is(&self, length: u64) {
        let mut account = lock(&self.account);
        if account.stage == Stage::Stored {
            account.head.add_content_length(length);
            account.owed = account.head.content_length();
        }
    }

    /// Whether all that `Content-Length` promises has been sent.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        lock(&self.account).owed == Some(0)
    }

    /// Ends the response: sends the head if there was no content.
    ///
    /// # Errors
    ///
    /// If the response has not been begun, or is shorter than was said.
    pub fn finish(&self) -> Result<()> {
        lock(&self.account).finish()
    }

    /// Sends a plain 500 if nothing has been sent.
    ///
    /// # Errors
    ///
    /// Always: the error that it was given.
    pub fn fail(&self, error: Error) -> Result<()> {
        lock(&self.account).fail();
        Err(error)
    }

    /// Looks at the head that the application gave, and says that the gateway
    /// sends it in its own way, together with the content: [`send`](Self::send)
    /// is of no use then.
    ///
    /// # Errors
    ///
    /// If the response has not been begun, or its head has been sent.
    pub fn take_head<T>(&self, send: impl FnOnce(&Head, &mut O) -> T) -> Result<T> {
        let mut account = lock(&self.account);
        account.ready()?;
        if account.stage == Stage::Sent {
            return Err("the head has been sent".into());
        }
        account.stage = Stage::Sent;
        let account = &mut *account;
        Ok(send(&account.head, &mut account.output))
    }

    /// Whether the head has been sent.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        lock(&self.account).stage == Stage::Sent
    }

    /// Looks at the output, or changes it.
    pub fn with_output<T>(&self, look: impl FnOnce(&mut O) -> T) -> T {
        look(&mut lock(&self.account).output)
    }

    /// Makes it ready for another request, with the memory that it has. If the
    /// last application still holds its `start_response` or `write`, nothing of
    /// this call is used again: they must not reach into another's response.
    pub fn renew(&mut self, output: O) {
        if Arc::strong_count(&self.start_response) != 1 || Arc::strong_count(&self.write) != 2 {
            *self = Call::new(output);
            return;
        }
        let mut account = lock(&self.account);
        account.stage = Stage::NotStarted;
        account.owed = None;
        account.answers_head = false;
        account.output = output;
    }

    /// The output. What an application may still hold writes to a new one.
    pub fn into_output(self) -> O
    where
        O: Default,
    {
        std::mem::take(&mut lock(&self.account).output)
    }
}

impl<O: Output> Account<O> {
    fn start(
        &mut self,
        status: &str,
        headers: Headers<'_>,
        exc_info: Option<ExcInfo>,
    ) -> Result<()> {
        match (self.stage, exc_info) {
            (Stage::Sent, Some(exc_info)) => return Err(exc_info),
            (Stage::NotStarted, _) | (_, Some(_)) => {}
            (_, None) => {
                return Err(Rule::StartOnce.broken("start_response was called again").into());
            }
        }
        // Until the head is known to be good: one that was refused counts as a
        // call, but cannot be sent.
        self.stage = Stage::Refused;
        self.head.store(status, headers)?;
        self.owed = self.head.content_length();
        self.stage = Stage::Stored;
        Ok(())
    }

    fn ready(&self) -> std::result::Result<(), Breach> {
        match self.stage {
            Stage::Stored | Stage::Sent => Ok(()),
            Stage::NotStarted => {
                Err(Rule::StartBeforeBody.broken("content came, or its end, before start_response"))
            }
            Stage::Refused => Err(Rule::StartBeforeBody
                .broken("content came, or its end, after start_response had failed")),
        }
    }

    fn send(&mut self, block: &[u8]) -> Result<()> {
        if block.is_empty() && self.stage != Stage::Sent {
            return Ok(()); // "after the first iteration … that yields a non-empty bytestring"
        }
        self.ready()?;
        let fits = self.owed.map_or(block.len(), |owed| {
            usize::try_from(owed).map_or(block.len(), |owed| block.len().min(owed))
        });
        self.transmit(&block[..fits])?;
        if fits < block.len() {
            let more = block.len() - fits;
            return Err(Rule::ContentTooLong
                .broken(format!("{more} bytes more than Content-Length says"))
                .into());
        }
        Ok(())
    }

    /// Sends a block that fits, and the head before it if it waits.
    fn transmit(&mut self, block: &[u8]) -> Result<()> {
        let head = (self.stage == Stage::Stored).then_some(&self.head);
        self.stage = Stage::Sent;
        self.owed = self.owed.map(|owed| owed - block.len() as u64);
        self.output.send(head, block)
    }

    fn finish(&mut self) -> Result<()> {
        self.ready()?;
        if self.stage == Stage::Stored {
            if self.answers_head || self.head.code() == 304 {
                self.owed = None; // the length of what is not sent
            } else {
                self.head.add_content_length(0);
                self.enough()?; // while a 500 is possible still
            }
            self.transmit(b"")?;
        }
        Ok(self.enough()?)
    }

    fn enough(&self) -> std::result::Result<(), Breach> {
        match self.owed {
            None | Some(0) => Ok(()),
            Some(owed) => Err(Rule::ContentTooShort
                .broken(format!("{owed} bytes fewer than Content-Length says"))),
        }
    }

    fn fail(&mut self) {
        if self.stage == Stage::Sent {
            return;
        }
        let headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "22")];
        if self.head.store("500 Internal Server Error", &headers).is_ok() {
            self.stage = Stage::Stored;
            self.owed = None;
            // Nobody is left to be told if this fails too.
            let _ = self.transmit(b"Internal Server Error\n");
        }
    }
}

/// A panic of an application cannot leave an account half changed.
fn lock<T>(account: &Mutex<T>) -> MutexGuard<'_, T> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}
