//! `framing`: a request is framed in one way or refused. The rules are written
//! here once more, as plainly as can be, and must not be broken.
#![no_main]

use http::{HeaderMap, Method, StatusCode, Version};
use libfuzzer_sys::fuzz_target;
use step1_http_basics::framing::{self, Framing};
use step1_http_basics::limits::Limits;
use step1_http_basics::parse;

fuzz_target!(|input: &[u8]| {
    let section = input.iter().position(|&byte| byte == b'\n').map_or(input, |at| &input[at + 1..]);
    let Ok(Some((fields, _))) = parse::field_section(section, &Limits::default()) else { return };
    for version in [Version::HTTP_10, Version::HTTP_11] {
        check_request(version, &fields);
        for status in [200, 204, 304] {
            let status = StatusCode::from_u16(status).expect("a status code");
            for method in [Method::GET, Method::HEAD, Method::CONNECT] {
                let _ = framing::of_response(&method, status, version, &fields);
            }
        }
        let _ = framing::is_persistent(version, &fields);
    }
});

fn check_request(version: Version, fields: &HeaderMap) {
    let lengths: Vec<_> = fields.get_all("content-length").iter().map(|v| v.as_bytes()).collect();
    let codings: Vec<_> =
        fields.get_all("transfer-encoding").iter().map(|v| v.as_bytes()).collect();
    match framing::of_request(version, fields) {
        Ok(Framing::None) => assert!(lengths.is_empty() && codings.is_empty()),
        Ok(Framing::Length(length)) => {
            let [digits] = lengths[..] else { panic!("{} lengths", lengths.len()) };
            assert!(codings.is_empty());
            assert!(digits.iter().all(u8::is_ascii_digit));
            let text = std::str::from_utf8(digits).expect("digits");
            let significant = text.trim_start_matches('0');
            assert_eq!(length.to_string(), if significant.is_empty() { "0" } else { significant });
        }
        Ok(Framing::Chunked) => {
            let [coding] = codings[..] else { panic!("{} codings", codings.len()) };
            assert!(lengths.is_empty() && version == Version::HTTP_11);
            assert!(coding.eq_ignore_ascii_case(b"chunked"));
        }
        Ok(Framing::UntilClose) => panic!("a request does not end with the connection"),
        Err(error) => {
            assert!(!lengths.is_empty() || !codings.is_empty());
            assert!(error.status().is_client_error() || error.status().is_server_error());
        }
    }
}
