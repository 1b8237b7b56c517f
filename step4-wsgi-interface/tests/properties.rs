//! Properties of every function that reads bytes from outside, over values made
//! from seeds.

#[allow(dead_code, clippy::missing_panics_doc)] // step 1's, which uses all of it
#[path = "../../step1-http-basics/tests/support/random.rs"]
mod random;

use random::{Random, for_seeds};
use step4_wsgi_interface::applications::cookies::{cookie, set_cookie};
use step4_wsgi_interface::applications::form::{Form, percent_decoded};
use step4_wsgi_interface::applications::html::Text;
use step4_wsgi_interface::gateway::{self, Memory};
use step4_wsgi_interface::head::Head;
use step4_wsgi_interface::native_string::{NativeStr, NativeString};
use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

#[test]
fn a_native_string_is_its_bytes_and_back() {
    for_seeds(&[], 3_000, |random| {
        let bytes = random.bytes(0..=40);
        let native = NativeStr::from_bytes(&bytes);
        let text = native.to_string();
        assert_eq!(text.chars().count(), bytes.len());
        assert!(native == text.as_str());
        let again = NativeString::new(&text).expect("Latin-1");
        assert_eq!(again.as_native().as_bytes(), bytes);
        assert_eq!(native.to_text().ok(), std::str::from_utf8(&bytes).ok());
    });
}

/// The simplest thing that could be right: a list of pairs.
#[test]
fn an_environ_is_a_dictionary() {
    const NAMES: [&str; 6] = ["", "A", "AB", "B", "HTTP_A", "PATH_INFO"];
    for_seeds(&[], 3_000, |random| {
        let mut environ = Environ::new();
        let mut model: Vec<(&str, Vec<u8>)> = Vec::new();
        for _ in 0..random.number(0..=30) {
            let name = random.pick(&NAMES);
            if random.one_in(4) {
                environ.remove(name);
                model.retain(|(there, _)| *there != name);
                continue;
            }
            let value = random.bytes(0..=5);
            environ.set(name, &value);
            match model.iter_mut().find(|(there, _)| *there == name) {
                Some(pair) => pair.1 = value,
                None => model.push((name, value)),
            }
        }
        let all: Vec<_> = environ
            .iter()
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .collect();
        let expected: Vec<_> =
            model.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        assert_eq!(all, expected);
        for name in NAMES {
            let found =
                model.iter().find(|(there, _)| *there == name).map(|(_, value)| value.as_slice());
            assert_eq!(environ.get(name).map(NativeStr::as_bytes), found);
        }
    });
}

/// As a browser sends it.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b' ' => "+".into(),
            b'a'..=b'z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn text(random: &mut Random) -> String {
    const CHARACTERS: &[&str] =
        &["a", "z", "0", " ", "+", "%", "&", "=", ";", "é", "茶", "\0", "\r\n", "😀"];
    (0..random.number(0..=6)).map(|_| random.pick(CHARACTERS)).collect()
}

#[test]
fn a_form_says_what_was_typed() {
    for_seeds(&[], 3_000, |random| {
        let fields: Vec<(String, String)> = (0..random.number(1..=5))
            .map(|n| (format!("{n}{}", text(random)), text(random)))
            .collect();
        let content: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let form = Form::parse(content.join("&").as_bytes());
        for (name, value) in &fields {
            assert_eq!(form.get(name), Some(value.as_str()));
        }
    });
}

#[test]
fn any_bytes_are_a_form_and_decoding_never_makes_more_of_them() {
    for_seeds(&[], 10_000, |random| {
        let bytes = random.bytes_of(b"a=&%+2f0\xff;\0", 0..=30);
        let _ = Form::parse(&bytes);
        assert!(percent_decoded(&bytes).len() <= bytes.len());
        if !bytes.contains(&b'%') {
            assert_eq!(percent_decoded(&bytes), bytes);
        }
    });
}

#[test]
fn a_cookie_comes_back_as_it_was_set() {
    for_seeds(&[], 3_000, |random| {
        let value =
            String::from_utf8(random.bytes_of(b"0123456789abcdef=", 0..=12)).expect("ASCII");
        let set = set_cookie("name", &value, "/", None, random.one_in(2));
        let sent = set.split(';').next().expect("name=value");
        let others = random.pick(&["", "other=1; ", "named=2;", "xname=3; ", " ;; ", "name; "]);
        assert_eq!(cookie(&format!("{others}{sent}; last=1"), "name"), Some(value.as_str()));
    });
}

#[test]
fn any_text_is_a_cookie_field() {
    for_seeds(&[], 10_000, |random| {
        let field = text(random) + &text(random);
        if let Some(value) = cookie(&field, "a") {
            assert!(field.contains(value));
        }
    });
}

#[test]
fn text_in_a_page_is_never_markup() {
    for_seeds(&[], 3_000, |random| {
        let bytes = random.bytes_of(b"<>&\"'ab;#x", 0..=20);
        let written = Text(std::str::from_utf8(&bytes).expect("ASCII")).to_string();
        assert!(!written.contains(['<', '>', '"', '\'']));
        let read = written
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#x27;", "'")
            .replace("&amp;", "&");
        assert_eq!(read.as_bytes(), bytes);
    });
}

/// Whatever `start_response` is given: what is kept cannot make a line of its own.
#[test]
fn a_head_that_is_kept_is_one_head() {
    const STATUS: &[u8] = b"2004 OKab\r\n\0\t";
    for_seeds(&[], 10_000, |random| {
        let mut head = Head::default();
        let status = String::from_utf8_lossy(&random.bytes_of(STATUS, 0..=8)).into_owned();
        let status = if random.one_in(2) { "200 OK".to_owned() } else { status };
        let name = String::from_utf8_lossy(&random.bytes_of(b"AB:-_ \r\n", 0..=5)).into_owned();
        let value = text(random);
        if head.store(&status, &[(&name, &value)]).is_ok() {
            let mut lines = head.status().as_bytes().to_vec();
            assert!((200..=999).contains(&head.code()));
            for (name, value) in head.headers() {
                assert!(!name.is_empty() && !name.as_bytes().contains(&b':'));
                lines.extend_from_slice(value.as_bytes());
            }
            assert!(!lines.iter().any(u8::is_ascii_control));
        }
    });
}

/// An application that does what the bytes say: begins, writes, yields, fails,
/// in any order. (The fuzz target `call` does the same.)
fn whatever(input: Vec<u8>, start_response: &StartResponse) -> Result<Body> {
    let begin = |start_response: &StartResponse, length: u8, again: bool| -> Result<()> {
        let length = length.to_string();
        let headers = [("Content-Type", "text/plain"), ("Content-Length", length.as_str())];
        let shown = if length.len() == 3 { &headers[..1] } else { &headers[..] };
        start_response("200 OK", shown, again.then(|| "changed its mind".into())).map(drop)
    };
    let mut steps = input.into_iter();
    for step in steps.by_ref() {
        match step % 8 {
            0 => begin(start_response, step, false)?,
            1 => begin(start_response, step, true)?,
            2 => start_response("200 OK", &[], None)?(&[step; 3])?,
            3 => drop(begin(start_response, step, true)),
            4 => return Err("fails".into()),
            _ => break,
        }
    }
    let later = start_response.clone();
    Ok(Body::iterator(steps.map(move |step| {
        match step % 8 {
            0 => begin(&later, step, false)?,
            1 => begin(&later, step, true)?,
            2 => return Err("fails".into()),
            _ => {}
        }
        Ok(vec![step; usize::from(step % 4)])
    })))
}

#[test]
fn whatever_an_application_does_there_is_one_answer_and_never_too_long() {
    for_seeds(&[], 20_000, |random| {
        let mut steps = random.bytes(0..=8);
        if random.one_in(2) {
            steps.insert(0, 8 * random.byte_of(&[0, 1, 2, 13]));
        }
        let application =
            |_: Environ, start_response: StartResponse| whatever(steps.clone(), &start_response);
        let (memory, outcome) = gateway::run(&application, Environ::new(), Memory::default());
        let head = memory.head.expect("there is always an answer");
        if let Some(length) = head.content_length() {
            let sent = memory.content.len() as u64;
            assert!(sent <= length && (outcome.is_err() || sent == length), "{steps:?}");
        }
    });
}
