//! `parse::request_head`: the same answer however the bytes are cut, and what
//! was read is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step1_http_basics::limits::Limits;
use step1_http_basics::target::RequestTarget;
use step1_http_basics::{encode, parse};
use step1_http_basics_fuzz::{check_reader, small_limits};

fuzz_target!(|input: &[u8]| {
    let limits = Limits::default();
    check_reader(input, |bytes| parse::request_head(bytes, &limits));
    check_reader(input, |bytes| parse::request_head(bytes, &small_limits()));

    if let Ok(Some((head, length))) = parse::request_head(input, &limits) {
        assert!(input[..length].ends_with(b"\r\n\r\n"));
        // The scheme of an absolute-form is not kept.
        let RequestTarget::Origin(target) = &head.target else { return };
        let query = target.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let mut written = Vec::new();
        let raw = format!("{}{query}", target.path);
        encode::request_head(&head.method, &raw, &head.fields, &mut written);
        match parse::request_head(&written, &limits) {
            Ok(Some((again, length))) => {
                assert_eq!(length, written.len());
                assert_eq!((&again.method, &again.target), (&head.method, &head.target));
                assert_eq!(again.fields, head.fields);
            }
            // It is written as HTTP/1.1, which asks for `Host`, and with spaces
            // that may lead over the limits.
            Err(parse::HeadError::MissingHost | parse::HeadError::FieldsTooLarge) => {}
            other => panic!("what was written is read as {other:?}"),
        }
    }
});
