//! What holds for FastCGI with a thread for each request holds for the event loop:
//! the same tests.
#![allow(clippy::duplicate_mod)] // each of them has its support

#[path = "../../step3-cgi/tests/fastcgi.rs"]
mod fastcgi;
#[cfg(feature = "peers")]
#[path = "../../step3-cgi/tests/peers_php_fpm.rs"]
mod peers_php_fpm;
