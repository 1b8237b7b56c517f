//! PEP 3333, sentence by sentence, as an application meets it.

use crate::running::{Running, apps, program, venv};

#[test]
fn the_validators_of_others_object_to_nothing() {
    for name in ["validated", "linted", "both"] {
        let mut command = program(&[&format!("validated:{name}"), "--chdir"]);
        command.arg(apps()).arg("--venv").arg(venv());
        let server = Running::start(command);
        assert_eq!(server.get("/").text(), "GET ");
        assert_eq!(server.ask("POST", "/a%20b?c=d", "content").text(), "POST content");
        assert_eq!(server.ask("HEAD", "/", "").status, 200);
        assert_eq!(server.log().matches("Traceback").count(), 0, "{name}: {}", server.log());
    }
}

#[test]
fn the_environ_is_complete_fresh_and_made_of_native_strings() {
    let server = Running::app("environ:app");
    let mut client = server.connect();
    let head = b"GET /caf%C3%A9/%2F?q=%41 HTTP/1.1\r\nHost: shop.example:81\r\nX-Latin: \xe9\r\n\
        Authorization: Basic YTpi\r\nProxy: x\r\nX_Under: x\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n";
    for _ in 0..2 {
        client.send(head);
        let content: String = client.answer().content.iter().copied().map(char::from).collect();
        for line in [
            "PATH_INFO=/caf\u{c3}\u{a9}//",
            "QUERY_STRING=q=%41",
            "SCRIPT_NAME=",
            "SERVER_NAME=shop.example",
            "SERVER_PROTOCOL=HTTP/1.1",
            "HTTP_X_LATIN=\u{e9}",
            "HTTP_AUTHORIZATION=Basic YTpi",
            "HTTP_COOKIE=a=1; b=2",
            "wsgi.version=(1, 0)",
            "wsgi.url_scheme=http",
            "wsgi.multithread=False",
            "wsgi.multiprocess=False",
            "wsgi.run_once=False",
            "wsgi.input=Input",
            "wsgi.errors=TextIOWrapper",
        ] {
            assert!(content.lines().any(|seen| seen == line), "no {line} in\n{content}");
        }
        for absent in ["HTTP_PROXY", "HTTP_X_UNDER", "CONTENT_LENGTH", "CONTENT_TYPE"] {
            assert!(!content.contains(absent), "{absent} in\n{content}");
        }
    }
}

/// RFC 9110 §8.6. What stands for no content differs between frameworks.
#[test]
fn the_length_in_an_answer_to_head_is_what_the_application_says() {
    let server = Running::app("heads:app");
    for nothing in ["list", "empty_block", "tuple", "generator"] {
        let answer = server.ask("HEAD", &format!("/{nothing}?7"), "");
        assert_eq!((answer.status, answer.field("content-length")), (200, Some("7")), "{nothing}");
        let answer = server.ask("HEAD", &format!("/{nothing}"), "");
        assert_eq!((answer.status, answer.field("content-length")), (200, None), "{nothing}");
    }
}

#[test]
fn an_environ_has_what_its_own_request_has_and_nothing_of_another() {
    const FIELDS: [&str; 6] =
        ["Accept", "Cookie", "Content-Type", "X-Name", "Referer", "User-Agent"];
    let server = Running::app("environ:app");
    let mut clients = [server.connect(), server.connect()];
    // Every step of 37 through the 64 sets of fields leads to each of them once.
    for turn in 0..128 {
        let set = turn * 37 % 64;
        let names = (0..FIELDS.len()).filter(|at| set >> at & 1 == 1).map(|at| FIELDS[at]);
        let fields: Vec<_> = names.map(|name| (name, format!("{name}-{}", turn % 3))).collect();
        let lines: String =
            fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let client = &mut clients[turn % 2];
        client.send(format!("GET /{} HTTP/1.1\r\nHost: a\r\n{lines}\r\n", turn % 5).as_bytes());
        let content = client.answer().text();
        let of_fields = |line: &&str| line.starts_with("HTTP_") || line.starts_with("CONTENT_");
        let seen: Vec<_> = content.lines().filter(of_fields).collect();
        let variable = |(name, value): &(&str, String)| match *name {
            "Content-Type" => format!("CONTENT_TYPE={value}"),
            name => format!("HTTP_{}={value}", name.to_ascii_uppercase().replace('-', "_")),
        };
        let mut expected: Vec<_> = fields.iter().map(variable).collect();
        expected.push("HTTP_HOST=a".to_owned());
        expected.sort();
        assert_eq!(seen, expected, "turn {turn}");
        assert!(content.contains(&format!("PATH_INFO=/{}\n", turn % 5)), "{content}");
    }
}

#[test]
fn what_an_application_has_kept_of_one_call_is_of_no_use_in_another() {
    let server = Running::app("keeps:app");
    let mut client = server.connect();
    let mut ask = |path: &str| {
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
        let answer = client.answer();
        (answer.status, answer.text())
    };
    for kept in 0..3 {
        let refused = vec!["refused"; 2 * kept].join(" ");
        assert_eq!(ask("/"), (200, refused.clone()));
        assert_eq!(ask("/keep"), (200, refused));
    }
}

#[test]
fn an_application_that_raises_is_a_plain_500_and_a_traceback_and_the_server_lives() {
    let mut server = Running::app("raises:app");
    for what in ["value", "late", "exit", "interrupt", "generator", "close"] {
        let answer = server.get(&format!("/{what}"));
        assert_eq!((answer.status, answer.text().as_str()), (500, "500 Internal Server Error\n"));
        assert_eq!(answer.field("content-type"), Some("text/plain; charset=utf-8"));
    }
    assert_eq!(server.printed(), "closed after an error\n");
    let log = server.log();
    for said in ["SystemExit: 7", "KeyboardInterrupt", "GET \"/late\"", "in app", "raises.py"] {
        assert!(log.contains(said), "the log does not say {said}: {log}");
    }
    assert_eq!(log.matches("Traceback").count(), 6, "{log}");
}

#[test]
fn what_is_of_the_wrong_type_or_must_not_be_sent_is_refused_where_it_is_wrong() {
    let server = Running::app("wrong_types:app");
    for (what, said) in [
        ("none", "an iterable of bytes, and is of type NoneType"),
        ("str", "a block of the content must be bytes, and is of type str"),
        ("number", "of type int"),
        ("status_bytes", "the status must be a str"),
        ("status_number", "the status must be a str, and is of type int"),
        ("status_short", "200 OK"),
        ("status_crlf", "control characters"),
        ("headers_tuple", "the headers must be a list, and is of type tuple"),
        ("headers_dict", "of type dict"),
        ("header_list", "a header must be a tuple"),
        ("header_three", "3 items"),
        ("header_bytes", "the value of a header must be a str, and is of type bytes"),
        ("header_number", "the value of a header must be a str, and is of type int"),
        ("header_crlf", "control characters"),
        ("header_not_latin", "in the header A"),
        ("header_name", "\"A:\" is no name of a header"),
        ("hop_by_hop", "Connection is between the server and its client"),
        ("framing", "Transfer-Encoding is between the server and its client"),
        ("surrogate", "surrogates not allowed"),
    ] {
        let before = server.log().len();
        let answer = server.get(&format!("/{what}"));
        assert_eq!((answer.status, answer.field("set-cookie")), (500, None), "{what}");
        let log = server.log();
        assert!(log[before..].contains(said), "{what} is not explained: {}", &log[before..]);
    }
}

#[test]
fn a_head_may_be_replaced_until_it_has_left() {
    let server = Running::app("changes_its_mind:app");
    assert_eq!(server.get("/twice").status, 500);
    assert!(server.log().contains("start_response was called again"), "{}", server.log());
    let answer = server.get("/exc_info");
    assert_eq!((answer.status, answer.text().as_str()), (503, "sorry"));
    assert!(answer.head.starts_with("HTTP/1.1 503 Sorry\r\n"), "{}", answer.head);
    assert_eq!(answer.field("x-first"), None);
    let answer = server.get("/refused");
    assert!(answer.status == 500 && !answer.text().contains("without a head"), "{}", answer.head);
    let mut client = server.connect();
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    let seen = String::from_utf8(client.until_close()).unwrap();
    assert!(seen.contains("sent") && !seen.contains("not reached"), "{seen}");
    assert!(!seen.ends_with("0\r\n\r\n"), "the response looks whole: {seen}");
    assert!(server.log().contains("raised again by start_response"));
}

#[test]
fn write_sends_before_the_application_returns() {
    let server = Running::app("writes:app");
    assert_eq!(server.get("/").text(), "first last\n");
    let answer = server.get("/length");
    assert_eq!(
        (answer.field("content-length"), answer.text().as_str()),
        (Some("11"), "first last\n")
    );
    assert_eq!(server.get("/str").status, 500);
    assert_eq!(server.ask("HEAD", "/", "").status, 200);
    // Against the PEP, and yet there are servers of Git that do so.
    assert_eq!(server.get("/generator").text(), "first last\n");
    assert_eq!(server.get("/generator_and_yields").text(), "first last\nof all\n");
    let mut client = server.connect();
    client.send("GET /raises HTTP/1.1\r\nHost: a\r\n\r\n");
    let seen = String::from_utf8(client.until_close()).unwrap();
    assert!(seen.contains("first ") && !seen.ends_with("0\r\n\r\n"), "{seen}");
    assert_eq!(server.get("/keeps").text(), "first last\n");
    let answer = server.connect_and_read("/kept");
    assert!(!answer.contains("into another's"), "{answer}");
    assert!(server.log().contains("write() was called after"), "{}", server.log());
}
