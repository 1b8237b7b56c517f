//! PUT and DELETE, with `--write`: all of a file or nothing of it.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use std::thread;

use http::Method;
use step1_http_basics::limits::Limits;
use step2_static_server::static_files::Options;
use support::{CONTENT_COMES_FIRST, Client, ask, ask_with, serve_with};

const WRITE: Options = Options { list: false, write: true };

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_is_made_replaced_and_removed() {
    let root = tempfile::tempdir().unwrap();
    ask_with(root.path(), WRITE, |ask| {
        assert_eq!(ask("PUT /a.txt\n\nfirst").status(), 201);
        let replaced = ask("PUT /a.txt\n\nsecond");
        assert_eq!((replaced.status(), replaced.text()), (204, ""));
        assert_eq!(ask("GET /a.txt").text(), "second");
        assert_eq!(ask("DELETE /a.txt").status(), 204);
        assert_eq!(ask("DELETE /a.txt").status(), 404);
        assert_eq!(ask("GET /a.txt").status(), 404);
        assert_eq!(ask("OPTIONS /a.txt").field("allow"), "GET, HEAD, OPTIONS, PUT, DELETE");
        let refused = ask("POST /a.txt");
        assert!(refused.text().contains(refused.field("allow")), "{}", refused.text());
    });
    assert_eq!(names(root.path()), [""; 0], "no temporary file is left");
}

/// RFC 9110 §8.4, §15.5.16: stored as it is, it would later be sent without
/// the field that says how to read it.
#[test]
fn coded_content_is_refused() {
    let root = tempfile::tempdir().unwrap();
    ask_with(root.path(), WRITE, |ask| {
        assert_eq!(ask("PUT /a.txt\nContent-Encoding: gzip\n\npacked").status(), 415);
        assert_eq!(ask("GET /a.txt").status(), 404);
    });
}

/// RFC 9110 §9.3.4: the tag of a file that was just written is weak, and a weak
/// tag fails every `If-Match`. So the answer has none.
#[test]
fn no_tag_is_given_that_the_next_write_could_not_use() {
    let root = tempfile::tempdir().unwrap();
    ask_with(root.path(), WRITE, |ask| {
        assert_eq!(ask("PUT /a.txt\n\nfirst").field("etag"), "");
        assert_eq!(ask("PUT /a.txt\n\nsecond").field("etag"), "");
    });
}

#[test]
fn without_the_flag_nothing_is_written() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.txt"), "old").unwrap();
    ask(root.path(), |ask| {
        assert_eq!(ask("PUT /a.txt\n\nnew").status(), 405);
        assert_eq!(ask("DELETE /a.txt").status(), 405);
        assert_eq!(ask("GET /a.txt").text(), "old");
    });
}

#[test]
fn a_writer_can_ask_not_to_overwrite_another() {
    let root = tempfile::tempdir().unwrap();
    ask_with(root.path(), WRITE, |ask| {
        assert_eq!(ask("PUT /a.txt\nIf-None-Match: *\n\nfirst").status(), 201);
        assert_eq!(ask("PUT /a.txt\nIf-None-Match: *\n\nsecond").status(), 412);
        assert_eq!(ask("PUT /b.txt\nIf-Match: *\n\nsecond").status(), 412);
        assert_eq!(ask("PUT /a.txt\nIf-Match: \"x\"\n\nsecond").status(), 412);
        assert_eq!(ask("DELETE /a.txt\nIf-Match: \"x\"").status(), 412);
        assert_eq!(ask("GET /a.txt").text(), "first");
    });
}

#[test]
fn of_many_who_want_to_be_first_one_is() {
    let root = tempfile::tempdir().unwrap();
    serve_with(root.path(), WRITE, 64, Limits::default(), |server| {
        let put = |name: usize| {
            let request =
                format!("PUT /first\nIf-None-Match: *\n\n{}", name.to_string().repeat(10_000));
            Client::connect(server).exchange(&request).status()
        };
        let statuses: Vec<_> = thread::scope(|scope| {
            let clients: Vec<_> = (0..8).map(|name| scope.spawn(move || put(name))).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|&&status| status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|&&status| status == 412).count(), 7, "{statuses:?}");
    });
}

#[test]
fn a_reader_sees_the_old_file_or_the_new_one() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a"), "0".repeat(100_000)).unwrap();
    serve_with(root.path(), WRITE, 64, Limits::default(), |server| {
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for round in 1..30 {
                    let content = (round % 10).to_string().repeat(100_000);
                    assert_eq!(
                        Client::connect(server).exchange(&format!("PUT /a\n\n{content}")).status(),
                        204
                    );
                }
            });
            while !writer.is_finished() {
                let seen = Client::connect(server).exchange("GET /a").content;
                assert_eq!(seen.len(), 100_000);
                assert!(seen.iter().all(|&byte| byte == seen[0]));
            }
        });
    });
}

#[test]
fn content_that_stops_half_way_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.txt"), "old").unwrap();
    serve_with(root.path(), WRITE, 64, Limits::default(), |server| {
        for half in [
            "PUT /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
            "PUT /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "PUT /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nx\r\n",
        ] {
            let mut client = Client::connect(server);
            client.send(half);
            client.finish();
            assert_eq!(client.response(&Method::PUT).status(), 400, "{half}");
            assert!(client.is_closed());
        }
    });
    assert_eq!(fs::read_to_string(root.path().join("a.txt")).unwrap(), "old");
    assert_eq!(names(root.path()), ["a.txt"]);
}

#[test]
fn a_client_that_asks_first_is_not_told_to_send_what_is_refused() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.txt"), "old").unwrap();
    serve_with(root.path(), WRITE, 64, Limits::default(), |server| {
        let mut client = Client::connect(server);
        client.send("PUT /a.txt HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\nIf-None-Match: *\r\n\r\n");
        if CONTENT_COMES_FIRST {
            assert_eq!(client.response(&Method::PUT).status(), 100);
            client.send("new");
        }
        assert_eq!(client.response(&Method::PUT).status(), 412);
        assert!(CONTENT_COMES_FIRST || client.is_closed());
        let mut client = Client::connect(server);
        client.send(
            "PUT /a.txt HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
        );
        assert_eq!(client.response(&Method::PUT).status(), 100);
        client.send("new");
        assert_eq!(client.response(&Method::PUT).status(), 204);
    });
}

#[test]
fn what_cannot_be_a_file_is_refused() {
    let house = tempfile::tempdir().unwrap();
    let root = house.path().join("root");
    fs::create_dir_all(root.join("folder")).unwrap();
    ask_with(&root, WRITE, |ask| {
        for (path, status) in [
            ("/", 409),
            ("/folder", 409),
            ("/folder/", 409),
            ("/missing/a.txt", 409),
            ("/.hidden", 404),
            ("/a%2fb", 404),
            (&format!("/{}", "x".repeat(300)), 414),
        ] {
            assert_eq!(ask(&format!("PUT {path}\n\nx")).status(), status, "{path}");
        }
        assert_eq!(ask("PUT /../out.txt\n\nx").status(), 201);
        assert_eq!(ask("PUT /a.txt\nContent-Range: bytes 0-0/1\n\nx").status(), 400);
        assert_eq!(ask("DELETE /folder").status(), 409);
    });
    assert_eq!(names(house.path()), ["root"]);
    assert_eq!(names(&root), ["folder", "out.txt"]);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_that_leads_out() {
    let house = tempfile::tempdir().unwrap();
    let root = house.path().join("root");
    fs::create_dir_all(&root).unwrap();
    fs::write(house.path().join("secret"), "kept").unwrap();
    std::os::unix::fs::symlink("../secret", root.join("link")).unwrap();
    std::os::unix::fs::symlink("..", root.join("up")).unwrap();
    ask_with(&root, WRITE, |ask| {
        assert_ne!(ask("PUT /up/new\n\nx").status(), 201);
        assert_ne!(ask("PUT /up/secret\n\nx").status(), 204);
        assert_ne!(ask("DELETE /up/secret").status(), 204);
        ask("PUT /link\n\nx");
    });
    assert_eq!(fs::read_to_string(house.path().join("secret")).unwrap(), "kept");
    assert_eq!(names(house.path()), ["root", "secret"]);
}

#[cfg(unix)]
#[test]
fn what_was_written_is_read_under_every_name() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    for name in ["hard", "target", "moved"] {
        fs::write(at(name), "old").unwrap();
    }
    fs::hard_link(at("hard"), at("hard-2")).unwrap();
    std::os::unix::fs::symlink("target", at("soft")).unwrap();
    ask_with(root.path(), WRITE, |ask| {
        for name in ["/hard", "/soft"] {
            assert_eq!(ask(&format!("GET {name}")).text(), "old");
            assert_eq!(ask(&format!("PUT {name}\n\nnew")).status(), 204);
            assert_eq!(ask(&format!("GET {name}")).text(), "new");
            assert_eq!(ask(&format!("DELETE {name}")).status(), 204);
            assert_eq!(ask(&format!("GET {name}")).status(), 404);
        }
        assert_eq!(ask("GET /hard-2").text(), "old");
        // By somebody else, while the file is kept open.
        assert_eq!(ask("GET /moved").text(), "old");
        fs::rename(at("moved"), at("elsewhere")).unwrap();
        fs::write(at("moved"), "new").unwrap();
        assert_eq!(ask("GET /moved").text(), "new");
    });
}

#[test]
fn a_broken_delete_deletes_nothing() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.txt"), "kept").unwrap();
    serve_with(root.path(), WRITE, 64, Limits::default(), |server| {
        let mut client = Client::connect(server);
        client.send(
            "DELETE /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n",
        );
        assert_eq!(client.response(&Method::DELETE).status(), 400);
        assert!(client.is_closed());
    });
    assert_eq!(names(root.path()), ["a.txt"]);
}

#[cfg(unix)]
#[test]
fn who_may_read_the_old_file_may_read_the_new_one_and_nobody_else() {
    use std::os::unix::fs::PermissionsExt;

    let root = tempfile::tempdir().unwrap();
    let secret = root.path().join("secret");
    fs::write(&secret, "old").unwrap();
    for mode in [0o600, 0o640, 0o755] {
        fs::set_permissions(&secret, fs::Permissions::from_mode(mode)).unwrap();
        ask_with(root.path(), WRITE, |ask| assert_eq!(ask("PUT /secret\n\nnew").status(), 204));
        assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o7777, mode);
    }
}
