//! The appendices say what step 1's `method` and `status` say.
#![cfg(unix)]

use check::{appendices, summary};

#[test]
fn the_tables_are_those_of_the_library() {
    summary::generated(appendices::METHODS, &appendices::methods()).unwrap();
    summary::generated(appendices::STATUS_CODES, &appendices::status_codes()).unwrap();
}
