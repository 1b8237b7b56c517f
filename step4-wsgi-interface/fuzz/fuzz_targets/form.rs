//! `form`, `cookies`, `html`: any bytes are a form and a cookie field, and text
//! in a page is never markup.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step4_wsgi_interface::applications::cookies::cookie;
use step4_wsgi_interface::applications::form::{Form, percent_decoded};
use step4_wsgi_interface::applications::html::Text;
use step4_wsgi_interface::native_string::{NativeStr, NativeString};

fuzz_target!(|input: &[u8]| {
    let form = Form::parse(input);
    let _ = form.get("name");
    assert!(percent_decoded(input).len() <= input.len());

    let native = NativeStr::from_bytes(input);
    let text = native.to_string();
    assert!(native == text.as_str());
    let again = NativeString::new(&text).expect("each character is a byte");
    assert_eq!(again.as_native().as_bytes(), input);

    if let Some(value) = cookie(&text, "name") {
        assert!(text.contains(value));
    }
    assert!(!Text(&text).to_string().contains(['<', '>', '"', '\'']));
});
