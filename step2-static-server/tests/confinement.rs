//! Nothing outside the root is read, whatever is asked for.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use step1_http_basics::limits::Limits;
use step2_static_server::static_files::{Options, StaticFiles};
use support::{Client, ask, ask_with, run};

/// `root` beside a secret and a folder whose name begins like the root's.
fn house() -> tempfile::TempDir {
    let house = tempfile::tempdir().unwrap();
    let at = |name: &str| house.path().join(name);
    fs::create_dir_all(at("root/folder")).unwrap();
    fs::create_dir_all(at("root-2")).unwrap();
    for name in ["secret", "root-2/secret", "root/.hidden", "root/page.html"] {
        fs::write(at(name), name).unwrap();
    }
    fs::create_dir_all(at("root/.well-known")).unwrap();
    fs::write(at("root/.well-known/security.txt"), "contact").unwrap();
    symlink("../secret", at("root/out")).unwrap();
    symlink(at("secret"), at("root/out-absolute")).unwrap();
    symlink(at("root/page.html"), at("root/inside-absolute")).unwrap();
    symlink(at("root/folder"), at("root/folder-absolute")).unwrap();
    symlink("..", at("root/up")).unwrap();
    symlink("page.html", at("root/inside")).unwrap();
    symlink("../page.html", at("root/folder/inside")).unwrap();
    symlink("loop", at("root/loop")).unwrap();
    house
}

fn root(house: &tempfile::TempDir) -> std::path::PathBuf {
    house.path().join("root")
}

#[test]
fn no_spelling_of_the_way_out_leads_out() {
    let house = house();
    ask(&root(&house), |ask| {
        for path in [
            "/../secret",
            "/%2e%2e/secret",
            "/.%2e/secret",
            "/folder/../../secret",
            "/folder/%2e%2e/%2E%2E/secret",
            "/..%2fsecret",
            "/%2e%2e%2fsecret",
            "/..%5csecret",
            "/..\\secret",
            "/%252e%252e/secret",
            "/../root-2/secret",
            "/-2/secret",
            "/..;/secret",
            "//secret",
            "/%00/../secret",
            "/page.html%00.png",
            "/%c0%ae%c0%ae/secret",
            "/%uff0e%uff0e/secret",
            "http://test/../secret",
            "/file:///secret",
        ] {
            let response = ask(&format!("GET {path}"));
            let expected = if path.contains("%00") || path.contains("%u") { 400 } else { 404 };
            assert_eq!(response.status(), expected, "{path}: {}", response.text());
            assert!(!response.text().contains("root-2/secret</"), "{path}");
        }
        let absolute = house.path().join("secret");
        assert_eq!(ask(&format!("GET {}", absolute.display())).status(), 404);
    });
}

#[test]
fn a_link_may_lead_about_inside_the_root_only() {
    let house = house();
    ask(&root(&house), |ask| {
        assert_eq!(ask("GET /inside").text(), "root/page.html");
        assert_eq!(ask("GET /folder/inside").text(), "root/page.html");
        assert_eq!(ask("GET /inside-absolute").text(), "root/page.html");
        assert_eq!(ask("GET /folder-absolute/inside").text(), "root/page.html");
        assert_eq!(ask("GET /folder-absolute").field("location"), "/folder-absolute/");
        assert_eq!(ask("GET /folder-absolute/missing/too").status(), 404);
        // Whether there is anything outside is not told.
        for path in ["/out", "/out-absolute", "/up/secret", "/up/", "/up/missing", "/up/a/b"] {
            let response = ask(&format!("GET {path}"));
            assert_eq!(response.status(), 403, "{path}: {}", response.text());
        }
        assert_eq!(ask("GET /loop").status(), 404);
    });
}

#[test]
fn a_list_shows_the_links_that_can_be_followed() {
    let house = house();
    ask_with(&root(&house), Options { list: true, write: false }, |ask| {
        let page = ask("GET /");
        for (link, is_shown) in [
            ("inside", true),
            ("inside-absolute", true),
            ("folder-absolute/", true),
            ("out", false),
            ("out-absolute", false),
            ("up/", false),
            ("loop", false),
        ] {
            let link = format!("href=\"{link}\"");
            assert_eq!(page.text().contains(&link), is_shown, "{link}: {}", page.text());
        }
        assert!(ask("GET /folder-absolute/").text().contains("href=\"inside\""));
    });
}

/// No link leads around the wall of a folder that is withheld.
#[test]
fn what_is_withheld_cannot_be_reached_by_a_link() {
    let house = house();
    fs::write(root(&house).join("folder/program"), "secret").unwrap();
    let files = StaticFiles::open(&root(&house)).unwrap().without(Path::new("folder"));
    run(&files, 64, Limits::default(), |server| {
        let ask = |path| Client::connect(server).exchange(&format!("GET {path}")).status();
        assert_eq!((ask("/folder/program"), ask("/folder-absolute/program")), (403, 403));
        assert_eq!(ask("/inside-absolute"), 200);
    });
}

#[test]
fn hidden_names_are_not_there() {
    let house = house();
    ask(&root(&house), |ask| {
        assert_eq!(ask("GET /.hidden").status(), 404);
        assert_eq!(ask("GET /%2ehidden").status(), 404);
        assert_eq!(ask("GET /.well-known/security.txt").text(), "contact");
    });
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let house = house();
    let fifo = root(&house).join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    let _socket = UnixListener::bind(root(&house).join("socket")).unwrap();
    ask(&root(&house), |ask| {
        assert_eq!(ask("GET /fifo").status(), 403);
        assert_eq!(ask("GET /socket").status(), 403);
    });
    ask(Path::new("/dev"), |ask| assert_eq!(ask("GET /zero").status(), 403));
}
