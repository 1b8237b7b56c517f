//! Wrong: the last address of the list is the client.
//!
//! Breaks RFC 7239 §5.2: each proxy adds at the end the address that it was asked from
//!
//! With two proxies it is the first of them.

use std::net::IpAddr;

fn main() {}

/// The address of the client, as far as it is known for sure.
fn client(peer: IpAddr, forwarded_for: &str, proxies: &[IpAddr]) -> IpAddr {
    if !proxies.contains(&peer) {
        return peer;
    }
    let last = forwarded_for.rsplit(',').next().unwrap_or_default();
    last.trim().parse().unwrap_or(peer)
}
