//! Who is complained of, in the lines that step 1 keeps few.
//!
//! Chapter 6

use std::fmt;
use std::net::SocketAddr;

pub(super) use step1_http_basics::complaint::Complaint;

/// Whoever is complained of.
pub(super) struct Who(pub(super) Option<SocketAddr>);

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => write!(f, "the client at {address}"),
            None => f.write_str("a client"),
        }
    }
}
