//! What a client gets for a path.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use step2_static_server::static_files::Options;
use support::{ask, ask_with};

fn site() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, data: &[u8]| fs::write(root.path().join(name), data).unwrap();
    fs::create_dir_all(root.path().join("folder/empty")).unwrap();
    write("simple_navbar.html", b"<h1>home</h1>");
    write("folder/index.html", b"inside");
    write("style.css", b"body {}");
    write("all.bin", &(0..=255).collect::<Vec<u8>>());
    write("a b+c%d#e'\"你好?.txt", b"odd");
    root
}

#[test]
fn a_file_is_sent_whole_with_what_a_browser_needs_to_know() {
    ask(site().path(), |ask| {
        let response = ask("GET /style.css");
        assert_eq!((response.status(), response.text()), (200, "body {}"));
        assert_eq!(response.field("content-type"), "text/css; charset=utf-8");
        assert_eq!(response.field("content-length"), "7");
        assert_eq!(response.field("x-content-type-options"), "nosniff");
        for name in ["date", "last-modified", "etag", "server"] {
            assert_ne!(response.field(name), "", "{name}");
        }
        let all = ask("GET /all.bin");
        assert_eq!(all.content, (0..=255).collect::<Vec<u8>>());
        assert_eq!(all.field("content-type"), "application/octet-stream");
    });
}

#[test]
fn no_page_of_the_servers_own_is_to_be_guessed_at() {
    let list = Options { list: true, ..Options::default() };
    ask_with(site().path(), list, |ask| {
        for (request, status) in [("GET /missing", 404), ("GET /folder", 301), ("GET /", 200)] {
            let response = ask(request);
            assert_eq!(response.status(), status, "{request}");
            assert_eq!(response.field("x-content-type-options"), "nosniff", "{request}");
        }
    });
}

#[test]
fn head_is_get_without_the_content() {
    ask(site().path(), |ask| {
        let (get, head) = (ask("GET /style.css"), ask("HEAD /style.css"));
        assert_eq!(head.content, b"");
        for name in ["content-length", "content-type", "etag", "last-modified"] {
            assert_eq!(head.field(name), get.field(name));
        }
        assert_eq!(ask("HEAD /missing").status(), 404);
    });
}

#[test]
fn a_folder_stands_for_its_index_and_ends_with_a_slash() {
    ask(site().path(), |ask| {
        assert_eq!(ask("GET /").text(), "<h1>home</h1>");
        assert_eq!(ask("GET /folder/").text(), "inside");
        assert_eq!(ask("GET /folder/empty/").status(), 404);
        assert_eq!(ask("GET /style.css/").status(), 404);
        let moved = ask("GET /folder?a=b");
        assert_eq!((moved.status(), moved.field("location")), (301, "/folder/?a=b"));
        // RFC 9110 §15.4.2: for a person whose client does not follow.
        assert!(moved.text().contains("<a href=\"/folder/?a=b\">"), "{}", moved.text());
        let marked = ask("GET /folder?a=\"><script>&b");
        assert!(
            marked.text().contains("?a=&quot;&gt;&lt;script&gt;&amp;b\">"),
            "{}",
            marked.text()
        );
    });
}

#[test]
fn a_redirect_never_leaves_the_site() {
    ask(site().path(), |ask| {
        for path in
            ["//folder", "/.//folder", "///%2e/folder", "/x/..//folder", "http://test//folder"]
        {
            let moved = ask(&format!("GET {path}"));
            assert_eq!((moved.status(), moved.field("location")), (301, "/folder/"), "{path}");
        }
    });
}

#[test]
fn a_query_does_not_change_which_file_is_meant() {
    ask(site().path(), |ask| {
        assert_eq!(ask("GET /style.css?v=2").text(), "body {}");
        assert_eq!(ask("GET /style.css?/../../etc/passwd").text(), "body {}");
    });
}

#[test]
fn names_with_any_characters_are_found() {
    ask(site().path(), |ask| {
        assert_eq!(ask("GET /a%20b+c%25d%23e'%22%E4%BD%A0%E5%A5%BD%3F.txt").text(), "odd");
        assert_eq!(ask("GET /a+b+c%25d%23e'%22%E4%BD%A0%E5%A5%BD%3F.txt").status(), 404);
    });
}

#[test]
fn a_page_says_what_was_not_found_and_never_as_markup() {
    ask(site().path(), |ask| {
        let missing = ask("GET /no/<b>%22%3Cscript%3E");
        assert_eq!(missing.status(), 404);
        assert!(missing.text().contains("/no/&lt;b&gt;&quot;&lt;script&gt;"), "{}", missing.text());
        assert_eq!(ask("GET /%zz").status(), 400);
    });
}

#[test]
fn other_methods_are_told_what_is_allowed() {
    ask(site().path(), |ask| {
        for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE"] {
            let refused = ask(&format!("{method} /style.css"));
            assert_eq!(
                (refused.status(), refused.field("allow")),
                (405, "GET, HEAD, OPTIONS"),
                "{method}"
            );
        }
        assert_eq!(ask("BREW /style.css").status(), 501);
        for target in ["*", "/style.css"] {
            let options = ask(&format!("OPTIONS {target}"));
            assert_eq!((options.status(), options.field("allow")), (204, "GET, HEAD, OPTIONS"));
        }
    });
}

#[test]
fn large_and_empty_files_arrive_unchanged() {
    let root = tempfile::tempdir().unwrap();
    // Sizes around the steps of the code that sends: one write, several, sendfile.
    for size in [0, 1, 4095, 4096, 32_767, 32_768, 65_536, 65_537, 5_000_000_usize] {
        let data: Vec<u8> = (0..=250).cycle().take(size).collect();
        fs::write(root.path().join(size.to_string()), data).unwrap();
    }
    ask(root.path(), |ask| {
        for entry in fs::read_dir(root.path()).unwrap() {
            let path = entry.unwrap().path();
            let response = ask(&format!("GET /{}", path.file_name().unwrap().to_str().unwrap()));
            assert!(response.content == fs::read(&path).unwrap(), "{path:?}");
        }
    });
}
