//! Promise 1: every transcript of the book is replayed.
#![cfg(unix)]

use check::summary::{self, or_fail};
use check::transcripts::replay::{self, Peers, Settings, Update};
use check::transcripts::{normalise, pages};
use check::workspace;

#[test]
fn every_transcript_is_replayed() {
    let (pages, mut failures) = or_fail(pages::of_the_book());
    let peers = if cfg!(feature = "peers") { Peers::Promised } else { Peers::NotPromised };
    let programs = pages::programs(&pages, peers);
    let settings = Settings {
        www: workspace::root().join("www"),
        executables: or_fail(workspace::build(&programs)),
        peers,
        update: if summary::is_update() { Update::Yes } else { Update::No },
    };
    let outcome = or_fail(replay::all(&pages, &settings));
    let names = if outcome.not.is_empty() {
        String::new()
    } else {
        format!(" ({})", outcome.not.join(", "))
    };
    summary::print(&format!(
        "transcripts: {} replayed, {} not{names}",
        outcome.replayed,
        outcome.not.len()
    ));
    failures.extend(outcome.failures);
    let failures: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert!(
        failures.is_empty(),
        "{} of the transcripts failed:\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn the_appendix_shows_the_table() {
    or_fail(summary::generated("book/check/normalised.md", &normalise::markdown()));
}
