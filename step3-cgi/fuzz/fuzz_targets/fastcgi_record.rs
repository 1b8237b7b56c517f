//! `record`: the same records however the bytes are cut; what was read is
//! written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step3_cgi::fastcgi::record::{BeginRequest, EndRequest, parse};

fuzz_target!(|input: &[u8]| {
    let mut rest = input;
    while let Ok(Some((record, used))) = parse(rest) {
        assert!(used >= 8 + record.content.len() && used <= rest.len());
        for at in (0..used.min(16)).chain([used - 1]) {
            assert_eq!(parse(&rest[..at]), Ok(None), "{at} of {used} bytes");
        }
        let mut written = Vec::new();
        record.encode(&mut written);
        let (again, length) = parse(&written).expect("ours").expect("whole");
        assert_eq!((again, length), (record, written.len()));
        if let Ok(begin) = BeginRequest::parse(record.content) {
            assert_eq!(BeginRequest::parse(&begin.content()), Ok(begin));
        }
        if let Ok(end) = EndRequest::parse(record.content) {
            assert_eq!(EndRequest::parse(&end.content()), Ok(end));
        }
        rest = &rest[used..];
    }
});
