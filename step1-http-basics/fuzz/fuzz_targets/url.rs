//! `client::Url`: what a person types, and what a `Location` field says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step1_http_basics::client::Url;
use step1_http_basics::target::{RequestTarget, is_authority};

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let base = Url::parse("http://example.com/a/b?c").expect("a URL");
    let words = text.split_ascii_whitespace().take(8);
    for word in words.chain([&*text]) {
        for url in [Url::parse(word), base.join(word)].into_iter().flatten() {
            // Whatever is sent is a request that a server can read.
            let target = url.target();
            let parsed = RequestTarget::parse(&http::Method::GET, &target);
            assert!(matches!(parsed, Ok(RequestTarget::Origin(_))), "{target:?}: {parsed:?}");
            assert!(is_authority(&url.authority()), "{:?}", url.authority());
            let again = Url::parse(&format!("http://{}{target}", url.authority())).expect("a URL");
            assert!(again.is_same_origin(&url) && again.target() == target);
        }
    }
});
