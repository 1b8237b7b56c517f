//! `forwarded`: what our proxy has appended counts, whatever a client wrote.
#![no_main]

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use step5_wsgi_server::forwarded::{Field, Forwarded, Network};

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input) {
        let _ = text.parse::<Network>();
    }
    let proxy: SocketAddr = "127.0.0.1:1000".parse().expect("an address");
    let client: SocketAddr = "192.0.2.7:0".parse().expect("an address");
    for (field, name, own) in [
        (Field::XForwardedFor, "x-forwarded-for", "192.0.2.7"),
        (Field::Forwarded, "forwarded", "for=192.0.2.7;proto=http"),
    ] {
        let line = [input, b", ", own.as_bytes()].concat();
        let Ok(value) = HeaderValue::from_bytes(&line) else { return };
        let mut fields = HeaderMap::new();
        fields.append(HeaderName::from_static(name), value);
        let proxies = vec!["127.0.0.1".parse().expect("a network")];
        let forwarded = Forwarded { proxies, fields: vec![field] };
        let stranger: SocketAddr = "203.0.113.1:9".parse().expect("an address");
        assert_eq!(forwarded.origin(Some(stranger), &mut fields).client, Some(stranger));
        assert_eq!(forwarded.origin(Some(proxy), &mut fields).client, Some(client));
    }
    // Alone, with everything believed: any bytes are fine, and Host stays one.
    let Ok(value) = HeaderValue::from_bytes(input) else { return };
    let mut fields = HeaderMap::new();
    for name in ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"] {
        fields.append(HeaderName::from_static(name), value.clone());
    }
    let all =
        vec![Field::XForwardedFor, Field::XForwardedProto, Field::XForwardedHost, Field::Forwarded];
    let everybody = vec!["*".parse().expect("a network")];
    Forwarded { proxies: everybody, fields: all }.origin(Some(proxy), &mut fields);
    if let Some(host) = fields.get("host") {
        assert!(!host.as_bytes().iter().any(|byte| b" /,;\"@".contains(byte)), "{host:?}");
    }
});
