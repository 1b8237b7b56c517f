//! The guest book, as a browser sees it.

#![cfg(feature = "guestbook")]

mod support;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use step4_wsgi_interface::applications::guest_book::GuestBook;
use step4_wsgi_interface::run::terminal::Request;
use step4_wsgi_interface::validator::Validator;
use step4_wsgi_interface::{Application, Environ};
use support::{Answer, call};

/// What a browser remembers.
struct Browser<'a> {
    application: &'a Validator<GuestBook>,
    cookie: Option<String>,
}

impl Browser<'_> {
    fn ask(&mut self, mut request: Request) -> Answer {
        if let Some(cookie) = &self.cookie {
            request = request.field("Cookie", cookie);
        }
        let answer = self.call(request.environ());
        if let Some(set) = answer.header("set-cookie") {
            let cookie = set.split(';').next().expect("name=value").to_owned();
            self.cookie = (!set.contains("Max-Age=0")).then_some(cookie);
        }
        answer
    }

    fn call(&self, environ: Environ) -> Answer {
        let answer = call(self.application, environ);
        assert_eq!(answer.error, None);
        answer
    }

    fn get(&mut self, path: &str) -> Answer {
        self.ask(Request::get(path))
    }

    /// Loads the page that has the form, and sends it.
    fn submit(&mut self, page: &str, action: &str, fields: &str) -> Answer {
        let form = self.get(page).text();
        let token =
            form.split("name=\"form_token\" value=\"").nth(1).expect("a form").split('"').next();
        let token = token.expect("a token");
        self.ask(Request::post(action, &format!("form_token={token}&{fields}")))
    }

    fn register(&mut self, name: &str) -> Answer {
        self.submit("/register", "/register", &format!("name={name}&password=correct+horse"))
    }
}

struct World {
    _folder: tempfile::TempDir,
    file: PathBuf,
    application: Validator<GuestBook>,
}

impl World {
    fn new() -> Self {
        Self::with(|guest_book| guest_book)
    }

    fn with(change: impl Fn(GuestBook) -> GuestBook) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("book.sqlite3");
        let guest_book = change(GuestBook::at(file.clone()));
        let application = Validator::new(guest_book, |breach| panic!("{breach}"));
        World { _folder: folder, file, application }
    }

    fn browser(&self) -> Browser<'_> {
        Browser { application: &self.application, cookie: None }
    }
}

#[track_caller]
fn redirected(answer: &Answer, to: &str) {
    assert_eq!(answer.status, "303 See Other", "{}", answer.text());
    assert_eq!(answer.header("location"), Some(to));
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_reads_the_hashes() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    redirected(&world.browser().register("Maria"), "/");
    let folder = std::fs::read_dir(world.file.parent().expect("a folder")).expect("read");
    let files: Vec<_> = folder.map(|file| file.expect("a file")).collect();
    assert!(!files.is_empty());
    for file in files {
        let mode = file.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}: {mode:o}", file.file_name());
    }
}

#[test]
fn a_visitor_registers_signs_leaves_and_comes_back() {
    let world = World::new();
    let mut browser = world.browser();
    assert!(browser.get("/").text().contains("Nobody has signed yet"));
    redirected(&browser.register("Maria"), "/");
    redirected(&browser.submit("/", "/sign", "text=Hello%0D%0Athere"), "/");
    let page = browser.get("/").text();
    assert!(page.contains("<h2>Maria</h2>") && page.contains("<p>Hello\nthere</p>"), "{page}");
    redirected(&browser.submit("/", "/logout", ""), "/");
    assert_eq!(browser.cookie, None);
    assert!(browser.get("/").text().contains("to sign"));
    redirected(&browser.submit("/login", "/login", "name=MARIA&password=correct+horse"), "/");
    assert!(browser.get("/").text().contains("Log out Maria"), "names are the same in capitals");
}

#[test]
fn two_processes_see_the_same_book() {
    let world = World::new();
    redirected(&world.browser().register("maria"), "/");
    let other = Validator::new(GuestBook::at(world.file.clone()), |breach| panic!("{breach}"));
    let mut browser = Browser { application: &other, cookie: None };
    redirected(&browser.submit("/login", "/login", "name=maria&password=correct+horse"), "/");
}

#[test]
fn what_is_signed_is_text_in_the_page_and_data_in_the_database() {
    let world = World::new();
    let mut browser = world.browser();
    redirected(&browser.register("maria"), "/");
    let entry = "<script>alert('1')</script> \"'); DROP TABLE entry; -- ' OR ''='";
    let sent: String = entry.bytes().map(|byte| format!("%{byte:02x}")).collect();
    redirected(&browser.submit("/", "/sign", &format!("text={sent}")), "/");
    let page = browser.get("/").text();
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains(
        "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; &quot;&#x27;); DROP TABLE entry; -- "
    ));
    let injected = "name=maria%27+OR+%27%27%3D%27&password=correct+horse";
    assert_eq!(
        world.browser().submit("/login", "/login", injected).status,
        "422 Unprocessable Content"
    );
    let kept = browser.submit("/login", "/login", "name=%22%3E%3Cscript%3E&password=x");
    assert!(
        kept.text().contains("value=\"&quot;&gt;&lt;script&gt;\""),
        "a name that is shown again"
    );
}

#[test]
fn a_form_of_another_site_is_refused() {
    let world = World::new();
    let mut browser = world.browser();
    redirected(&browser.register("maria"), "/");
    let mut thief = world.browser();
    let stolen = thief.get("/login").text();
    let token = stolen
        .split("value=\"")
        .nth(1)
        .expect("a token")
        .split('"')
        .next()
        .expect("a token")
        .to_owned();
    for form in
        ["text=x".to_owned(), "form_token=&text=x".to_owned(), format!("form_token={token}&text=x")]
    {
        assert_eq!(browser.ask(Request::post("/sign", &form)).status, "403 Forbidden");
    }
    // A login form too: a visitor could be logged in as somebody else.
    let mut stranger = world.browser();
    let form = format!("form_token={token}&name=maria&password=correct+horse");
    assert_eq!(stranger.ask(Request::post("/login", &form)).status, "403 Forbidden");
    assert!(browser.get("/").text().contains("Nobody has signed yet"));
}

#[test]
fn the_cookie_is_kept_from_scripts_and_from_other_sites() {
    let world = World::new();
    let answer = world.browser().register("maria");
    let set = answer.header("set-cookie").expect("a cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
        assert!(set.split("; ").any(|there| there == part), "{part} is not in {set}");
    }
    assert!(!set.contains("Secure"), "over http it would be lost");
    let mut environ = Request::get("/login").environ();
    environ.wsgi.url_scheme = "https".into();
    environ.set("SCRIPT_NAME", "/gäste;buch".as_bytes());
    let answer = world.browser().call(environ);
    let set = answer.header("set-cookie").expect("a cookie");
    assert!(set.ends_with("; Secure") && set.contains("; Path=/g%C3%A4ste%3Bbuch; "), "{set}");
    assert!(answer.text().contains("action=\"/g%C3%A4ste%3Bbuch/login\""));
}

#[test]
fn a_login_begins_a_new_session_and_a_logout_ends_it_on_the_server() {
    let world = World::new();
    let mut browser = world.browser();
    browser.get("/register");
    let before = browser.cookie.clone();
    redirected(&browser.register("maria"), "/");
    let session = browser.cookie.clone().expect("a session");
    assert_ne!(before, Some(session.clone()), "a secret from before the login may be known");
    redirected(&browser.submit("/", "/logout", ""), "/");
    let mut replayed = Browser { application: &world.application, cookie: Some(session) };
    assert!(replayed.get("/").text().contains("to sign"), "the old cookie is of no use");
}

#[test]
fn a_second_login_ends_the_session_of_the_first() {
    let world = World::new();
    let mut browser = world.browser();
    redirected(&browser.register("maria"), "/");
    let first = browser.cookie.clone();
    redirected(&browser.submit("/login", "/login", "name=maria&password=correct+horse"), "/");
    assert_ne!(browser.cookie, first);
    let mut replayed = Browser { application: &world.application, cookie: first };
    assert!(replayed.get("/").text().contains("to sign"), "nobody is left behind");
}

#[test]
fn a_session_ends_after_a_week() {
    static NOW: AtomicU64 = AtomicU64::new(1_000_000_000);
    let world = World::with(|book| book.with_clock(|| NOW.load(Ordering::SeqCst)));
    let mut browser = world.browser();
    redirected(&browser.register("maria"), "/");
    let week = 7 * 24 * 60 * 60;
    NOW.fetch_add(week - 1, Ordering::SeqCst);
    assert!(browser.get("/").text().contains("Log out"));
    NOW.fetch_add(1, Ordering::SeqCst);
    assert!(browser.get("/").text().contains("to sign"));
}

#[test]
fn the_database_holds_neither_passwords_nor_sessions() {
    let world = World::new();
    let mut browser = world.browser();
    redirected(&browser.register("maria"), "/");
    let token = browser.cookie.clone().expect("a cookie");
    let token = token.split('=').nth(1).expect("its value");
    for suffix in ["", "-wal"] {
        let file = PathBuf::from(format!("{}{suffix}", world.file.display()));
        let bytes = std::fs::read(file).unwrap_or_default();
        let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(!holds("correct horse") && !holds(token), "{suffix}");
    }
}

#[test]
fn the_answer_to_a_wrong_login_does_not_tell_whether_the_name_exists() {
    let world = World::new();
    redirected(&world.browser().register("maria"), "/");
    let attempt = |name: &str| {
        let mut browser = world.browser();
        browser.get("/login");
        let began = Instant::now();
        let answer =
            browser.submit("/login", "/login", &format!("name={name}&password=wrong+horse"));
        (answer.status.clone(), answer.text().replace(name, "NAME").len(), began.elapsed())
    };
    attempt("nobody"); // makes the hash that nobody has
    let rounds = 5;
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..rounds {
        let (known, unknown) = (attempt("maria"), attempt("nobody"));
        assert_eq!((&known.0, known.1), (&unknown.0, unknown.1));
        fastest = [fastest[0].min(known.2), fastest[1].min(unknown.2)];
    }
    // Without a hash the unknown name would be answered some hundred times faster.
    assert!(fastest[1] * 3 > fastest[0], "known {:?}, unknown {:?}", fastest[0], fastest[1]);
}

#[test]
fn bad_names_passwords_and_entries_are_refused_with_a_reason() {
    let world = World::new();
    let mut browser = world.browser();
    let long = "x".repeat(33);
    for (name, password) in [
        ("", "correct+horse"),
        (long.as_str(), "correct+horse"),
        ("a+b", "correct+horse"),
        ("%3Cb%3E", "correct+horse"),
        ("a%00", "correct+horse"),
        ("maria", "short"),
        ("maria", "maria12345"),
        ("maria", &"x".repeat(257)),
    ] {
        let answer =
            browser.submit("/register", "/register", &format!("name={name}&password={password}"));
        assert_eq!(answer.status, "422 Unprocessable Content", "{name:?}");
        assert!(answer.text().contains("role=\"alert\""));
        assert!(!answer.text().contains(password), "a password is never shown");
    }
    redirected(&browser.register("%E8%8C%B6-1_a.b"), "/");
    assert_eq!(world.browser().register("%E8%8C%B6-1_A.B").status, "422 Unprocessable Content");
    for text in ["", "++%0A", &"x".repeat(1001), "a%00b"] {
        assert_eq!(
            browser.submit("/", "/sign", &format!("text={text}")).status,
            "422 Unprocessable Content"
        );
    }
    redirected(&browser.submit("/", "/sign", &format!("text={}", "%E8%8C%B6".repeat(1000))), "/");
}

#[test]
fn what_is_no_form_is_refused_before_it_is_read() {
    let world = World::new();
    let mut browser = world.browser();
    browser.get("/login");
    let json = Request::post("/login", "{}").field("Content-Type", "application/json");
    assert_eq!(browser.ask(json).status, "415 Unsupported Media Type");
    let long = Request::post("/login", &"x".repeat(70_000));
    assert_eq!(browser.ask(long).status, "413 Content Too Large");
    let mut cut = Request::post("/login", "name=maria").environ();
    cut.set("CONTENT_LENGTH", b"100");
    assert_eq!(browser.call(cut).status, "400 Bad Request");
}

#[test]
fn each_page_says_what_it_is_for() {
    let world = World::new();
    let mut browser = world.browser();
    assert_eq!(browser.get("/nothing").status, "404 Not Found");
    assert_eq!(browser.get("/sign").header("allow"), Some("POST"));
    assert_eq!(browser.ask(Request::post("/nothing", "a=b")).status, "404 Not Found");
    assert_eq!(browser.ask(Request::post("/", "a=b")).header("allow"), Some("GET, HEAD"));
    let put = Request { method: "PUT".into(), ..Request::get("/") };
    assert_eq!(browser.ask(put).status, "405 Method Not Allowed");
    let head = Request { method: "HEAD".into(), ..Request::get("/") };
    let answer = browser.ask(head);
    assert_eq!((answer.status.as_str(), answer.content.len()), ("200 OK", 0));
    assert!(
        browser
            .get("/style.css")
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/css"))
    );
    let page = browser.get("/");
    assert!(
        page.header("content-security-policy")
            .is_some_and(|policy| policy.contains("default-src 'none'"))
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("set-cookie"), None, "no form, no cookie");
    browser.get("/login");
    assert_eq!(browser.submit("/login", "/sign", "text=x").header("location"), Some("/login"));
}

#[test]
fn many_entries_are_shown_page_by_page() {
    let world = World::new();
    let mut browser = world.browser();
    redirected(&browser.register("maria"), "/");
    for number in 1..=25 {
        browser.submit("/", "/sign", &format!("text=number+{number}"));
    }
    let page = browser.get("/").text();
    assert!(
        page.contains("number 25<") && page.contains("number 6<") && !page.contains("number 5<")
    );
    assert!(page.contains("/?before=6"));
    let older = browser.get("/?before=6").text();
    assert!(older.contains("number 5<") && older.contains("number 1<") && !older.contains("Older"));
    assert_eq!(browser.get("/?before=x%27--").status, "200 OK");
}

#[test]
fn many_threads_sign_at_once_and_nothing_is_lost() {
    let world = World::new();
    let mut first = world.browser();
    redirected(&first.register("maria"), "/");
    let application = &world.application;
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let cookie = first.cookie.clone();
            scope.spawn(move || {
                let mut browser = Browser { application, cookie };
                for number in 0..5 {
                    redirected(
                        &browser.submit("/", "/sign", &format!("text={thread}.{number}!")),
                        "/",
                    );
                }
            });
        }
    });
    let mut found = first.get("/").text();
    let older = found
        .split("/?before=")
        .nth(1)
        .expect("older")
        .split('"')
        .next()
        .expect("a number")
        .to_owned();
    found += &first.get(&format!("/?before={older}")).text();
    for thread in 0..8 {
        for number in 0..5 {
            assert!(
                found.contains(&format!("<p>{thread}.{number}!</p>")),
                "{thread}.{number} is lost"
            );
        }
    }
}

#[test]
fn many_processes_make_the_same_new_book_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("book.sqlite3");
    let children: Vec<_> = (0..8)
        .map(|_| {
            std::process::Command::new(env!("CARGO_BIN_EXE_step4-wsgi-interface"))
                .env_clear()
                .envs([("GATEWAY_INTERFACE", "CGI/1.1"), ("REQUEST_METHOD", "GET")])
                .env("PATH_INFO", "/guest-book/")
                .env("GUEST_BOOK", &file)
                .stdin(std::process::Stdio::null())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .expect("the binary of this crate")
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("its output");
        assert!(
            output.stdout.starts_with(b"Status: 200 OK\r\n"),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}

/// So that the tests' browser is a gateway's client and nothing else.
#[test]
fn it_is_an_application_that_threads_may_share() {
    fn shared(_: &(impl Application + Send + Sync)) {}
    shared(&World::new().application);
}
