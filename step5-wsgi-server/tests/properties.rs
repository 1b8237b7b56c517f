//! Properties of every function of step 5 that reads bytes from outside, over
//! values made from seeds; `../fuzz` asserts the same of more of them.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, unreachable_pub, clippy::missing_panics_doc)] // step 1's
#[path = "../../step1-http-basics/tests/support/random.rs"]
mod random;

use std::cell::Cell;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use http::{HeaderMap, HeaderName, HeaderValue};
use random::for_seeds;
use step5_wsgi_server::forwarded::{Field, Forwarded};
use step5_wsgi_server::processes::messages::{FromMaster, FromWorker};

const PROXY: &str = "127.0.0.1:1000";
const CLIENT: &str = "192.0.2.7";
const PIECES: [&str; 16] = [
    "8.8.8.8",
    "127.0.0.1",
    "for=",
    "For=\"[2001:db8::1]:47\"",
    "proto=https",
    ";",
    ",",
    "\"",
    "\\",
    " ",
    "unknown",
    "_hidden",
    "=",
    "[",
    "]:80",
    "host=x",
];

/// Whatever a client writes, our proxy appends what it knows; the client cannot
/// hide behind it, or be somebody else.
#[test]
fn nobody_can_invent_what_our_proxy_says() {
    for_seeds(&[], 20_000, |random| {
        let mut invented = Vec::new();
        for _ in 0..random.number(0..=6) {
            match random.number(0..=3) {
                0 => invented.extend(random.bytes(0..=4)),
                _ => invented.extend(random.pick(&PIECES).bytes()),
            }
        }
        invented.retain(|byte| HeaderValue::from_bytes(&[*byte]).is_ok());
        let two_lines = random.one_in(3);
        for (field, name, own) in [
            (Field::XForwardedFor, "x-forwarded-for", CLIENT.to_owned()),
            (Field::Forwarded, "forwarded", format!("for={CLIENT};proto=http")),
        ] {
            let name = HeaderName::from_static(name);
            let mut fields = HeaderMap::new();
            if two_lines {
                fields.append(&name, HeaderValue::from_bytes(&invented).unwrap());
                fields.append(&name, own.parse().unwrap());
            } else {
                let line = [&invented[..], b", ", own.as_bytes()].concat();
                fields.append(&name, HeaderValue::from_bytes(&line).unwrap());
            }
            let proxies = vec!["127.0.0.1".parse().unwrap()];
            let forwarded = Forwarded { proxies, fields: vec![field] };
            let believed = forwarded.origin(Some(PROXY.parse().unwrap()), &mut fields);
            let client = SocketAddr::new(CLIENT.parse().unwrap(), 0);
            assert_eq!(believed.client, Some(client), "{fields:?}");
            // Who is no proxy of ours can say what he likes.
            let stranger: SocketAddr = "203.0.113.1:9".parse().unwrap();
            assert_eq!(forwarded.origin(Some(stranger), &mut fields).client, Some(stranger));
        }
    });
}

#[test]
fn any_packet_is_a_message_or_none_and_a_message_is_itself_again() {
    const WORDS: [&str; 9] =
        ["ready", "alive", "enough", "drain", "finish", "now", "table", "1 2 3 4 5", "-1"];
    let understood = Cell::new(0);
    for_seeds(&[], 20_000, |random| {
        let text = match random.number(0..=2) {
            0 => String::from_utf8_lossy(&random.bytes(0..=30)).into_owned(),
            1 => format!("{} ", random.pick(&WORDS)),
            _ => format!("{} {}", random.pick(&WORDS), random.pick(&WORDS)),
        };
        if let Some(message) = FromWorker::decode(&text) {
            assert_eq!(FromWorker::decode(&message.encode()), Some(message));
            understood.set(understood.get() + 1);
        }
        if let Some(message) = FromMaster::decode(&text) {
            assert_eq!(FromMaster::decode(&message.encode()), Some(message));
            understood.set(understood.get() + 1);
        }
    });
    assert!(understood.get() > 1_000, "{understood:?}");
}

/// A clock on the wall may be set back; no deadline may notice. So whoever reads
/// it is on this list, with what for.
#[test]
fn no_deadline_is_counted_by_the_clock_on_the_wall() {
    const ALLOWED: [(&str, &str); 4] = [
        ("step1-http-basics/src/clock.rs", "the Date field"),
        ("step5-wsgi-server/src/command.rs", "the access log"),
        ("step5-wsgi-server/src/event_loop/wall_clock.rs", "whether it was set"),
        ("step5-wsgi-server/src/python/reload.rs", "whether a file differs from before"),
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> =
        ["step1-http-basics/src", "step5-wsgi-server/src"].map(|it| root.join(it)).into();
    let mut readers = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read_to_string(&path).unwrap().contains("SystemTime") {
                let name = path.strip_prefix(&root).unwrap();
                readers.push(name.to_str().unwrap().to_owned());
            }
        }
    }
    readers.sort_unstable();
    assert_eq!(readers, ALLOWED.map(|(file, _)| file));
}
