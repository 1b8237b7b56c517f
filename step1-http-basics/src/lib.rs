//! Step 1: bytes and messages, one connection at a time.
//!
//! Chapter 2 · RFC 9110, RFC 9112
//!
//! This crate turns bytes into HTTP/1.1 messages and messages into bytes, and
//! serves connections one after the other. All later steps stand on it.
//!
//! In scope: the protocol, written here once. Out of scope: files (step 2),
//! programs (step 3), many connections at a time (step 2: threads; step 5:
//! an event loop), TLS and HTTP/2 (chapter 7).
//!
//! # Read with the chapter
//!
//! | file | question |
//! |---|---|
//! | [`target`] | what is asked for? |
//! | [`parse`] | which bytes are a head? ([`HeadError`](parse::HeadError): why not?) |
//! | [`framing`] | where does the message end? |
//! | [`chunked`] | and if nobody knew its length? |
//! | [`encode`] | how is a head written? |
//! | [`handler`] | what is the answer? |
//! | [`limits`] | how much, and how slowly? |
//! | [`decisions`] | what follows a head, and how does a response leave? |
//! | [`connection`] | what happens on one connection? (`content`, `deliver`, `wire`: how bytes are read and sent) |
//! | [`open_connections`] | what do connections share? |
//! | [`serve`] | who accepts them, and who stops it? |
//!
//! The first five and `decisions` are pure: bytes or values in, values out.
//!
//! # Further rooms
//!
//! Parts of the files above, one call each: `authority` (is this a host?),
//! `chunk_extensions` (what may follow the size of a chunk?), `parse::response`
//! (the same for a client), `recording` (what is kept for the x-ray?), `read_at`
//! (how is a file read that others read, too?), `serve::listen` (what is a socket
//! told that listens?), [`serve::AcceptError`] (what now, if nobody was accepted?),
//! `serve::until_signal` (Ctrl-C), [`complaint`] (what is said of those who ask for too
//! much, without filling the log?), [`presence`] (is the client still there?), [`clock`].
//!
//! [`client`] (what does a browser do before it renders?), [`get_command`] (and
//! how is that told?), [`reference`](mod@reference) (what does a status code or a
//! method mean?), [`xray`] (pure; which bytes are which part of a message?),
//! [`accept`] (pure; which representation does a client like best?),
//! [`xray_page`] (the handler of this step's server), [`cli`], [`demo`].
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//! use step1_http_basics::connection::Service;
//! use step1_http_basics::handler::{Request, Response};
//! use step1_http_basics::limits::Limits;
//! use step1_http_basics::serve::Server;
//!
//! let hello = |_: &mut Request<'_>| Response::text(http::StatusCode::OK, "hello\n");
//! let service = Service::new(&hello, Limits::default());
//! let server = Server::bind("127.0.0.1:0", 1, Duration::from_secs(1))?;
//! std::thread::scope(|scope| {
//!     scope.spawn(|| server.serve(&service));
//!     // … clients come and go …
//!     server.stop();
//! });
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod accept;
mod authority;
mod chunk_extensions;
pub mod chunked;
pub mod cli;
pub mod client;
pub mod clock;
pub mod complaint;
pub mod connection;
mod content;
pub mod decisions;
mod deliver;
pub mod demo;
pub mod encode;
pub mod error;
pub mod framing;
pub mod get_command;
pub mod handler;
mod head_error;
pub mod limits;
pub mod open_connections;
mod output;
pub mod parse;
pub mod presence;
mod read_at;
mod recording;
pub mod reference;
pub mod serve;
pub mod target;
mod wire;
pub mod xray;
pub mod xray_page;

pub use read_at::{read_at, read_exact_at};
pub use recording::Recording;
