//! What holds for every URL and every answer, tried with many made from seeds.

use http::Method;
use step1_http_basics::client::{Host, Url};
use step1_http_basics::target::{RequestTarget, is_authority};

use super::random::{Random, for_seeds};
use super::scripted::{Connection, serving};
use super::watched::{patient, request, watch};

const MARKS: &[&str] = &[
    "http:",
    "//",
    "/",
    "\\",
    ".",
    "..",
    "%2e",
    "%",
    "%41",
    "?",
    "#",
    ":",
    "@",
    "[",
    "]",
    "[::1]",
    "127.0.0.1",
    "a",
    "B.example",
    "80",
    "0",
    "é",
    " ",
    "\"",
    "'",
    "|",
    "^",
    "\u{7f}",
    "\u{202e}",
    "https:",
    "x:",
];

fn reference(random: &mut Random) -> String {
    (0..random.number(0..=8)).map(|_| random.pick(MARKS)).collect()
}

#[test]
fn every_url_can_be_sent_and_is_read_again_as_itself() {
    let base = Url::parse("http://a/b/c?q").expect("a URL");
    for_seeds(&[], 20_000, |random| {
        let text = reference(random);
        let whole = format!("http://a{text}");
        let urls = [Url::parse(&text), Url::parse(&whole), base.join(&text)];
        for url in urls.into_iter().flatten() {
            let again = Url::parse(&url.to_string()).expect("a URL");
            assert_eq!(again.to_string(), url.to_string(), "{text:?}");
            assert!(is_authority(&url.authority()), "{text:?}: {url}");
            assert!(matches!(url.host(), Host::Address(_)) || !url.authority().contains('['));
            let target = RequestTarget::parse(&Method::GET, &url.target()).expect("a target");
            let walked = target.path().split('/').all(|part| !matches!(part, "." | ".."));
            assert!(walked, "{text:?}: {url}");
        }
    });
}

const ANSWERS: &[&str] = &[
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nA: b\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nhello",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
];

/// What the client makes of an answer that comes in these pieces.
fn outcome(pieces: &[&[u8]]) -> String {
    let script = |connection: &mut Connection| {
        pieces.iter().for_each(|piece| connection.send(piece));
    };
    serving(script, |address| {
        let (result, seen) =
            watch(&request(Method::GET, &format!("http://{address}/")), &patient());
        match result {
            Ok(head) => format!("{head:?} {:?} {:?}", seen.content, seen.trailers),
            // The bytes that an error quotes are those that had come by then.
            Err(error) => error.to_string().split(" It begins ").take(1).collect(),
        }
    })
}

#[test]
fn an_answer_means_the_same_however_it_is_cut() {
    for_seeds(&[], 400, |random| {
        let answer = random.pick(ANSWERS).as_bytes();
        let answer = if random.one_in(4) { answer.to_vec() } else { random.mutate(answer) };
        let pieces = random.cut(&answer);
        assert_eq!(
            outcome(&pieces),
            outcome(&[&answer]),
            "{:?}",
            answer.escape_ascii().to_string()
        );
    });
}
