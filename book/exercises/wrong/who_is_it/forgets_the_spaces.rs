//! Wrong: the members of the list are not trimmed.
//!
//! Breaks RFC 7239 §5.2: each proxy adds at the end the address that it was asked from
//!
//! A comma may have spaces around it, and mostly has one behind it.

use std::net::IpAddr;

fn main() {}

/// The address of the client, as far as it is known for sure.
fn client(peer: IpAddr, forwarded_for: &str, proxies: &[IpAddr]) -> IpAddr {
    let mut client = peer;
    for node in forwarded_for.rsplit(',') {
        if !proxies.contains(&client) {
            break;
        }
        let Ok(address) = node.parse() else { break };
        client = address;
    }
    client
}
