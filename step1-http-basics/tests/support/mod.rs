//! What the tests of step 1 share: the corpus, a server, a client.

#![allow(dead_code, reason = "each test file uses a part of this")]

pub(crate) mod client;
pub(crate) mod corpus;
pub(crate) mod message;
pub(crate) mod random;
pub(crate) mod responder;
pub(crate) mod server;
pub(crate) mod words;
