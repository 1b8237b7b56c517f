//! `parse::response_head`: the same answer however the bytes are cut, and what
//! was read is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step1_http_basics::limits::Limits;
use step1_http_basics::{encode, parse};
use step1_http_basics_fuzz::{check_reader, small_limits};

fuzz_target!(|input: &[u8]| {
    let limits = Limits::default();
    check_reader(input, |bytes| parse::response_head(bytes, &limits));
    check_reader(input, |bytes| parse::response_head(bytes, &small_limits()));

    if let Ok(Some((head, length))) = parse::response_head(input, &limits) {
        assert!(input[..length].ends_with(b"\r\n\r\n"));
        let mut written = Vec::new();
        encode::response_head(head.status, &head.fields, &mut written);
        match parse::response_head(&written, &limits) {
            Ok(Some((again, _))) => {
                assert_eq!((again.status, again.fields), (head.status, head.fields));
            }
            Err(parse::HeadError::FieldsTooLarge) => {}
            other => panic!("what was written is read as {other:?}"),
        }
    }
});
