//! Ways to run an application that need no server.

pub mod cgi;
pub mod terminal;
mod trace;
