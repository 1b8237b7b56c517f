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

#[cfg(test)]
mod tests {
    use super::*;

    const TRUST: &str = "RFC 7239 §8.1: only a proxy that is trusted can say who the client is";
    const INVENTED: &str =
        "RFC 7239 §8.1: what stands before the first untrusted address may be invented";
    const ORDER: &str =
        "RFC 7239 §5.2: each proxy adds at the end the address that it was asked from";
    const NO_ADDRESS: &str =
        "RFC 7239 §6.2: a name that is no address says nothing of who the client is";

    #[track_caller]
    fn check(rule: &str, peer: &str, forwarded_for: &str, expected: &str) {
        let proxies = ["10.0.0.1", "10.0.0.2"].map(|it| it.parse().expect("an address"));
        let answer = client(peer.parse().expect("an address"), forwarded_for, &proxies);
        assert!(
            answer.to_string() == expected,
            "{rule}\n  proxies 10.0.0.1 and 10.0.0.2, asked by {peer}, X-Forwarded-For: {forwarded_for:?}\n  your answer: {answer}\n  expected:    {expected}\n"
        );
    }

    #[test]
    fn a_stranger_is_not_believed() {
        check(TRUST, "192.0.2.7", "8.8.8.8", "192.0.2.7");
        check(TRUST, "192.0.2.7", "8.8.8.8, 10.0.0.1", "192.0.2.7");
    }

    #[test]
    fn a_proxy_is_believed_and_so_is_the_one_before_it() {
        check(ORDER, "10.0.0.1", "192.0.2.7", "192.0.2.7");
        check(ORDER, "10.0.0.1", "192.0.2.7, 10.0.0.2", "192.0.2.7");
        check(ORDER, "10.0.0.1", "192.0.2.7,10.0.0.2", "192.0.2.7");
    }

    #[test]
    fn what_a_client_invents_does_not_help_it() {
        check(INVENTED, "10.0.0.1", "8.8.8.8, 192.0.2.7", "192.0.2.7");
        check(INVENTED, "10.0.0.1", "8.8.8.8, 192.0.2.7, 10.0.0.2", "192.0.2.7");
        check(INVENTED, "10.0.0.1", "10.0.0.2, 192.0.2.7", "192.0.2.7");
    }

    #[test]
    fn behind_what_is_no_address_nothing_is_known() {
        check(NO_ADDRESS, "10.0.0.1", "8.8.8.8, unknown", "10.0.0.1");
        check(NO_ADDRESS, "10.0.0.1", "8.8.8.8, _secret, 10.0.0.2", "10.0.0.2");
        check(NO_ADDRESS, "10.0.0.1", "", "10.0.0.1");
    }
}
