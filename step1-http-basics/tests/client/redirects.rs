//! Redirects lead where the standard says, with the method that it says.

use http::header::{AUTHORIZATION, HOST, HeaderValue, LOCATION};
use http::{HeaderMap, Method, StatusCode, Version};
use step1_http_basics::client::{Fault, Phase, RedirectError, UrlError, next_request};
use step1_http_basics::handler::{Request as Asked, Response};
use step1_http_basics::limits::Limits;
use step1_http_basics::parse::ResponseHead;

use super::scripted::serving;
use super::server;
use super::watched::{Seen, patient, request, watch_following};

fn redirect(code: u16, location: &str) -> ResponseHead {
    ResponseHead {
        version: Version::HTTP_11,
        status: StatusCode::from_u16(code).expect("a status code"),
        reason: String::new(),
        fields: HeaderMap::from_iter([(LOCATION, location.parse().expect("a field value"))]),
    }
}

/// [RFC 9110 §15.4](https://www.rfc-editor.org/rfc/rfc9110#section-15.4)
#[test]
fn the_next_method_depends_on_the_status() {
    let becomes = |code, method: &str| {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let first = request(method, "http://a/").with_content("hello").unwrap();
        let next = next_request(&first, &redirect(code, "/x")).unwrap().unwrap().request;
        (next.method().to_string(), next.content().to_vec())
    };
    let empty = Vec::new();
    let hello = b"hello".to_vec();
    for code in [301, 302] {
        assert_eq!(becomes(code, "POST"), ("GET".to_owned(), empty.clone()), "{code}");
        assert_eq!(becomes(code, "PUT"), ("PUT".to_owned(), hello.clone()), "{code}");
        assert_eq!(becomes(code, "GET"), ("GET".to_owned(), hello.clone()), "{code}");
    }
    assert_eq!(becomes(303, "POST"), ("GET".to_owned(), empty.clone()));
    assert_eq!(becomes(303, "DELETE"), ("GET".to_owned(), empty));
    assert_eq!(becomes(303, "HEAD").0, "HEAD");
    for code in [307, 308] {
        assert_eq!(becomes(code, "POST"), ("POST".to_owned(), hello.clone()), "{code}");
    }
}

#[test]
fn other_statuses_do_not_redirect() {
    let first = request(Method::GET, "http://a/");
    for code in [200, 201, 300, 304, 305, 306, 404] {
        assert!(next_request(&first, &redirect(code, "/x")).unwrap().is_none(), "{code}");
    }
    let nowhere = ResponseHead { fields: HeaderMap::new(), ..redirect(302, "/x") };
    assert!(next_request(&first, &nowhere).unwrap().is_none());
}

#[test]
fn what_belongs_to_one_server_is_not_sent_to_another() {
    let mut first = request(Method::GET, "http://a.example/");
    first.add_field(AUTHORIZATION, HeaderValue::from_static("Basic eDp5")).unwrap();
    first.add_field(HOST, HeaderValue::from_static("other.example")).unwrap();
    let sent_to = |location: &str| {
        let next = next_request(&first, &redirect(302, location)).unwrap().unwrap();
        assert_eq!(next.request.fields()[HOST], next.request.url().authority());
        assert!(next.left_out.contains(&HOST));
        next.request.fields().contains_key(AUTHORIZATION)
    };
    assert!(sent_to("/elsewhere"));
    assert!(sent_to("http://A.example:80/"));
    assert!(!sent_to("http://a.example:8000/"));
    assert!(!sent_to("http://b.example/"));
    assert!(!sent_to("//b.example/"));
}

#[test]
fn a_location_that_cannot_be_asked_for_is_an_error() {
    let first = request(Method::GET, "http://a/");
    let refused = |location: &str| match next_request(&first, &redirect(302, location)) {
        Err(RedirectError::Location { error, .. }) => error,
        other => panic!("{location}: {other:?}"),
    };
    assert_eq!(refused("https://a/"), UrlError::Https);
    assert_eq!(refused("ftp://a/"), UrlError::Scheme("ftp".to_owned()));
    assert_eq!(refused("http://me@a/"), UrlError::UserInfo);
    let mut two = redirect(302, "/x");
    two.fields.append(LOCATION, HeaderValue::from_static("/y"));
    assert!(matches!(next_request(&first, &two), Err(RedirectError::SeveralLocations)));
}

/// Redirects by path, and answers with what it was asked.
fn maze(request: &mut Asked<'_>) -> Response {
    let (status, location) = match request.head.target.path() {
        "/a/first" => (StatusCode::FOUND, "second?x"),
        "/a/second" => (StatusCode::MOVED_PERMANENTLY, "../b/third"),
        "/form" => (StatusCode::SEE_OTHER, "/thanks"),
        "/moved" => (StatusCode::PERMANENT_REDIRECT, "/here"),
        "/round" => (StatusCode::FOUND, "/about"),
        "/about" => (StatusCode::FOUND, "/round"),
        "/secure" => (StatusCode::FOUND, "https://a.example/"),
        _ => return server::echo(request),
    };
    Response::new(status).field(LOCATION, HeaderValue::from_static(location))
}

fn walk(method: Method, path: &str) -> (Result<StatusCode, Fault>, Seen) {
    server::serving(&maze, Limits::default(), |address| {
        let mut first = request(method, &format!("http://{address}{path}"));
        if *first.method() == Method::POST {
            first = first.with_content("hello").expect("POST has content");
        }
        let (result, seen) = watch_following(first, &patient());
        let result = result.map(|head| head.status).map_err(|error| {
            assert_eq!(error.phase, Phase::Redirect, "{error}");
            error.fault
        });
        (result, seen)
    })
}

#[test]
fn a_chain_is_followed_to_its_end() {
    let (result, seen) = walk(Method::GET, "/a/first");
    assert_eq!(result.unwrap(), StatusCode::OK);
    assert_eq!(seen.statuses, [302, 301, 200]);
    assert_eq!(seen.content, b"GET /b/third ");
    let (_, seen) = walk(Method::POST, "/form");
    assert_eq!(seen.content, b"GET /thanks ");
    let (_, seen) = walk(Method::POST, "/moved");
    assert_eq!(seen.content, b"POST /here hello");
}

#[test]
fn a_loop_and_a_dead_end_are_told() {
    let (result, seen) = walk(Method::GET, "/round");
    assert!(matches!(result, Err(Fault::Redirect(RedirectError::Loop(_)))), "{result:?}");
    assert_eq!(seen.statuses, [302, 302]);
    let (result, _) = walk(Method::GET, "/secure");
    assert!(
        matches!(
            result,
            Err(Fault::Redirect(RedirectError::Location { error: UrlError::Https, .. }))
        ),
        "{result:?}"
    );
}

#[test]
fn ten_redirects_are_followed_and_no_more() {
    let script = |connection: &mut super::scripted::Connection| {
        let line = connection.head.lines().next().unwrap_or_default();
        let number = line.trim_start_matches("GET /").split(' ').next().unwrap_or_default();
        let next = number.parse::<u32>().unwrap_or(0) + 1;
        connection.send(
            format!("HTTP/1.1 302 Found\r\nLocation: {next}\r\nContent-Length: 0\r\n\r\n")
                .as_bytes(),
        );
    };
    serving(script, |address| {
        let first = request(Method::GET, &format!("http://{address}/0"));
        let (result, seen) = watch_following(first, &patient());
        let error = result.unwrap_err();
        assert!(matches!(error.fault, Fault::Redirect(RedirectError::TooMany(10))), "{error}");
        assert_eq!(seen.statuses.len(), 11);
    });
}
