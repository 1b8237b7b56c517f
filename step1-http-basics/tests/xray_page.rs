//! What step 1's server answers: in the form that the client prefers, and
//! whatever is in the request, it is shown and does nothing.

use http::{HeaderMap, StatusCode};
use step1_http_basics::framing;
use step1_http_basics::handler::{Body, Request, Response};
use step1_http_basics::limits::Limits;
use step1_http_basics::presence::Presence;
use step1_http_basics::{parse, xray_page};

/// Asks without a connection; `content` is already taken out of its framing.
#[track_caller]
fn ask(head: &[u8], mut content: &[u8]) -> (StatusCode, HeaderMap, String) {
    let (parsed, length) =
        parse::request_head(head, &Limits::default()).expect("a head").expect("a whole head");
    let mut request = Request {
        framing: framing::of_request(parsed.version, &parsed.fields).expect("a framing"),
        head: parsed,
        raw_head: &head[..length],
        content: &mut content,
        peer: None,
        local: None,
        presence: Presence::unknown(),
    };
    let Response { status, fields, body } = xray_page::answer(&mut request);
    let text = match body {
        Body::Bytes(bytes) => String::from_utf8(bytes.to_vec()).expect("UTF-8"),
        Body::Empty => String::new(),
        other => panic!("{other:?}"),
    };
    (status, fields, text)
}

fn head(line: &str, fields: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n").into_bytes()
}

/// The tags of a page, without the values of their attributes.
fn tags(page: &str) -> Vec<String> {
    let (mut tags, mut rest) = (Vec::new(), page);
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').expect("every tag ends");
        let names = tag.split('"').step_by(2);
        tags.push(names.collect());
        rest = after;
    }
    tags
}

#[test]
fn the_client_chooses_the_form() {
    let media_type = |accept: &str| {
        let (status, fields, _) = ask(&head("GET /", accept), b"");
        assert_eq!(status, 200);
        assert_eq!(fields["vary"], "Accept");
        assert_eq!(fields["cache-control"], "no-store");
        fields["content-type"].to_str().expect("ASCII").to_owned()
    };
    assert_eq!(media_type(""), "text/plain; charset=utf-8");
    assert_eq!(media_type("Accept: */*\r\n"), "text/plain; charset=utf-8");
    assert_eq!(media_type("Accept: text/html,*/*;q=0.8\r\n"), "text/html; charset=utf-8");
    assert_eq!(media_type("Accept: application/json\r\n"), "application/json");
    assert_eq!(media_type("Accept: image/png\r\n"), "text/plain; charset=utf-8");
}

#[test]
fn every_method_is_answered_and_a_tunnel_is_not_promised() {
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW"] {
        let (status, _, text) = ask(&head(&format!("{method} /tea"), ""), b"");
        assert_eq!(status, 200);
        assert!(text.contains(&format!("\n{method}␠ ")), "{text}");
    }
    assert_eq!(ask(&head("OPTIONS *", ""), b"").0, 200);
    assert_eq!(ask(&head("CONNECT a.example:443", ""), b"").0, 501);
}

#[test]
fn the_icon_that_browsers_ask_for_is_nothing() {
    let (status, _, text) = ask(&head("GET /favicon.ico", "Accept: image/*\r\n"), b"");
    assert_eq!((status, text.as_str()), (StatusCode::NO_CONTENT, ""));
}

#[test]
fn the_page_has_the_same_tags_whatever_the_request_holds() {
    let request = |attack: &str| {
        let fields = format!(
            "Accept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 99\r\nX-{}: {attack}\r\nReferer: {attack}\r\n",
            "a".repeat(5)
        );
        let content = format!("{attack}={attack}");
        (head(&format!("GET /{attack}?{attack}={attack}"), &fields), content.into_bytes())
    };
    for (attack, harmless) in [
        ("<script>alert(1)</script>", "x"),
        ("\"><img/src=x/onerror=x>", "x"),
        ("'/onmouseover='alert(1)'", "x"),
        ("</title></style></samp>", "x"),
        ("<!--{{7*7}}-->", "x"),
        ("&lt;b&gt;", "&x&x"),
        ("%3Cscript%3Ealert(1)%3C/", "%78"),
    ] {
        let (bytes, content) = request(harmless);
        let (.., expected) = ask(&bytes, &content);
        let (bytes, content) = request(attack);
        let (_, fields, page) = ask(&bytes, &content);
        assert!(tags(&page) == tags(&expected), "{attack} gets through:\n{page}");
        assert!(
            fields["content-security-policy"]
                .to_str()
                .is_ok_and(|policy| policy.starts_with("default-src 'none'"))
        );
    }
}

#[test]
fn any_bytes_can_be_shown_in_any_form() {
    let all: Vec<u8> = (0..=255).collect();
    let mut visible: Vec<u8> = (0x21..=0x7E).filter(|byte| *byte != b'#').collect();
    visible.extend("%00%1b%ff%E4%BD%A0%zz%".bytes());
    for accept in ["text/html", "application/json", "text/plain"] {
        let mut bytes = b"POST /".to_vec();
        bytes.extend_from_slice(&visible);
        bytes.extend_from_slice(b" HTTP/1.1\r\nHost: a\r\nX: \t");
        bytes.extend((0x20..=0x7E).chain(0x80..=0xFF));
        bytes.extend_from_slice(format!("\r\nAccept: {accept}\r\n").as_bytes());
        bytes.extend_from_slice(b"Content-Type: application/x-www-form-urlencoded\r\n\r\n");
        let (_, _, page) = ask(&bytes, &all);
        let control = page.chars().find(|&char| char.is_control() && char != '\n');
        assert_eq!(control, None, "{accept}");
        match accept {
            "text/html" => assert!(!tags(&page).is_empty()),
            "application/json" => assert_eq!(json(page.as_bytes()), Some(&b"\n"[..]), "{page}"),
            _ => assert!(page.contains("\\xff"), "{page}"),
        }
    }
}

#[test]
fn content_is_kept_up_to_a_size_and_counted_beyond() {
    let content = vec![b'a'; 100_000];
    let (.., text) = ask(&head("POST /", "Content-Length: 100000\r\n"), &content);
    assert!(text.contains("100,000 bytes of content"), "{text}");
    assert!(text.contains("65,536"), "{text}");
    let html = head("POST /", "Content-Length: 100000\r\nAccept: text/html\r\n");
    let (.., page) = ask(&html, &content);
    assert!(page.contains("100,000 bytes; the first 65,536 are kept"));
    assert!(page.contains(&"a".repeat(65_536)) && !page.contains(&"a".repeat(65_537)));
}

#[test]
fn a_path_is_decoded_but_for_what_would_look_like_its_own_slashes() {
    let (.., json) =
        ask(&head("GET /a%2Fb%2fc%20d/%E4%BD%A0", "Accept: application/json\r\n"), b"");
    assert!(json.contains(r#""path_decoded": "/a%2Fb%2fc d/你","#), "{json}");
    let (.., text) = ask(&head("GET /a%2Fb%20c", ""), b"");
    assert!(text.contains("path: means /a%2Fb c"), "{text}");
}

#[test]
fn what_came_in_chunks_says_so_and_a_form_is_taken_apart() {
    let fields = "Transfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
    let (.., text) = ask(&head("POST /?a=%26+b&c", fields), b"name=%E4%BD%A0&x=1+2%2B");
    let text = text.replace("\r\n", "\n");
    for expected in ["it came in", "The query says\n  a = & b\n  c = \n", "name = 你\n  x = 1 2+\n"]
    {
        assert!(text.contains(expected), "{expected:?} in\n{text}");
    }
}

/// What is left after one JSON value; `None` if there is none.
/// [RFC 8259 §2](https://www.rfc-editor.org/rfc/rfc8259#section-2)
fn json(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_start();
    match text.first()? {
        b'{' => members(&text[1..], b'}', |text| {
            let after = string(text.trim_ascii_start())?.trim_ascii_start().strip_prefix(b":")?;
            json(after)
        }),
        b'[' => members(&text[1..], b']', json),
        b'"' => string(text),
        b'0'..=b'9' => text.iter().position(|byte| !byte.is_ascii_digit()).map(|end| &text[end..]),
        _ => text.strip_prefix(b"null"),
    }
}

fn members(mut text: &[u8], end: u8, member: impl Fn(&[u8]) -> Option<&[u8]>) -> Option<&[u8]> {
    if let Some(after) = text.trim_ascii_start().strip_prefix(&[end]) {
        return Some(after);
    }
    loop {
        text = member(text)?.trim_ascii_start();
        match text.first()? {
            b',' => text = &text[1..],
            byte if *byte == end => return Some(&text[1..]),
            _ => return None,
        }
    }
}

fn string(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text.strip_prefix(b"\"")?;
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Some(after),
            [b'\\', b'u', digits @ ..] if digits.len() >= 4 => {
                digits[..4].iter().all(u8::is_ascii_hexdigit).then_some(&digits[4..])?
            }
            [b'\\', b'"' | b'\\' | b'n' | b'r' | b't', after @ ..] => after,
            [0x20..=0x5B | 0x5D..=0xFF, after @ ..] => after,
            _ => return None,
        };
    }
}
