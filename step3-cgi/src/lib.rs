//! Step 3: programs answer requests.
//!
//! Chapter 4 · RFC 3875, the FastCGI specification
//!
//! In scope: what a program is told about a request, how its output becomes a
//! response, and who starts and ends it. Files are step 2's, connections are
//! step 1's, both unchanged. Out of scope: a contract without processes (step 4).
//!
//! # Read with the chapter
//!
//! | file | question |
//! |---|---|
//! | [`program`] | what does a request look like to a program? |
//! | [`meta_variables`] | what is it told? (`fields`: and what not?) |
//! | [`response`] | what may it answer? |
//! | [`site`] | is a request for a program, or for a file? |
//! | [`cgi`] | how is it run? (`script`: which one is it? `run`, `input`, `output`: what goes in and out? `run::reply`: what becomes of it? `fault`: what if it fails?) |
//! | `process` | how does it begin, and how does it end for certain? |
//!
//! And when the process is kept ([`fastcgi`]):
//!
//! | file | question |
//! |---|---|
//! | [`fastcgi::record`] | what travels over a connection? |
//! | [`fastcgi::params`] | how do variables travel? |
//! | [`fastcgi::gateway`] | how does a request go to an application? (`script`: of which file? `client`, `output`: what goes over the connection?) |
//! | [`fastcgi::backend`] | how many connections, and who gets one? (`lease`: and for how long?) |
//! | [`fastcgi::responder`] | what does the application do? (`connection`, `exchange`, `listener`) |
//! | [`process_pool`] | who starts its processes, and ends them? (`folder`: where its socket lies) |
//!
//! `meta_variables`, `response`, `record` and `params` are pure: values in, values out.
//!
//! # Further rooms
//!
//! [`samples`] (programs to be run), [`spool`] (bytes that come too early),
//! [`error_lines`] (what programs complain of), [`response::ResponseError`] (what
//! is wrong with what they print), `poll` (one wait for all), `cgi::{limit,record}`,
//! [`cli`], [`fastcgi::flags`] (the flags), [`fastcgi::address`],
//! `fastcgi::files`, `fastcgi::responder::management`, [`fastcgi::sweeper`],
//! `fastcgi::fault`.
//!
//! # Example
//!
//! ```no_run
//! use step2_static_server::static_files::StaticFiles;
//! use step3_cgi::cgi::{Cgi, Options};
//! use step3_cgi::site::{Site, Where};
//!
//! let files = StaticFiles::open("www".as_ref())?;
//! let programs = Cgi::new(Options::default()).with_folder("cgi-bin".as_ref())?;
//! let site = Site::new(&files).mount(Where::cgi_bin(), programs);
//! // `site` is a handler: any server of steps 1 and 2 can serve it.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg(unix)]

pub mod cgi;
pub mod cli;
pub mod error_lines;
pub mod fastcgi;
pub mod meta_variables;
mod poll;
mod process;
pub mod process_pool;
pub mod program;
pub mod response;
pub mod samples;
pub mod site;
pub mod spool;
