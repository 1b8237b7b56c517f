//! Wrong: the first address of the list is the client.
//!
//! Breaks RFC 7239 §8.1: what stands before the first untrusted address may be invented
//!
//! So it would be, if everybody told the truth.

use std::net::IpAddr;

fn main() {}

/// The address of the client, as far as it is known for sure.
fn client(peer: IpAddr, forwarded_for: &str, proxies: &[IpAddr]) -> IpAddr {
    if !proxies.contains(&peer) {
        return peer;
    }
    let mut nodes = forwarded_for.split(',').filter_map(|node| node.trim().parse().ok());
    nodes.next().unwrap_or(peer)
}
