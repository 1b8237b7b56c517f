//! `head`: what is kept cannot make a line of its own, whatever it was given.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step4_wsgi_interface::head::Head;

fuzz_target!(|input: &str| {
    let mut parts = input.split('|');
    let status = parts.next().unwrap_or_default();
    let mut headers = Vec::new();
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        headers.push((name, value));
    }
    let mut head = Head::default();
    if head.store(status, &headers).is_ok() {
        assert!((200..=999).contains(&head.code()));
        assert_eq!(head.headers().len(), headers.len());
        assert!(!head.status().as_bytes().iter().any(u8::is_ascii_control));
        for (name, value) in head.headers() {
            assert!(!name.is_empty() && !name.as_bytes().contains(&b':'));
            assert!(!value.as_bytes().iter().any(u8::is_ascii_control));
        }
    }
});
