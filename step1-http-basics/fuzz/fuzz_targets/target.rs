//! `target`: the parts of a request target, put together again, are the target;
//! and each form goes with its method only.
#![no_main]

use http::Method;
use libfuzzer_sys::fuzz_target;
use step1_http_basics::target::{RequestTarget, is_authority};

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let second_word = text.split(' ').nth(1).unwrap_or_default();
    for raw in [&text, second_word] {
        for method in [Method::GET, Method::OPTIONS, Method::CONNECT] {
            check(&method, raw);
        }
        if is_authority(raw) {
            assert!(!raw.contains(['/', '?', '#', '@', ' ', '\\']) && raw.is_ascii());
        }
    }
});

fn check(method: &Method, raw: &str) {
    let Ok(target) = RequestTarget::parse(method, raw) else { return };
    assert!(raw.bytes().all(|byte| byte.is_ascii_graphic()) && !raw.contains('#'));
    let query = target.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path_and_query = format!("{}{query}", target.path());
    match &target {
        RequestTarget::Origin(_) => assert_eq!(path_and_query, raw),
        RequestTarget::Absolute { authority, .. } => {
            assert!(is_authority(authority) && !authority.is_empty());
            let (scheme, rest) = raw.split_once("://").expect("a scheme");
            assert!(scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"));
            let rest = rest.strip_prefix(authority.as_str()).expect("the authority");
            // An empty path is read as `/`.
            assert!(path_and_query == rest || path_and_query[1..] == *rest);
        }
        RequestTarget::Authority(authority) => {
            assert_eq!((authority.as_str(), method), (raw, &Method::CONNECT));
            assert!(is_authority(authority));
        }
        RequestTarget::Asterisk => assert_eq!((raw, method), ("*", &Method::OPTIONS)),
    }
    assert_eq!(*method == Method::CONNECT, matches!(target, RequestTarget::Authority(_)));
}
