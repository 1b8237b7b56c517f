//! Step 4: the contract between server and application, PEP 3333 in Rust.
//!
//! Chapter 5 · PEP 3333
//!
//! In scope: what passes between the two. Out of scope: everything else. No
//! sockets, no HTTP library, no server: an application is a function, and
//! anything can call it.
//!
//! # Read with the chapter
//!
//! | file | question |
//! |---|---|
//! | [`application`] | what is an application? |
//! | [`environ`] | what is it told? |
//! | [`native_string`] | in which kind of text? |
//! | [`start_response`] | how does it begin to answer? |
//! | [`body`] | and what does it answer with? |
//! | [`head`], [`gateway`], `call` | what does the other side have to do? |
//! | [`run::cgi`] | what is the smallest thing that can call one? |
//!
//! # Further rooms
//!
//! | file | question |
//! |---|---|
//! | [`rule`], [`validator`] | who has to keep which rule, and does he? |
//! | [`middleware`] | what can stand between the two? |
//! | [`run::terminal`] | what passes, in which order? |
//! | [`applications`] | what is all this good for? |
//!
//! # Example
//!
//! ```
//! use step4_wsgi_interface::{Body, Environ, Result, StartResponse, gateway};
//!
//! fn hello(environ: Environ, start_response: StartResponse) -> Result<Body> {
//!     start_response("200 OK", &[("Content-Type", "text/plain; charset=utf-8")], None)?;
//!     Ok([format!("You asked for {}\n", environ.get_or_empty("PATH_INFO")).into_bytes()].into())
//! }
//!
//! let mut environ = Environ::new();
//! environ.set("PATH_INFO", b"/tea");
//! let (response, outcome) = gateway::run(&hello, environ, gateway::Memory::default());
//! assert!(outcome.is_ok());
//! assert_eq!(response.content, b"You asked for /tea\n");
//! ```

pub mod application;
pub mod applications;
pub mod body;
mod call;
pub mod environ;
pub mod gateway;
pub mod head;
pub mod middleware;
pub mod native_string;
pub mod rule;
pub mod run;
pub mod start_response;
pub mod validator;

pub use application::{Application, Error, Result};
pub use body::{Body, Bytestring};
pub use environ::Environ;
pub use start_response::{Headers, StartResponse, Write};
