//! What holds for step 1's loop holds for the event loop: the same tests.
#![allow(clippy::duplicate_mod)] // each of them has its support

#[path = "../../step1-http-basics/tests/expect_continue.rs"]
mod expect_continue;
#[path = "../../step1-http-basics/tests/half_close.rs"]
mod half_close;
#[path = "../../step1-http-basics/tests/head_and_no_content.rs"]
mod head_and_no_content;
#[path = "../../step1-http-basics/tests/limits.rs"]
mod limits;
#[path = "../../step1-http-basics/tests/pipelining.rs"]
mod pipelining;
#[path = "../../step1-http-basics/tests/response_framing.rs"]
mod response_framing;
#[path = "../../step1-http-basics/tests/slow_client.rs"]
mod slow_client;
#[path = "../../step1-http-basics/tests/unread_body.rs"]
mod unread_body;
#[path = "../../step1-http-basics/tests/wire.rs"]
mod wire;
