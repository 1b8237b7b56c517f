//! One application a file: each does one thing, most of them a wrong one.
//!
//! Whoever writes a gateway can try it with these.

#![allow(dead_code, unreachable_pub)] // each test uses some
#![allow(clippy::needless_pass_by_value)] // the form of an application

pub mod changes_its_mind;
pub mod chunks_its_content;
pub mod content_behind_204;
pub mod empty_and_says_a_length;
pub mod fails;
pub mod fails_at_once_in_its_body;
pub mod fails_in_the_middle;
pub mod hop_by_hop;
pub mod interim_status;
pub mod length_is_no_number;
pub mod longer_than_it_says;
pub mod name_with_a_colon;
pub mod never_starts;
pub mod never_starts_and_is_empty;
pub mod panics;
pub mod panics_in_the_middle;
pub mod sends_and_fails;
pub mod shorter_than_it_says;
pub mod starts_again_after_a_refusal;
pub mod starts_late;
pub mod starts_twice;
pub mod status_as_a_header;
pub mod status_with_a_line_end;
pub mod status_without_a_phrase;
pub mod traps_exc_info;
pub mod traps_exc_info_in_its_body;
pub mod untyped;
pub mod value_beyond_latin_1;
pub mod value_with_a_line_end;
pub mod writes_and_returns;
pub mod writes_in_its_body;
pub mod writes_too_much;
pub mod yields_before_it_starts;
pub mod yields_empty_blocks;
