//! The other side: how an application is called, whatever waits behind.
//!
//! Chapter 5 · PEP 3333, *The Server/Gateway Side*
//!
//! *Strategy*: every gateway has to keep the same account of a [`Call`]. Where
//! the bytes go is the gateway's own affair: an [`Output`]. [`run`] is a whole
//! gateway in a screenful: the PEP's own example, made right.
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

use crate::application::{Application, Result};
use crate::body::Body;
pub use crate::call::Call;
use crate::environ::Environ;
use crate::head::Head;

// ANCHOR: output
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
// ANCHOR_END: output

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
