//! Applications: what the interface is for.

// An application is given its two arguments, and may keep them.
#![allow(clippy::needless_pass_by_value)]

pub mod cookies;
pub mod environ_page;
pub mod files;
pub mod form;
#[cfg(feature = "guestbook")]
pub mod guest_book;
pub mod hello;
pub mod html;
