//! Holds the book to its promises: what a page shows is what a reader gets.
//!
//! In scope: the transcripts, listings, programs that are wrong on purpose, weaknesses and the
//! hostile set of the book; the files that are generated from them. Out of scope: what a server
//! must answer in detail, which the steps' own tests say.
//!
//! | promise | files, in reading order | test |
//! |---|---|---|
//! | every transcript is replayed | [`markdown`], [`transcripts`], [`sandbox`], [`process`], [`server`], `captured`, [`diff`] | `transcripts`, `replayer` |
//! | every listing is the code | [`listings`], [`wrong`] | `listings` |
//! | what each step gets wrong is said | [`talk`], [`target`], [`weaknesses`] | `weaknesses` |
//! | the wire is shown | [`wire_views`] | `wire_views` |
//! | no bytes make a server panic, hang or die | [`hostile`] | `hostile` |
//! | an exercise rejects wrong answers | [`exercises`] | `exercises` |
//! | nothing is claimed without a figure | [`figures`] | `figures` (unit tests) |
//!
//! [`workspace`] finds and builds the programs; [`summary`] prints, and compares generated files;
//! [`cli`] does the same one piece at a time: `cargo run -p check -- --help`.
//!
//! `cargo test -p check` needs Rust and curl. `UPDATE=1 cargo test -p check` writes transcripts and
//! generated files anew. The feature `peers` replays what needs foreign programs too.
//!
//! ```
//! use check::transcripts::pages::{self, Strictness};
//! let page = "```console,id=hello\n$ echo hello\nhello\n```\n";
//! let (pages, failures) = pages::read(vec![(page.into(), "page.md".into(), Strictness::Book)]);
//! assert!(failures.is_empty());
//! assert_eq!(pages[0].blocks[0].attributes.id, "hello");
//! ```
#![cfg(unix)]
#![forbid(unsafe_code)]

pub mod appendices;
pub mod call_views;
mod captured;
pub mod cli;
pub mod diff;
pub mod exercises;
pub mod figures;
pub mod hostile;
pub mod listings;
pub mod markdown;
pub mod process;
pub mod record_views;
pub mod refusals;
mod rows;
pub mod run_view;
pub mod sandbox;
pub mod server;
pub mod summary;
pub mod talk;
pub mod target;
pub mod transcripts;
pub mod weaknesses;
pub mod wire_views;
pub mod workspace;
pub mod wrong;
