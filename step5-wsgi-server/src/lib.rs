//! Step 5: a WSGI server that is worth running: an event loop and a pool.
//!
//! Chapter 6 · PEP 3333, RFC 9112
//!
//! In scope: who runs a connection when there are ten thousand of them, and how
//! an application is called behind it. The protocol is step 1's, its pure files
//! unchanged; files are step 2's, the variables step 3's, the interface step
//! 4's. With the feature `python` the application may be one in Python.
//!
//! # Read with the chapter
//!
//! | file | question |
//! |---|---|
//! | [`server`] | what is a server made of? |
//! | [`responder`] | what does the loop ask, and of whom? |
//! | [`gateway`] | how does a request become a call, and its answer a response? |
//! | [`event_loop`] | who runs the connections? (`connection`: the states; `reading`, `answering`, `sending`: what leads from one to the next; `together`: when an answer leaves; `accept`; `deadlines`) |
//! | `workers` | and if an application takes long? |
//! | [`stream`], [`push`] | and what is sent while it is still being made? |
//! | [`shutdown`] | how does it end? |
//! | [`processes`] | and if a whole process fails? (`master`: what there should be; `spawn`, `worker`: the two ends; `channel`, `messages`: what they say) |
//! | [`forwarded`] | who is the client behind a proxy? |
//!
//! # Further rooms
//!
//! [`listen`] (TCP, Unix and inherited sockets), [`relay`] (FastCGI applications
//! behind this server; of the loop `handing_on`, `relay`), [`fastcgi`] (an
//! application behind another web server), [`flags`], [`proxy_flags`] and
//! [`command`] (the flags, and what is done with them), [`metrics`] and
//! [`own_pages`] (what the server is doing), [`trouble`] (an application to break
//! it with), of the processes `signals`, `notify`, `activation`, `pid_file`, and of
//! the loop `complaints`, `passing`, `wall_clock`, `slots`, `socket`, `input`,
//! `outgoing`, `content`, `trace`.
//!
//! With the feature `python`: `python`, a gateway of its own (`mod.rs` is its map).
//!
//! # Example
//!
//! ```no_run
//! use step4_wsgi_interface::{Body, Environ, Result, StartResponse};
//! use step5_wsgi_server::server::make_server;
//!
//! fn hello(_: Environ, start_response: StartResponse) -> Result<Body> {
//!     start_response("200 OK", &[("Content-Type", "text/html")], None)?;
//!     Ok([b"<h1>Hello!</h1>"].into())
//! }
//! make_server("127.0.0.1:8000", hello)?.serve_forever()?;
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod command;
pub mod event_loop;
pub mod fastcgi;
pub mod flags;
pub mod forwarded;
pub mod gateway;
pub mod listen;
pub mod metrics;
pub mod own_pages;
pub mod processes;
pub mod proxy_flags;
pub mod push;
#[cfg(feature = "python")]
pub mod python;
pub mod relay;
pub mod responder;
pub mod server;
pub mod shutdown;
pub mod stream;
pub mod trouble;
mod workers;
