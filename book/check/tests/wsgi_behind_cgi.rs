//! What chapter 5 says of the second way to run an application: step 4's binary is a CGI program of
//! step 3's server, and the guest book works in a browser.
#![cfg(unix)]

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;

use check::sandbox::Sandbox;
use check::server::{self, Launch, PortArgument, Server};
use check::summary::or_fail;
use check::talk::{self, Answer};
use check::target::{self, Step};
use check::workspace;

/// The script of the chapter: it says where the guest book is kept, and becomes the binary.
const SCRIPT: &str = "#!/bin/sh\nGUEST_BOOK=DATABASE exec PROGRAM\n";

/// Step 3's server, with step 4's applications below `/cgi-bin/app`.
struct Site {
    server: Server,
    // Dropped after the server, which works in it.
    _sandbox: Sandbox,
}

fn start() -> Site {
    let built = or_fail(target::build(&[Step::Three, Step::Four]));
    let of = |step: Step| &built.iter().find(|(there, _)| *there == step).expect("built").1;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).expect("a folder");
    let programs = sandbox.folder().join("cgi-bin");
    fs::create_dir(&programs).expect("made");
    let script = SCRIPT
        .replace("DATABASE", &sandbox.folder().join("book.sqlite3").display().to_string())
        .replace("PROGRAM", &of(Step::Four).display().to_string());
    fs::write(programs.join("app"), script).expect("written");
    fs::set_permissions(programs.join("app"), fs::Permissions::from_mode(0o755)).expect("allowed");
    let args = ["--quiet".to_owned(), "--cgi-bin".to_owned(), programs.display().to_string()];
    let launch = Launch {
        program: of(Step::Three),
        args: &args,
        port: PortArgument::Flag,
        deadline: server::DEADLINE,
    };
    let server = Server::start(&sandbox, &launch).unwrap_or_else(|error| panic!("{error}"));
    Site { server, _sandbox: sandbox }
}

/// A browser: it keeps its cookie, and goes where it is sent.
struct Browser {
    address: SocketAddr,
    cookie: String,
}

impl Browser {
    fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    fn ask(&mut self, method: &str, path: &str, form: &str) -> Answer {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n",
            self.address, self.cookie
        );
        let content = match form {
            "" => "\r\n".to_owned(),
            form => format!(
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            ),
        };
        let answer = talk::ask(self.address, (head + &content).as_bytes()).expect("an answer");
        if let Some(cookie) = answer.field("set-cookie") {
            self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        }
        match answer.field("location") {
            Some(location) => self.get(&location),
            None => answer,
        }
    }

    /// Loads a page with a form, and sends the form.
    fn submit(&mut self, page: &str, action: &str, fields: &str) -> Answer {
        let page = self.get(page);
        let text = String::from_utf8_lossy(page.body()).into_owned();
        let token = text.split("name=\"form_token\" value=\"").nth(1).expect("a form");
        let token = token.split('"').next().expect("a token");
        self.ask("POST", action, &format!("form_token={token}&{fields}"))
    }
}

#[test]
fn the_guest_book_works_behind_a_real_server() {
    let site = start();
    let mut browser = Browser { address: site.server.address, cookie: String::new() };
    let at = |path: &str| format!("/cgi-bin/app/guest-book{path}");
    assert!(browser.get(&at("/")).body_holds("Nobody has signed yet"));
    let registered =
        browser.submit(&at("/register"), &at("/register"), "name=maria&password=correct+horse");
    assert!(registered.body_holds("Log out maria"), "{}", registered.in_words());
    let signed = browser.submit(&at("/"), &at("/sign"), "text=Good+%3Cb%3Etea%3C%2Fb%3E");
    assert_eq!(signed.status(), Some(200));
    assert!(signed.body_holds("<p>Good &lt;b&gt;tea&lt;/b&gt;</p>"));
    let left = browser.submit(&at("/"), &at("/logout"), "");
    assert!(left.body_holds("to sign"));
    let back = browser.submit(&at("/login"), &at("/login"), "name=maria&password=correct+horse");
    assert!(back.body_holds("Log out maria"));
    let forged = browser.ask("POST", &at("/sign"), "text=x");
    assert_eq!(forged.status(), Some(403));
}

#[test]
fn the_other_applications_are_there_too() {
    let site = start();
    let mut browser = Browser { address: site.server.address, cookie: String::new() };
    assert!(browser.get("/cgi-bin/app/hello").body_holds("<h1>Hello, Michael!</h1>"));
    let page = browser.get("/cgi-bin/app/environ/a%20b?x=1");
    for row in [
        "<th>SCRIPT_NAME</th><td>/cgi-bin/app/environ</td>",
        "<th>PATH_INFO</th><td>/a b</td>",
        "<th>QUERY_STRING</th><td>x=1</td>",
        "<th>wsgi.run_once</th><td>true</td>",
    ] {
        assert!(page.body_holds(row), "{row} is not in {}", String::from_utf8_lossy(page.body()));
    }
    assert_eq!(browser.get("/cgi-bin/app/nothing").status(), Some(404));
}
