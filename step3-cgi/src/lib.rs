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
//! | [`meta_variables`] | what is a program told about a request? |
//! | [`site`] | is a request for a program, or for a file? |
//! | [`program`] | what does all this look like to the program? |
//!
//! And when the process is kept ([`fastcgi`]):
//!
//! | file | question |
//! |---|---|
//! | [`fastcgi::record`] | what travels over a connection? |
//! | [`fastcgi::params`] | how do variables travel? |
//! | [`fastcgi::responder`] | what does the application do? |
//!
//! `meta_variables`, `record` and `params` are pure: values in, values out.
//!
//! # Further rooms
//!
//! [`samples`] (programs to be run), [`spool`] (bytes that come too early).

#![cfg(unix)]

pub mod error_lines;
pub mod fastcgi;
pub mod meta_variables;
pub mod process_pool;
pub mod program;
pub mod response;
pub mod samples;
pub mod site;
pub mod spool;
