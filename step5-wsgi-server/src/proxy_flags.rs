//! The flags of a server that has a proxy or a balancer in front of it.
//!
//! Chapter 6 · RFC 7239

use clap::Args;

use crate::forwarded::{Field, Forwarded, Network};
use crate::own_pages::Paths;

/// Whom to believe, and what to answer without the application.
#[derive(Debug, Args)]
pub struct ProxyArgs {
    /// Believe proxies at these addresses or networks, or all: *
    #[arg(long, value_name = "ADDRESSES", value_delimiter = ',', default_value = "127.0.0.1,::1")]
    forwarded_allow_ips: Vec<Network>,

    /// Believe these fields of theirs. Name only what your proxy always sets:
    /// what it does not set, it passes on from the client
    #[arg(
        long,
        value_name = "FIELDS",
        value_delimiter = ',',
        default_value = "x-forwarded-for,x-forwarded-proto"
    )]
    forwarded_fields: Vec<Field>,

    /// Show at this path what the server is doing, to clients on this machine
    /// and at the addresses of the proxies
    #[arg(long, value_name = "PATH", value_parser = path)]
    status: Option<String>,

    /// Answer at this path whether the server is well
    #[arg(long, value_name = "PATH", value_parser = path)]
    health: Option<String>,
}

impl ProxyArgs {
    pub(crate) fn forwarded(&self) -> Forwarded {
        let fields = self.forwarded_fields.clone();
        Forwarded { proxies: self.forwarded_allow_ips.clone(), fields }
    }

    pub(crate) fn paths(&self) -> Paths {
        Paths { status: self.status.clone(), health: self.health.clone() }
    }
}

fn path(text: &str) -> Result<String, String> {
    match text.starts_with('/') {
        true => Ok(text.to_owned()),
        false => Err("a path begins with /".to_owned()),
    }
}
