//! Step 2: a static file server; files as representations, a thread for each
//! connection.
//!
//! Chapter 3 · RFC 9110
//!
//! In scope: what a request target means among files, and who runs a
//! connection. The protocol is step 1's, unchanged. Out of scope: content that
//! a program makes (step 3).
//!
//! # Read with the chapter
//!
//! | file | question |
//! |---|---|
//! | [`resolve`] | which name below the root does a target mean? |
//! | [`representation`] | what is in a file, and in which state? |
//! | [`preconditions`] | does the client have it already? |
//! | [`range`] | which bytes of it? |
//! | [`answer`] | what is the answer for a file? |
//! | [`static_files`] | and for any target? (`root`: what holds it inside? `open_error`: and if nothing can be opened?) |
//! | [`dispatch`] | who runs a connection? |
//! | [`access_log`] | what is written down? |
//!
//! # Further rooms
//!
//! [`error_page`], [`listing`] (`--list`), [`write`](mod@write) (`--write`), [`multipart_ranges`],
//! [`precompressed`], [`open_files`], [`link`] (from a name back to a URL), [`cli`].
//!
//! # Example
//!
//! ```no_run
//! use std::time::Duration;
//! use step1_http_basics::{connection::Service, limits::Limits, serve::Server};
//! use step2_static_server::{dispatch, static_files::StaticFiles};
//!
//! let files = StaticFiles::open("www".as_ref())?;
//! let service = Service::new(&files, Limits::default());
//! let server = Server::bind("127.0.0.1:8000", 256, Duration::from_secs(30))?;
//! server.until_signal(|| dispatch::thread_per_connection(&server, &service))?;
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod access_log;
pub mod answer;
pub mod cli;
pub mod dispatch;
pub mod error_page;
pub mod link;
pub mod listing;
pub mod multipart_ranges;
mod open_error;
pub mod open_files;
pub mod precompressed;
pub mod preconditions;
pub mod range;
pub mod representation;
pub mod resolve;
mod root;
pub mod static_files;
pub mod write;
