//! What a program finds: its variables, its folder, its descriptors; and
//! nothing else.
#![allow(clippy::unwrap_used)]

#[path = "support/programs.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;

use step2_static_server::static_files::{Options, StaticFiles};
use support::{Answer, Place};

const SHOW: &str = "printf 'Content-Type: text/plain\\n\\n'; env";

/// The environment that a program printed, but for what sh itself sets.
fn environment(answer: &Answer) -> BTreeMap<String, String> {
    let lines = answer.text();
    let pairs = lines.lines().filter_map(|line| line.split_once('='));
    let pairs = pairs.filter(|(name, _)| !["PWD", "SHLVL", "_", "OLDPWD"].contains(name));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_environment_is_the_request_and_nothing_else() {
    let place = Place::new();
    place.script("sub/show", SHOW);
    place.ask(|ask| {
        let seen = environment(&ask(
            "POST /cgi-bin/sub/show/extra%20path/x?a=%20b&c\nProxy: evil\nAuthorization: Basic x\n\
             X-Two: 1\nX-Two: 2\nContent-Type: text/plain\n\n12345",
        ));
        let root = place.root().to_str().unwrap().to_owned();
        for (name, value) in [
            ("CONTENT_LENGTH", "5"),
            ("CONTENT_TYPE", "text/plain"),
            ("DOCUMENT_ROOT", root.as_str()),
            ("GATEWAY_INTERFACE", "CGI/1.1"),
            ("HTTP_HOST", "test.example:81"),
            ("HTTP_X_TWO", "1, 2"),
            ("PATH_INFO", "/extra path/x"),
            ("PATH_TRANSLATED", &format!("{root}/extra path/x")),
            ("QUERY_STRING", "a=%20b&c"),
            ("REMOTE_ADDR", "127.0.0.1"),
            ("REQUEST_METHOD", "POST"),
            ("SCRIPT_NAME", "/cgi-bin/sub/show"),
            ("SCRIPT_FILENAME", &format!("{root}/cgi-bin/sub/show")),
            ("SERVER_NAME", "test.example"),
            ("SERVER_PROTOCOL", "HTTP/1.1"),
        ] {
            assert_eq!(seen.get(name).map(String::as_str), Some(value), "{name}");
        }
        let known = [
            "CONTENT_LENGTH",
            "CONTENT_TYPE",
            "DOCUMENT_ROOT",
            "GATEWAY_INTERFACE",
            "HTTP_HOST",
            "HTTP_X_TWO",
            "LD_LIBRARY_PATH",
            "PATH",
            "PATH_INFO",
            "PATH_TRANSLATED",
            "QUERY_STRING",
            "REDIRECT_STATUS",
            "REMOTE_ADDR",
            "REMOTE_HOST",
            "REMOTE_PORT",
            "REQUEST_METHOD",
            "REQUEST_SCHEME",
            "REQUEST_URI",
            "SCRIPT_FILENAME",
            "SCRIPT_NAME",
            "SERVER_ADDR",
            "SERVER_NAME",
            "SERVER_PORT",
            "SERVER_PROTOCOL",
            "SERVER_SOFTWARE",
            "TZ",
        ];
        let unknown: Vec<_> = seen.keys().filter(|name| !known.contains(&name.as_str())).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    });
}

#[test]
fn the_path_is_split_at_the_program() {
    let place = Place::new();
    place.script("show", SHOW).script("a b/show", SHOW);
    place.ask(|ask| {
        for (path, name, info) in [
            ("/cgi-bin/show", "/cgi-bin/show", None),
            ("/cgi-bin/show/", "/cgi-bin/show", Some("/")),
            ("/cgi-bin/show/a/../b", "/cgi-bin/show", Some("/b")),
            ("/cgi-bin/show/.git/x", "/cgi-bin/show", Some("/.git/x")),
            ("/x/../cgi%2Dbin/show/%C3%A9%3F/", "/cgi-bin/show", Some("/é?/")),
            ("/cgi-bin/a%20b/show/x", "/cgi-bin/a b/show", Some("/x")),
        ] {
            let seen = environment(&ask(&format!("GET {path}")));
            assert_eq!(seen["SCRIPT_NAME"], name, "{path}");
            assert_eq!(seen.get("PATH_INFO").map(String::as_str), info, "{path}");
        }
        assert_eq!(ask("GET /cgi-bin/show/a%2Fb").status, 404, "an encoded slash is no name");
        assert_eq!(ask("GET /cgi-bin/show/a%00b").status, 400);
    });
}

#[test]
fn a_program_works_in_its_own_folder() {
    let place = Place::new();
    place.script("sub/where", "printf 'Content-Type: text/plain\n\n'; pwd");
    place.ask(|ask| {
        let folder = place.programs().join("sub");
        assert_eq!(ask("GET /cgi-bin/sub/where").text().trim_end(), folder.to_str().unwrap());
    });
}

#[test]
fn no_argument_is_made_of_the_query() {
    let place = Place::new();
    place.script("count", "printf 'Content-Type: text/plain\\n\\n'; echo $#");
    place.ask(|ask| assert_eq!(ask("GET /cgi-bin/count?-s+-d").text(), "0\n"));
}

#[test]
fn what_is_no_program_is_not_run_and_never_shown() {
    let place = Place::new();
    place.script("show", SHOW).script("nph-show", SHOW).script(".hidden", SHOW);
    fs::write(place.programs().join("text"), "#!/bin/sh\nsecret\n").unwrap();
    fs::create_dir(place.programs().join("folder")).unwrap();
    symlink("show", place.programs().join("inside")).unwrap();
    symlink("/bin/ls", place.programs().join("outside")).unwrap();
    symlink("cgi-bin", place.root().join("alias")).unwrap();
    symlink("cgi-bin/text", place.root().join("text-alias")).unwrap();
    place.ask(|ask| {
        for (path, status) in [
            ("/cgi-bin/missing", 404),
            ("/cgi-bin/text", 403),
            ("/cgi-bin/text/more", 403),
            ("/cgi-bin/folder", 403),
            ("/cgi-bin/folder/missing", 404),
            ("/cgi-bin/", 403),
            ("/cgi-bin", 301),
            ("/cgi-bin/nph-show", 501),
            ("/cgi-bin/.hidden", 404),
            ("/cgi-bin/inside", 200),
            ("/cgi-bin/outside", 404),
            ("/alias/text", 403),
            ("/alias/show", 403),
            ("/text-alias", 403),
            ("//cgi-bin//text", 403),
            ("/index.html", 200),
        ] {
            let answer = ask(&format!("GET {path}"));
            assert_eq!(answer.status, status, "{path}");
            assert!(!answer.text().contains("secret"), "{path}");
        }
    });
}

#[test]
fn programs_are_not_written_either() {
    let place = Place::new();
    place.script("show", SHOW);
    symlink("cgi-bin", place.root().join("alias")).unwrap();
    let files = StaticFiles::open(&place.root()).unwrap();
    let files = files.with(Options { list: false, write: true }).without("cgi-bin".as_ref());
    place.serve_files(&files, |address| {
        for path in ["/alias/new", "/alias/show", "/cgi-bin/new", "/alias/none/new"] {
            for method in ["PUT", "DELETE"] {
                let answer = support::ask(address, &format!("{method} {path}\n\n#!/bin/sh"));
                assert_eq!(answer.status, 403, "{method} {path}");
            }
        }
        assert_eq!(support::ask(address, "PUT /new\n\nx").status, 201);
    });
    assert_eq!(fs::read_dir(place.programs()).unwrap().count(), 1);
}
