//! `xray`: every byte stands in one span, in order, whatever the bytes are; and
//! every view of the spans can be made.
#![no_main]

use http::Method;
use libfuzzer_sys::fuzz_target;
use step1_http_basics::xray::{self, Annotated, Style};

fuzz_target!(|input: &[u8]| {
    views(&check(xray::request(input), input));
    views(&check(xray::response(&Method::GET, input), input));
    check(xray::response(&Method::HEAD, input), input);
    check(xray::request_head(input), input);
    check(xray::response_head(input), input);
    let _ = xray::visible(input);
});

fn check<'b>(annotated: Annotated<'b>, input: &[u8]) -> Annotated<'b> {
    assert_eq!(annotated.bytes, input);
    let mut at = 0;
    for span in &annotated.spans {
        assert_eq!(span.range.start, at, "a gap or an overlap");
        assert!(span.range.end > at, "an empty span");
        at = span.range.end;
    }
    assert_eq!(at, input.len(), "bytes without a span");
    annotated
}

fn views(annotated: &Annotated<'_>) {
    let _ = xray::text(annotated, Style::default());
    let _ = xray::json(annotated);
    let html = xray::html_fragment(annotated);
    assert!(!html.contains("<script"), "markup of the message in the page");
}
