//! The same calls, made by Python's wsgiref on the Python twins of hello,
//! environ and files, gave the same status, headers and bytes.
//!
//! `python/record.py` made the recordings; `peers_twin` makes them anew.

mod twin;

use std::fs;

#[test]
fn the_twins_answered_the_same() {
    let (_folder, root) = twin::root();
    let calls = twin::calls();
    assert!(calls.len() >= 19);
    for call in calls {
        let recorded = twin::here().join("recorded").join(format!("{}.raw", call.name));
        let theirs =
            fs::read(&recorded).unwrap_or_else(|error| panic!("{}: {error}", recorded.display()));
        twin::assert_same(&call.name, &twin::ours(&call, &root), &theirs);
    }
}

#[test]
fn nothing_of_the_secret_was_handed_out() {
    let (_folder, root) = twin::root();
    for call in twin::calls() {
        let answer = twin::ours(&call, &root);
        assert!(!answer.windows(6).any(|window| window == b"secret"), "{}", call.name);
    }
}
