//! Holds the book to its promises: what a page shows is what a reader gets.
#![cfg(unix)]
#![forbid(unsafe_code)]

pub mod cli;
pub mod diff;
pub mod listings;
pub mod markdown;
pub mod process;
pub mod sandbox;
pub mod server;
pub mod summary;
pub mod talk;
pub mod target;
pub mod transcripts;
pub mod weaknesses;
pub mod workspace;
pub mod wrong;
