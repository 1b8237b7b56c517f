//! Programs to be run: each is a function, and this crate's own binary runs it
//! as a process of its own, `step3-cgi sample NAME`.
//!
//! Chapter 4
//!
//! *Strategy*: a program of CGI can be written in any language; these are in
//! Rust, so that nothing has to be installed.

mod hello;

use crate::program::Function;

/// A program that comes with the step.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Its name in the URL, and behind `step3-cgi sample`.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub about: &'static str,
    /// The program.
    pub program: Function,
}

/// All of them, in the order in which to try them.
pub const SAMPLES: [Sample; 1] =
    [Sample { name: "hello", about: "Says hello and counts nothing.", program: hello::answer }];

/// The sample with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.name == name)
}
