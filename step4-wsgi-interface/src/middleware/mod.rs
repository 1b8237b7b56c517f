//! Applications that hold an application: to it they are the gateway.
//!
//! Chapter 5 · PEP 3333, *Middleware: Components that Play Both Sides*
//!
//! Each file is one piece, and reads in five minutes.

pub mod access_log;
pub mod catch_errors;
pub mod gzip;
pub mod routes;
