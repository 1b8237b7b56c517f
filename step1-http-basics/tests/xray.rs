//! The x-ray covers every byte of every message, says what is wrong with the
//! wrong ones and nothing of the right ones, whatever is cut off or changed.

mod support;

use http::Method;
use step1_http_basics::xray::{self, Annotated, Colour, Kind, Part, Style, Vocabulary};
use support::corpus::{self, InvalidRequest, InvalidResponse, ValidRequest, ValidResponse};

/// Up to this length a message is cut and changed at every position.
const SHORT: usize = 400;

/// What holds for all bytes: the spans lie side by side, none is empty, and
/// nothing that is shown can do anything.
#[track_caller]
fn holds(annotated: &Annotated<'_>) {
    let mut at = 0;
    for span in &annotated.spans {
        assert_eq!(span.range.start, at, "a gap or an overlap in {annotated:?}");
        assert!(span.range.end > at, "an empty span in {annotated:?}");
        at = span.range.end;
    }
    assert_eq!(at, annotated.bytes.len(), "bytes without a span in {annotated:?}");
}

/// What holds for all the ways to show bytes.
#[track_caller]
fn shows(annotated: &Annotated<'_>) {
    let style = Style { width: 80, colour: Colour::Plain };
    let text = xray::text(annotated, style);
    for line in text.lines() {
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    let html = xray::html_fragment(annotated);
    assert!(!html.contains("\n\n") && !html.chars().any(|char| char.is_control() && char != '\n'));
    assert_eq!(html.matches("<li").count(), annotated.rows().count());
    let json = xray::json(annotated);
    assert_eq!(json.matches("{\"part\":").count(), annotated.spans.len());
}

/// Every prefix, and every byte changed in three ways.
fn variants(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let prefixes = (0..bytes.len()).map(|end| bytes[..end].to_vec());
    let flips = (0..bytes.len()).flat_map(|at| {
        [0x01, 0x20, 0x80].map(|bit| {
            let mut changed = bytes.to_vec();
            changed[at] ^= bit;
            changed
        })
    });
    prefixes.chain(flips)
}

#[test]
fn right_requests_have_no_fault() {
    for message in corpus::load::<ValidRequest>("valid") {
        let annotated = xray::request(&message.bytes);
        holds(&annotated);
        assert_eq!(annotated.fault(), None, "{}: {annotated:?}", message.name);
        assert!(
            annotated.spans.iter().all(|span| span.part != Part::Unread),
            "{}: {annotated:?}",
            message.name
        );
        let of = |part| {
            let spans = annotated.spans.iter().filter(move |span| span.part == part);
            spans.flat_map(|span| annotated.bytes_of(span).iter().map(|&byte| char::from(byte)))
        };
        let expected = &message.expected;
        assert_eq!(of(Part::Method).collect::<String>(), expected.method, "{}", message.name);
        // What was sent is shown, however it is read.
        let version: String = of(Part::Version).collect();
        let read_as = version.as_str().min("HTTP/1.1");
        assert_eq!(read_as, expected.version, "{}", message.name);
        let target = annotated
            .spans
            .iter()
            .filter(|span| span.part.kind() == Kind::Target || span.part == Part::SchemeEnd);
        let target = target.flat_map(|span| annotated.bytes_of(span));
        let target: String = target.map(|&byte| char::from(byte)).collect();
        assert_eq!(target, expected.target.text(), "{}", message.name);
        let content: String = of(Part::Content).chain(of(Part::ChunkData)).collect();
        assert_eq!(content, expected.content.text(), "{}", message.name);
        let names = annotated.spans.iter().filter(|span| span.part == Part::FieldName).count();
        assert_eq!(names, expected.fields.len(), "{}", message.name);
        let names =
            annotated.spans.iter().filter(|span| span.part == Part::TrailerFieldName).count();
        assert_eq!(names, expected.trailers.len(), "{}", message.name);
    }
}

#[test]
fn wrong_requests_say_what_is_wrong_in_one_place() {
    for message in corpus::load::<InvalidRequest>("invalid") {
        let annotated = xray::request(&message.bytes);
        holds(&annotated);
        let faults = annotated.spans.iter().filter(|span| span.fault.is_some()).count();
        let reason = &message.expected.reason;
        assert_eq!(faults, 1, "{} ({reason}): {annotated:?}", message.name);
        let fault = annotated.fault().unwrap_or_default();
        assert!(!fault.starts_with("incomplete"), "{} ({reason}): {annotated:?}", message.name);
    }
}

#[test]
fn responses_are_read_as_answers_to_their_request() {
    for message in corpus::load::<ValidResponse>("responses/valid") {
        let method = Method::from_bytes(message.expected.request_method.as_bytes()).unwrap();
        let annotated = xray::response(&method, &message.bytes);
        holds(&annotated);
        assert_eq!(annotated.fault(), None, "{}: {annotated:?}", message.name);
        let codes = annotated.spans.iter().filter(|span| span.part == Part::StatusCode);
        let codes: Vec<String> =
            codes.map(|span| xray::visible(annotated.bytes_of(span))).collect();
        assert_eq!(codes.len(), message.expected.interim.len() + 1, "{}", message.name);
        assert_eq!(codes.last(), Some(&message.expected.status.to_string()), "{}", message.name);
        let content: String = annotated
            .spans
            .iter()
            .filter(|span| matches!(span.part, Part::Content | Part::ChunkData))
            .flat_map(|span| annotated.bytes_of(span))
            .map(|&byte| char::from(byte))
            .collect();
        assert_eq!(content, message.expected.content.text(), "{}", message.name);
    }
    for message in corpus::load::<InvalidResponse>("responses/invalid") {
        let method = Method::from_bytes(message.expected.request_method.as_bytes()).unwrap();
        let annotated = xray::response(&method, &message.bytes);
        holds(&annotated);
        let is_faulty = annotated.fault().is_some() || message.bytes.is_empty();
        assert!(is_faulty, "{}: {annotated:?}", message.name);
    }
}

#[test]
fn all_messages_are_shown_without_a_byte_that_does_something() {
    for folder in ["valid", "invalid", "responses/valid", "responses/invalid"] {
        for bytes in files(folder) {
            shows(&xray::request(&bytes));
            shows(&xray::response(&Method::GET, &bytes));
        }
    }
}

#[test]
fn every_prefix_and_every_changed_byte_is_covered() {
    let mut runs = 0;
    for folder in ["valid", "invalid", "responses/valid", "responses/invalid"] {
        for bytes in files(folder).into_iter().filter(|bytes| bytes.len() <= SHORT).step_by(16) {
            for variant in variants(&bytes) {
                holds(&xray::request(&variant));
                holds(&xray::request_head(&variant));
                holds(&xray::response(&Method::GET, &variant));
                runs += 1;
            }
        }
    }
    assert!(runs > 5_000, "{runs}");
}

#[test]
fn what_is_not_complete_says_so_at_its_end() {
    let whole: &[u8] =
        b"POST /a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nT: 1\r\n\r\n";
    for end in 1..whole.len() {
        let annotated = xray::request(&whole[..end]);
        let last = annotated.spans.last().unwrap();
        let fault = last.fault.as_deref().unwrap_or_default();
        assert!(fault.starts_with("incomplete"), "{end}: {annotated:?}");
    }
    assert_eq!(xray::request(whole).fault(), None);
}

fn files(folder: &str) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire").join(folder);
    let entries = std::fs::read_dir(folder).expect("the corpus has this folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "http"))
        .collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("it was listed a moment ago")).collect()
}
