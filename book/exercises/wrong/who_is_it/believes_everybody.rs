//! Wrong: whoever sends the field is believed.
//!
//! Breaks RFC 7239 §8.1: only a proxy that is trusted can say who the client is
//!
//! A client that has no proxy writes the field itself, and is who it likes.

use std::net::IpAddr;

fn main() {}

/// The address of the client, as far as it is known for sure.
fn client(peer: IpAddr, forwarded_for: &str, proxies: &[IpAddr]) -> IpAddr {
    let mut client = peer;
    for node in forwarded_for.rsplit(',') {
        let Ok(address) = node.trim().parse() else { break };
        client = address;
        if !proxies.contains(&client) {
            break;
        }
    }
    client
}
