//! The validator finds every breach, by either side, and no other.

#![allow(clippy::doc_markdown)] // the PEP's own words
#![allow(clippy::needless_pass_by_value)] // the form of an application

mod applications;
mod support;

use std::io::Cursor;
use std::sync::{Arc, Mutex};

use applications as apps;
use step4_wsgi_interface::applications::{environ_page, files::Files, hello};
use step4_wsgi_interface::gateway::{self, Memory};
use step4_wsgi_interface::middleware::access_log::AccessLog;
use step4_wsgi_interface::middleware::catch_errors::CatchErrors;
use step4_wsgi_interface::middleware::gzip::Gzip;
use step4_wsgi_interface::middleware::routes::Routes;
use step4_wsgi_interface::rule::{Rule, Side};
use step4_wsgi_interface::run::terminal::Request;
use step4_wsgi_interface::validator::Validator;
use step4_wsgi_interface::{Application, Body, Environ, Headers, Result, StartResponse, Write};

type Run = fn(Environ, StartResponse) -> Result<Body>;

/// The rules that were broken in one call, in order.
fn broken(application: impl Application, environ: Environ) -> Vec<Rule> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let report = Arc::clone(&seen);
    let validated = Validator::new(application, move |breach| {
        report.lock().expect("one thread").push(breach.rule);
    });
    let _ = gateway::run(&validated, environ, Memory::default());
    drop(validated);
    seen.lock().expect("one thread").split_off(0)
}

fn request() -> Environ {
    Request::get("/?a%0D%0Ab").environ()
}

/// Every rule of the application's side, and who breaks it.
const BY_THE_APPLICATION: [(Run, &[Rule]); 22] = [
    (apps::never_starts::application, &[Rule::StartBeforeBody]),
    (apps::never_starts_and_is_empty::application, &[Rule::StartBeforeBody]),
    (apps::yields_before_it_starts::application, &[Rule::StartBeforeBody]),
    (apps::starts_twice::application, &[Rule::StartOnce]),
    (apps::starts_again_after_a_refusal::application, &[Rule::StatusForm, Rule::StartOnce]),
    (apps::traps_exc_info::application, &[Rule::ExcInfoTrapped]),
    (apps::traps_exc_info_in_its_body::application, &[Rule::ExcInfoTrapped]),
    (apps::status_without_a_phrase::application, &[Rule::StatusForm]),
    (apps::status_with_a_line_end::application, &[Rule::StatusControl]),
    (apps::interim_status::application, &[Rule::StatusFinal]),
    (apps::name_with_a_colon::application, &[Rule::HeaderName]),
    (apps::value_with_a_line_end::application, &[Rule::HeaderValue]),
    (apps::hop_by_hop::application, &[Rule::HopByHop]),
    (apps::chunks_its_content::application, &[Rule::HopByHop]),
    (apps::status_as_a_header::application, &[Rule::StatusHeader]),
    (apps::value_beyond_latin_1::application, &[Rule::Latin1]),
    (apps::length_is_no_number::application, &[Rule::ContentLengthForm]),
    (apps::longer_than_it_says::application, &[Rule::ContentTooLong]),
    (apps::shorter_than_it_says::application, &[Rule::ContentTooShort]),
    (apps::writes_in_its_body::application, &[Rule::WriteInBody]),
    (apps::untyped::application, &[Rule::ContentType]),
    (apps::content_behind_204::application, &[Rule::NoContent]),
];

#[test]
fn every_breach_of_an_application_is_named() {
    for (application, rules) in BY_THE_APPLICATION {
        assert_eq!(broken(application, request()), rules);
    }
}

#[test]
fn every_breach_of_an_environ_is_named() {
    type Spoil = fn(&mut Environ);
    let cases: Vec<(Spoil, Rule)> = vec![
        (|environ| environ.remove("REQUEST_METHOD"), Rule::RequestMethod),
        (|environ| environ.set("REQUEST_METHOD", b""), Rule::RequestMethod),
        (|environ| environ.remove("SERVER_NAME"), Rule::ServerNameAndPort),
        (|environ| environ.set("SERVER_PORT", b""), Rule::ServerNameAndPort),
        (|environ| environ.remove("SERVER_PROTOCOL"), Rule::ServerProtocol),
        (|environ| environ.set("PATH_INFO", b"hello"), Rule::PathForm),
        (|environ| environ.set("PATH_INFO", b""), Rule::PathForm),
        (|environ| environ.set("SCRIPT_NAME", b"/"), Rule::ScriptNameForm),
        (|environ| environ.set("SCRIPT_NAME", b"app"), Rule::ScriptNameForm),
        (|environ| environ.set("CONTENT_LENGTH", b"-1"), Rule::ContentLengthVariable),
        (|environ| environ.set("HTTP_CONTENT_TYPE", b"text/plain"), Rule::HttpVariables),
        (|environ| environ.set("HTTP_CONTENT_LENGTH", b"1"), Rule::HttpVariables),
        (|environ| environ.wsgi.version = (2, 0), Rule::WsgiVersion),
        (|environ| environ.wsgi.url_scheme = "gopher".into(), Rule::UrlScheme),
        (|environ| environ.set_own("Server.Thing", 1), Rule::OwnNames),
        (|environ| environ.set_own("thing", 1), Rule::OwnNames),
    ];
    for (spoil, rule) in cases {
        let mut environ = request();
        spoil(&mut environ);
        assert_eq!(broken(hello::application, environ), [rule]);
    }
}

#[test]
fn every_other_breach_of_a_gateway_is_named() {
    // It lets the application go on after content has been sent.
    let seen = Arc::new(Mutex::new(Vec::new()));
    let report = Arc::clone(&seen);
    let note = move |breach: &step4_wsgi_interface::rule::Breach| {
        report.lock().expect("one thread").push(breach.rule);
    };
    let validated = Validator::new(apps::sends_and_fails::application, note.clone());
    let careless: StartResponse =
        Arc::new(|_: &str, _: Headers<'_>, _| Ok(Arc::new(|_: &[u8]| Ok(())) as Write));
    drop(validated.call(request(), careless).expect("a body"));
    assert_eq!(seen.lock().expect("one thread").split_off(0), [Rule::ExcInfoIgnored]);

    // Its input goes on behind the end.
    let reads: Run = |mut environ, start_response| {
        std::io::copy(&mut environ.wsgi.input, &mut std::io::sink())?;
        hello::application(environ, start_response)
    };
    let mut environ = Request::post("/", "a=b").environ();
    environ.wsgi.input = Box::new(Cursor::new(b"a=bGET / HTTP/1.1"));
    let rules = broken(reads, environ);
    assert!(rules.iter().all(|rule| *rule == Rule::InputTooLong) && !rules.is_empty());

    // It never ends a body.
    let validated = Validator::new(hello::application, note);
    let start = gateway::Call::new(Memory::default()).start_response();
    std::mem::forget(validated.call(request(), start).expect("a body"));
    drop(validated);
    assert_eq!(seen.lock().expect("one thread").split_off(0), [Rule::NotClosed]);
}

/// So that no rule stands in the list that nothing can find.
#[test]
fn every_rule_has_a_test_that_breaks_it() {
    let sources = [include_str!("validator.rs")];
    for rule in Rule::ALL {
        let name = format!("Rule::{rule:?}");
        let tested = sources.iter().any(|source| source.contains(&name));
        assert!(tested, "{name} is broken by no test");
        assert!(!rule.sentence().is_empty() && !rule.section().is_empty());
        let whose = rule.broken("x").to_string();
        match rule.side() {
            Side::Application => assert!(whose.starts_with("the application breaks")),
            Side::Gateway => assert!(whose.starts_with("the gateway breaks")),
        }
    }
}

#[test]
fn well_behaved_applications_are_left_in_peace() {
    for application in [
        apps::changes_its_mind::application as Run,
        apps::starts_late::application,
        apps::yields_empty_blocks::application,
        apps::writes_and_returns::application,
        apps::sends_and_fails::application,
        apps::fails_in_the_middle::application,
        hello::application,
        environ_page::application,
    ] {
        assert_eq!(broken(application, request()), []);
        let head = Request { method: "HEAD".into(), ..Request::get("/") };
        assert_eq!(broken(application, head.environ()), []);
    }
}

/// On both of its sides, as the PEP asks of middleware.
#[test]
fn our_middleware_keeps_the_contract_on_both_sides() {
    let root = tempfile::tempdir().expect("a folder");
    std::fs::write(root.path().join("a.txt"), "text ".repeat(100)).expect("written");
    let files = Files::below(root.path()).expect("a folder");
    let inner: Vec<(&str, Box<dyn Application + Send + Sync>)> = vec![
        ("/", Box::new(hello::application)),
        ("/", Box::new(apps::starts_late::application)),
        ("/", Box::new(apps::writes_and_returns::application)),
        ("/", Box::new(apps::yields_empty_blocks::application)),
        ("/", Box::new(apps::fails_at_once_in_its_body::application)),
        ("/a.txt", Box::new(files)),
    ];
    for (path, application) in inner {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (inside, outside) = (Arc::clone(&seen), Arc::clone(&seen));
        let application = Validator::new(application, move |breach| {
            inside.lock().expect("one thread").push(format!("inside: {breach}"));
        });
        let stack = CatchErrors(AccessLog::new(Gzip(Routes::new().mount("", application)), |_| {}));
        let stack = Validator::new(stack, move |breach| {
            outside.lock().expect("one thread").push(format!("outside: {breach}"));
        });
        let request = Request::get(path).field("Accept-Encoding", "gzip");
        let (memory, outcome) = gateway::run(&stack, request.environ(), Memory::default());
        assert!(outcome.is_ok() && memory.head.is_some());
        drop(stack);
        assert_eq!(*seen.lock().expect("one thread"), [""; 0]);
    }
}

/// It changes nothing, so that a server sees a file as a file.
#[test]
fn a_validated_body_is_still_what_it_was() {
    use step4_wsgi_interface::body::Kind;
    let validated = Validator::new(hello::application, |_| {});
    let start = gateway::Call::new(Memory::default()).start_response();
    let body = validated.call(request(), start).expect("a body");
    assert!(matches!(body.kind, Kind::Block(_)));
}
