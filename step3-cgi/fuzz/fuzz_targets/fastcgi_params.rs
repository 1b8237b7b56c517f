//! `params`: the same pairs one by one and all at once; what was read is
//! written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step3_cgi::fastcgi::params::{encode_pair, parse, parse_pair};

fuzz_target!(|input: &[u8]| {
    let (mut rest, mut pairs, mut written) = (input, Vec::new(), Vec::new());
    while let Some((pair, used)) = parse_pair(rest) {
        assert!(used >= 2 + pair.0.len() + pair.1.len() && used <= rest.len());
        assert_eq!(parse_pair(&rest[..used - 1]), None);
        encode_pair(pair.0, pair.1, &mut written);
        pairs.push(pair);
        rest = &rest[used..];
    }
    match parse(input) {
        Ok(all) => assert!(rest.is_empty() && all == pairs),
        Err(error) => assert_eq!((error.at, error.of), (input.len() - rest.len(), input.len())),
    }
    assert_eq!(parse(&written), Ok(pairs));
});
