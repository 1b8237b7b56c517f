//! Wrong: what is no address is left out.
//!
//! Breaks RFC 7239 §6.2: a name that is no address says nothing of who the client is
//!
//! Behind `unknown` everything may be invented: the chain of those that we trust has ended.

use std::net::IpAddr;

fn main() {}

/// The address of the client, as far as it is known for sure.
fn client(peer: IpAddr, forwarded_for: &str, proxies: &[IpAddr]) -> IpAddr {
    let mut client = peer;
    for address in forwarded_for.rsplit(',').filter_map(|node| node.trim().parse().ok()) {
        if !proxies.contains(&client) {
            break;
        }
        client = address;
    }
    client
}
