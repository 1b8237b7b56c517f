//! The sample applications, as a visitor sees them.

use std::path::Path;

use crate::client::{Answer, Client};
use crate::running::{Running, site};

fn serving(name: &str, folder: &Path) -> Running {
    let mut command = site(name);
    command.args(["--threads", "4"]);
    command.env("GUESTS", folder.join("guests.sqlite3")).env("FILES_ROOT", folder);
    Running::start(command)
}

/// One visitor: a connection, and the cookies that the site has set.
struct Visitor {
    client: Client,
    cookies: Vec<String>,
}

impl Visitor {
    fn ask(&mut self, method: &str, path: &str, media_type: &str, content: &str) -> Answer {
        let cookies = self.cookies.join("; ");
        let length = content.len();
        self.client.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\
             Content-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n{content}"
        ));
        let answer = self.client.answer();
        for (name, value) in &answer.fields {
            if name.eq_ignore_ascii_case("set-cookie") {
                let cookie = value.split(';').next().unwrap_or_default().to_owned();
                let name = cookie.split('=').next().unwrap_or_default().to_owned();
                self.cookies.retain(|kept| !kept.starts_with(&format!("{name}=")));
                self.cookies.push(cookie);
            }
        }
        answer
    }
}

#[track_caller]
fn check_guest_list(name: &str, token_name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let server = serving(name, folder.path());
    let mut visitor = Visitor { client: server.connect(), cookies: Vec::new() };
    let page = visitor.ask("GET", "/", "", "").text();
    let token = page.split(&format!("name=\"{token_name}\" value=\"")).nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let form = "application/x-www-form-urlencoded";
    let content = format!("{token_name}={token}&name=Zo%C3%AB+%3Cb%3E");
    let answer = visitor.ask("POST", "/", form, &content);
    assert_eq!(answer.status, 302, "{}\n{}", answer.text(), server.log());
    let page = visitor.ask("GET", "/", "", "").text();
    assert!(page.contains("<li>Zo\u{eb} &lt;b&gt;</li>"), "{page}");
    assert!(page.contains("You are Zo\u{eb}"), "{page}");
    let forged = visitor.ask("POST", "/", form, &format!("{token_name}=x&name=y"));
    assert!([400, 403].contains(&forged.status), "{}", forged.status);
    assert_eq!(visitor.ask("GET", "/count", "", "").text(), "1\n2\n3\n4\n5\n");
    let upload = format!(
        "--b\r\nContent-Disposition: form-data; name=\"{token_name}\"\r\n\r\n{token}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n{}\r\n--b--\r\n",
        "x".repeat(300_000)
    );
    let answer = visitor.ask("POST", "/upload", "multipart/form-data; boundary=b", &upload);
    assert!(answer.text().contains("300000"), "{}", answer.text());
    assert!(!server.log().contains("Traceback"), "{}", server.log());
}

#[test]
fn a_site_in_flask_takes_forms_sessions_uploads_and_streams() {
    check_guest_list("flask_site:app", "token");
}

#[test]
fn a_site_in_django_takes_forms_sessions_uploads_and_streams() {
    check_guest_list("django_site", "csrfmiddlewaretoken");
}

#[test]
fn the_smallest_application_and_the_files_application_answer() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>here</p>").unwrap();
    assert_eq!(serving("hello:application", folder.path()).get("/").text(), "<h1>Hello!</h1>");
    let files = serving("files:application", folder.path());
    let answer = files.get("/");
    assert_eq!(
        (answer.text().as_str(), answer.field("content-type")),
        ("<p>here</p>", Some("text/html"))
    );
    for outside in ["/../files.py", "/%2e%2e/%2e%2e/etc/passwd", "/none", "/a%00b"] {
        assert_eq!(files.get(outside).status, 404, "{outside}");
    }
    assert_eq!(files.ask("POST", "/", "x").status, 405);
}
