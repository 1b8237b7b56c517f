//! The client keeps its promises: against our own server, and against servers
//! that misbehave in every way that there is a message for.

mod command;
mod connecting;
mod exchange;
mod faults;
mod properties;
#[path = "../support/random.rs"]
#[allow(dead_code, reason = "each test binary uses a part of this")]
mod random;
mod redirects;
mod scripted;
#[path = "../support/server.rs"]
#[allow(dead_code, reason = "each test binary uses a part of this")]
mod server;
mod watched;
