//! What holds for any bytes, on random ones from fixed seeds: for the head that a
//! program prints, and for the variables that it is told.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use step1_http_basics::limits::Limits;
use step1_http_basics::parse;
use step3_cgi::meta_variables::MetaVariables;
use step3_cgi::response::{Reader, Reply, ResponseError};

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn seeded(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % most
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// What heads are made of, and what spoils them.
const PIECES: [&str; 24] = [
    "Content-Type: text/plain",
    "Status: 404 Not Found",
    "Status: 99",
    "Location: /a?b",
    "Location: https://a.example/",
    "Content-Length: 5",
    "X-A: b",
    "x-cgi-own: 1",
    "Connection: close",
    "Transfer-Encoding: chunked",
    "\n",
    "\r\n",
    "\n",
    "\n\n",
    "\r\n\r\n",
    "\r",
    ":",
    " ",
    "\t",
    "\0",
    "content",
    "\u{e9}",
    "HTTP/1.1 200 OK",
    "Set-Cookie: a=b",
];

fn read(
    output: &[u8],
    sizes: &mut dyn FnMut() -> usize,
) -> Result<Option<(Reply, usize)>, ResponseError> {
    let (mut reader, mut before) = (Reader::new(), 0);
    while before < output.len() {
        let piece = &output[before..(before + sizes()).min(output.len())];
        if let Some((reply, used)) = reader.feed(piece)? {
            return Ok(Some((reply, before + used)));
        }
        before += piece.len();
    }
    Ok(None)
}

#[test]
fn a_head_means_the_same_however_it_is_cut() {
    let mut replies = 0;
    for seed in 1..=5000 {
        let mut random = Random::seeded(seed);
        let count = 1 + random.below(12);
        let output: String = (0..count).map(|_| random.of(&PIECES)).collect();
        let output = output.as_bytes();
        let whole = read(output, &mut || output.len());
        assert_eq!(read(output, &mut || 1 + random.below(6)), whole, "seed {seed}");
        match whole {
            Ok(Some((Reply::Response { status, fields }, length))) => {
                replies += 1;
                assert!((200..600).contains(&status.as_u16()), "seed {seed}");
                assert!(!fields.contains_key("connection") && !fields.contains_key("status"));
                assert!(output[..length].ends_with(b"\n"));
            }
            Ok(Some((Reply::LocalRedirect(path), _))) => assert!(path.starts_with('/')),
            Ok(None) | Err(_) => {}
        }
    }
    assert!(replies > 100, "only {replies} of the outputs were responses");
}

#[test]
fn no_request_sets_a_variable_twice_or_one_that_is_not_its_own() {
    let own: BTreeSet<&str> = [
        "GATEWAY_INTERFACE",
        "SERVER_SOFTWARE",
        "SERVER_PROTOCOL",
        "SERVER_NAME",
        "SERVER_PORT",
        "REQUEST_METHOD",
        "SCRIPT_NAME",
        "QUERY_STRING",
        "CONTENT_TYPE",
        "REMOTE_ADDR",
        "REMOTE_HOST",
        "REQUEST_URI",
        "REQUEST_SCHEME",
    ]
    .into();
    let names = [
        "Proxy",
        "X_A",
        "X-A",
        "Content-Type",
        "Remote-User",
        "Path",
        "Cookie",
        "AUTHORIZATION",
        "Te",
    ];
    for seed in 1..=2000 {
        let mut random = Random::seeded(seed);
        let mut request = "GET /a?b HTTP/1.1\r\nHost: a\r\n".to_owned();
        for _ in 0..random.below(8) {
            request.push_str(&format!("{}: {}\r\n", random.of(&names), random.below(100)));
        }
        request.push_str("\r\n");
        let (head, _) =
            parse::request_head(request.as_bytes(), &Limits::default()).unwrap().unwrap();
        let mut seen = BTreeSet::new();
        MetaVariables::of(&head).visit(|name, _| {
            assert!(seen.insert(name.to_owned()), "seed {seed}: {name} twice");
            assert!(own.contains(name) || name.starts_with("HTTP_"), "seed {seed}: {name}");
            assert!(
                !["HTTP_PROXY", "HTTP_AUTHORIZATION", "HTTP_TE"].contains(&name),
                "seed {seed}"
            );
        });
    }
}
