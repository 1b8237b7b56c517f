//! The other side: how an application is called, whatever waits behind.
//!
//! Chapter 5 · PEP 3333, *The Server/Gateway Side*
//!
//! *Strategy*: every gateway has to keep the same account of a call (has the
//! response been begun? has its head been sent? how much content is owed?), so
//! it is kept here once, in a [`Call`]. Where the bytes go is the gateway's own
//! affair: an [`Output`]. [`run`] is a whole gateway in a screenful: the PEP's
//! own example, made right.
//!
//! ```text
//!             start_response            first block that is not empty, or the end
//! NotStarted ----------------> Stored ------------------------------------------> Sent
//!                              ^    |
//!                              +----+ start_response with exc_info
//! ```
//!
//! ```
//! use step4_wsgi_interface::{Body, Environ, Result, StartResponse};
//! use step4_wsgi_interface::gateway::{self, Memory};
//!
//! fn hello(_: Environ, start_response: StartResponse) -> Result<Body> {
//!     start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
//!     Ok([b"hello"].into())
//! }
//! let (memory, outcome) = gateway::run(&hello, Environ::new(), Memory::default());
//! assert!(outcome.is_ok());
//! assert_eq!(memory.head.unwrap().code(), 200);
//! assert_eq!(memory.content, b"hello");
//! ```

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::application::{Application, Error, Result};
use crate::body::Body;
use crate::environ::Environ;
use crate::head::Head;
use crate::rule::{Breach, Rule};
use crate::start_response::{ExcInfo, Headers, StartResponse, Write};

/// Where a response goes.
pub trait Output: Send + 'static {
    /// Sends the head, if it is given, and then the block, which may be empty.
    /// When it returns they are sent, or will be whatever the application does.
    ///
    /// It must not call the application's `start_response` or `write`.
    ///
    /// # Errors
    ///
    /// If nobody is there any more. The call is then at its end.
    fn send(&mut self, head: Option<&Head>, block: &[u8]) -> Result<()>;
}

// ANCHOR: run
/// Calls an application once and sends its whole response to `output`.
///
/// # Errors
///
/// What ended the response early: the application's error or panic, a breach of
/// the contract, or the output's error. If no head had been sent, a plain 500
/// has been sent in its place; otherwise the response is cut short, and whoever
/// owns the connection must let the client know, by closing it.
pub fn run<A, O>(application: &A, environ: Environ, output: O) -> (O, Result<()>)
where
    A: Application + ?Sized,
    O: Output + Default,
{
    let call = Call::new(output);
    if environ.get("REQUEST_METHOD").is_some_and(|method| method == "HEAD") {
        call.answers_head();
    }
    let mut outcome = contained(|| {
        let body = application.call(environ, call.start_response())?;
        send_body(&call, body)
    });
    if outcome.is_err() {
        outcome = outcome.or_else(|error| call.fail(error));
    }
    (call.into_output(), outcome)
}

/// Sends every block of a body, and ends the body, whatever happens.
fn send_body<O: Output>(call: &Call<O>, mut body: Body) -> Result<()> {
    let only_block = body.len() == Some(1);
    for block in &mut body {
        let block = block?;
        if only_block {
            call.length_is(block.len() as u64);
        }
        call.send(&block)?;
        if call.is_complete() {
            break; // "should stop iterating … when enough data has been sent"
        }
    }
    call.finish()
}
// ANCHOR_END: run

/// Calls a function of an application and turns its panic into an error.
///
/// # Errors
///
/// The function's own, or its panic.
pub fn contained<T>(function: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(function)).unwrap_or_else(|panic| {
        Err(format!("the application panicked: {}", message(&*panic)).into())
    })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

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
    pub fn renew(&mut self)
    where
        O: Default,
    {
        if Arc::strong_count(&self.start_response) == 1 && Arc::strong_count(&self.write) == 2 {
            let mut account = lock(&self.account);
            account.stage = Stage::NotStarted;
            account.owed = None;
            account.answers_head = false;
        } else {
            let output = std::mem::take(&mut lock(&self.account).output);
            *self = Call::new(output);
        }
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

/// A response kept in memory: for tests, and for looking at.
#[derive(Debug, Default)]
pub struct Memory {
    /// The head, once it has been sent.
    pub head: Option<Head>,
    /// The content, block behind block.
    pub content: Vec<u8>,
}

impl Output for Memory {
    fn send(&mut self, head: Option<&Head>, block: &[u8]) -> Result<()> {
        if let Some(head) = head {
            self.head = Some(head.clone());
        }
        self.content.extend_from_slice(block);
        Ok(())
    }
}
