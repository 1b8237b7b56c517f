//! `parse::field_section`: trailers, and what a CGI program prints.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step1_http_basics::limits::Limits;
use step1_http_basics::parse;
use step1_http_basics_fuzz::{check_reader, small_limits};

fuzz_target!(|input: &[u8]| {
    // The first line of a message is no field; what stands behind it is.
    let fields = input.iter().position(|&byte| byte == b'\n').map_or(input, |at| &input[at + 1..]);
    for section in [input, fields] {
        check_reader(section, |bytes| parse::field_section(bytes, &Limits::default()));
        check_reader(section, |bytes| parse::field_section(bytes, &small_limits()));
    }
});
