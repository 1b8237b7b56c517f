//! The reference leaves nothing out, and says nothing twice.

use std::collections::HashSet;
use std::process::{Command, Output};

use http::StatusCode;
use step1_http_basics::framing;
use step1_http_basics::reference::{
    Caching, Class, RequestContent, ResponseContent, Section, also_registered, method, methods,
    status, statuses,
};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_step1-http-basics"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// What a command prints when it works.
#[track_caller]
fn says(arguments: &[&str], parts: &[&str]) {
    let output = run(arguments);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    for part in parts {
        assert!(text.contains(part), "no {part:?} in {arguments:?}:\n{text}");
    }
}

/// What a command says when it does not.
#[track_caller]
fn refuses(arguments: &[&str], parts: &[&str]) {
    let output = run(arguments);
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    for part in parts {
        assert!(text.contains(part), "no {part:?} in {arguments:?}:\n{text}");
    }
}

#[test]
fn every_status_code_that_has_a_name_is_explained() {
    for code in 100..=999 {
        let named = StatusCode::from_u16(code).unwrap().canonical_reason();
        if let Some(name) = named {
            let entry = status(code).unwrap_or_else(|| panic!("{code} {name} is not explained"));
            // Two names have changed since the `http` crate took them in; one was a joke.
            let known =
                [("Payload Too Large", 413), ("Unprocessable Entity", 422), ("I'm a teapot", 418)];
            let same = entry.name.replace('-', " ").eq_ignore_ascii_case(&name.replace('-', " "))
                || known.contains(&(name, code));
            assert!(same, "{code}: {name} or {}?", entry.name);
        }
    }
    let beyond: Vec<_> = statuses()
        .filter(|entry| StatusCode::from_u16(entry.code).unwrap().canonical_reason().is_none())
        .map(|entry| entry.code)
        .collect();
    assert_eq!(beyond, [306], "explained, though the http crate does not know them");
}

#[test]
fn status_codes_stand_in_order_with_the_facts_of_the_standard() {
    let codes: Vec<_> = statuses().map(|entry| entry.code).collect();
    assert!(codes.is_sorted_by(|one, next| one < next), "{codes:?}");
    let heuristic: Vec<_> = statuses()
        .filter(|entry| entry.caching == Caching::Heuristically)
        .map(|entry| entry.code)
        .collect();
    // RFC 9110 §15.1, and RFC 7725 §3 for 451.
    assert_eq!(heuristic, [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501]);
    for entry in statuses() {
        let code = StatusCode::from_u16(entry.code).unwrap();
        let may_have = framing::may_have_content(&http::Method::GET, code);
        assert_eq!(entry.content == ResponseContent::Never, !may_have, "{}", entry.code);
        assert_eq!(Class::of(entry.code), Some(entry.class()));
    }
}

#[test]
fn sections_and_sentences_are_each_there_once() {
    let mut seen = HashSet::new();
    for entry in statuses() {
        assert!(seen.insert(entry.section), "{}: {} again", entry.code, entry.section);
        if let Section::Rfc(9110, section) = entry.section {
            let class = format!("15.{}.", entry.code / 100 + 1);
            assert!(section.starts_with(&class), "{}: {section}", entry.code);
        }
        for text in [entry.meaning, entry.client, entry.met] {
            assert!(text.ends_with('.'), "{}: {text:?}", entry.code);
        }
    }
    let mut meanings = HashSet::new();
    assert!(statuses().all(|entry| meanings.insert(entry.meaning)));
    for entry in methods() {
        assert!(seen.insert(entry.section), "{}", entry.name);
        for text in [entry.meaning, entry.client, entry.met] {
            assert!(text.ends_with(['.', '?']), "{}: {text:?}", entry.name);
        }
    }
    assert!(also_registered().iter().all(|entry| seen.insert(entry.section)));
}

/// [RFC 9110 §9.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2)
#[test]
fn methods_have_the_properties_of_the_standard() {
    let with = |property: fn(&step1_http_basics::reference::Method) -> bool| {
        let entries = methods().iter().filter(|entry| property(entry));
        entries.map(|entry| entry.name).collect::<Vec<_>>()
    };
    assert_eq!(with(|entry| entry.safe), ["GET", "HEAD", "OPTIONS", "TRACE"]);
    assert_eq!(
        with(|entry| entry.idempotent),
        ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]
    );
    assert_eq!(with(|entry| entry.caching == Caching::Heuristically), ["GET", "HEAD"]);
    assert_eq!(with(|entry| entry.request_content == RequestContent::Forbidden), ["TRACE"]);
    assert_eq!(with(|entry| entry.response_content == ResponseContent::Never), ["HEAD", "CONNECT"]);
    for known in [http::Method::GET, http::Method::PATCH, http::Method::CONNECT] {
        assert!(method(known.as_str()).is_some(), "{known}");
    }
    assert!(methods().iter().all(|entry| !entry.safe || entry.idempotent));
}

#[test]
fn the_command_status_explains_or_helps() {
    says(
        &["status", "404"],
        &["404 Not Found\n", "4xx, client error", "RFC 9110 §15.5.5", "#section-15.5.5"],
    );
    says(&["status", "204"], &["never: the response ends with its head"]);
    says(&["status", "299"], &["299, not registered", "2xx, successful", "as 200"]);
    says(&["status", "599"], &["as 500"]);
    says(
        &["status"],
        &["100 Continue\n", "511 Network Authentication Required\n", "(RFC 9110 §15.4)"],
    );
    for wrong in ["99", "600", "1000", "0404", "abc", "+404", "4 4", "", "０４４"] {
        refuses(&["status", wrong], &["three digits, the first from 1 to 5", "Try: "]);
    }
}

#[test]
fn the_command_method_explains_or_helps() {
    says(&["method", "PUT"], &["PUT\n", "idempotent  yes", "safe        no", "RFC 9110 §9.3.4"]);
    says(&["method", "HEAD"], &["response    has no content"]);
    says(&["method", "PROPFIND"], &["WebDAV", "RFC 4918 §9.1"]);
    says(&["method", "BREW"], &["BREW, not registered", "501"]);
    says(&["method"], &["PATCH", "UNLOCK"]);
    refuses(&["method", "put"], &["put is not PUT", "case-sensitive", "Try: method PUT"]);
    refuses(&["method", "Move"], &["Move is not MOVE"]);
    refuses(&["method", "P T"], &["must be a token"]);
    refuses(&["method", ""], &["must be a token"]);
}
