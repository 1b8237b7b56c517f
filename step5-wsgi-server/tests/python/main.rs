//! Applications in Python, called by the server as its users call it.
#![allow(clippy::unwrap_used)]

#[path = "../../../step1-http-basics/tests/support/client.rs"]
#[allow(dead_code)]
mod client;
mod contract;
mod files;
mod input;
mod life;
mod loading;
mod mercurial;
#[path = "../support/program.rs"]
mod program;
mod running;
mod sites;
mod streams;
mod workers;
