//! php-fpm behind our server: what PHP's own process manager makes of our
//! records, and what it does when it is overloaded, killed, or done early.
//! Needs php-fpm (feature `peers`).
#![allow(clippy::unwrap_used)]

#[path = "support/php_fpm.rs"]
mod php_fpm;
mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use step1_http_basics::handler::{Request, Response as Answer};
use step3_cgi::fastcgi::address::Address;
use step3_cgi::fastcgi::backend::Options;

use php_fpm::PhpFpm;
use support::PATIENCE;
use support::site::{ask, connect, get, serving_application};

const SCRIPT: &str = r#"<?php
header('Content-Type: text/plain');
// Waits for what the test does.
function await_file($name) {
    for ($i = 0; $i < 3000 && !file_exists(__DIR__ . "/$name"); $i++) { usleep(10000); clearstatcache(); }
}
switch ($_GET['do'] ?? '') {
case 'upload':
    $in = fopen('php://input', 'r');
    for ($n = 0, $hash = hash_init('md5'); !feof($in); $n += strlen($piece)) hash_update($hash, $piece = fread($in, 65536));
    echo $n, ' ', hash_final($hash);
    break;
case 'large':
    for ($i = 0; $i < 1024; $i++) echo str_repeat(chr($i % 256), 65536);
    break;
case 'stream':
    echo 'first';
    flush();
    await_file('seen');
    echo 'second';
    break;
case 'finish':
    echo 'answered';
    fastcgi_finish_request();
    await_file('seen');
    touch(__DIR__ . '/done');
    break;
case 'slow':
    await_file('seen');
    echo 'slow';
    break;
case 'fatal':
    no_such_function();
case 'redirect':
    header('Location: http://localhost/elsewhere', true, 303);
    break;
case 'password':
    echo $_SERVER['PHP_AUTH_USER'], ' ', $_SERVER['PHP_AUTH_PW'];
    break;
case 'pid':
    echo getmypid();
    break;
default:
    echo json_encode(['method' => $_SERVER['REQUEST_METHOD'], 'script' => $_SERVER['SCRIPT_NAME'],
        'info' => $_SERVER['PATH_INFO'] ?? '', 'get' => $_GET, 'post' => $_POST, 'cookie' => $_COOKIE], JSON_UNESCAPED_SLASHES);
}
"#;

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("www")).unwrap();
        std::fs::write(folder.path().join("www/do.php"), SCRIPT).unwrap();
        Place { folder }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn socket(&self) -> String {
        self.path("php.sock").to_str().unwrap().to_owned()
    }

    fn fpm(&self, processes: usize) -> PhpFpm {
        PhpFpm::start(self.folder.path(), &self.socket(), processes)
    }

    fn serving<T>(
        &self,
        address: &Address,
        options: Options,
        use_it: impl FnOnce(SocketAddr) -> T,
    ) -> T {
        let files = |_: &mut Request<'_>| Answer::text(http::StatusCode::OK, "a file");
        serving_application(&files, &self.path("www"), &[".php"], address, options, use_it)
    }

    fn with_fpm<T>(
        &self,
        processes: usize,
        options: Options,
        use_it: impl FnOnce(SocketAddr) -> T,
    ) -> T {
        let fpm = self.fpm(processes);
        let result = self.serving(&Address::Unix(self.socket().into()), options, use_it);
        drop(fpm);
        result
    }
}

fn await_file(path: &Path) {
    let began = Instant::now();
    while !path.exists() {
        assert!(began.elapsed() < PATIENCE, "{} in time", path.display());
        thread::sleep(Duration::from_millis(5));
    }
}

fn check_variables(address: SocketAddr) {
    let response = ask(
        address,
        "POST /do.php/a%20b?x[]=1&x[]=%262",
        "Cookie: c=d\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        b"name=%C3%A9&n=2",
    );
    assert_eq!(
        response.text(),
        r#"{"method":"POST","script":"/do.php","info":"/a b","get":{"x":["1","&2"]},"post":{"name":"\u00e9","n":"2"},"cookie":{"c":"d"}}"#
    );
    let response = get(address, "/do.php");
    assert_eq!(
        response.text(),
        r#"{"method":"GET","script":"/do.php","info":"","get":[],"post":[],"cookie":[]}"#
    );
    let password = "Authorization: Basic em/DqzpvcGVuIHNlc2FtZQ==\r\n";
    let response = ask(address, "GET /do.php?do=password", password, b"");
    assert_eq!(response.text(), "zo\u{eb} open sesame", "PHP asks for the password itself");
    assert_eq!(get(address, "/do.php?do=redirect").status, 303);
    assert_eq!(get(address, "/do.php?do=fatal").status, 500);
}

#[test]
fn forms_and_paths_reach_php_over_a_unix_socket() {
    Place::new().with_fpm(2, Options::default(), check_variables);
}

#[test]
fn and_over_tcp() {
    let place = Place::new();
    // php-fpm wants to open its port itself: another program may be faster.
    let (address, fpm) = (0..5)
        .find_map(|_| {
            let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let started = std::panic::catch_unwind(|| {
                PhpFpm::start(place.folder.path(), &address.to_string(), 2)
            });
            Some((address, started.ok()?))
        })
        .expect("a port");
    place.serving(&Address::Tcp(address), Options::default(), |address| {
        check_variables(address);
        let content = vec![b'x'; 3_000_000];
        let response = ask(address, "POST /do.php?do=upload", "", &content);
        assert!(response.text().starts_with("3000000 "));
    });
    drop(fpm);
}

#[test]
fn sixty_four_mebibytes_go_in_and_come_out() {
    let place = Place::new();
    place.with_fpm(2, Options::default(), |address| {
        let content: Vec<u8> =
            (0..64 * 1024 * 1024_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let response = ask(address, "POST /do.php?do=upload", "", &content);
        assert_eq!(response.text(), "67108864 8dbd2e5cbc41169e65ca6dd06d2f44a1");
        let response = get(address, "/do.php?do=large");
        assert_eq!(response.content.len(), 64 * 1024 * 1024);
        assert!(
            (0..1024_usize)
                .all(|at| response.content[at * 65536 + 7] == u8::try_from(at % 256).unwrap())
        );
    });
}

#[test]
fn what_php_flushes_reaches_the_client_at_once() {
    let place = Place::new();
    place.with_fpm(1, Options::default(), |address| {
        let mut stream = connect(address);
        stream.write_all(b"GET /do.php?do=stream HTTP/1.0\r\n\r\n").unwrap();
        let (mut seen, mut byte) = (Vec::new(), [0]);
        while !seen.ends_with(b"first") {
            stream.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        std::fs::write(place.path("www/seen"), "").unwrap();
        stream.read_to_end(&mut seen).unwrap();
        assert!(seen.ends_with(b"firstsecond"));
    });
}

#[test]
fn an_answer_that_is_finished_early_is_whole_while_php_works_on() {
    let place = Place::new();
    place.with_fpm(2, Options::default(), |address| {
        let response = get(address, "/do.php?do=finish");
        assert_eq!((response.status, response.text()), (200, "answered"));
        assert!(!place.path("www/done").exists());
        std::fs::write(place.path("www/seen"), "").unwrap();
        await_file(&place.path("www/done"));
    });
}

#[test]
fn a_restart_between_two_requests_is_not_noticed() {
    let place = Place::new();
    let fpm = place.fpm(2);
    place.serving(&Address::Unix(place.socket().into()), Options::default(), |address| {
        let first = get(address, "/do.php?do=pid");
        fpm.kill();
        let fpm = place.fpm(2);
        let second = get(address, "/do.php?do=pid");
        assert_eq!((first.status, second.status), (200, 200));
        assert_ne!(first.text(), second.text());
        fpm.kill();
        let fpm = place.fpm(2);
        assert_eq!(ask(address, "POST /do.php?do=pid", "", b"a=b").status, 200);
        drop(fpm);
    });
}

#[test]
fn a_restart_in_the_middle_of_a_run_costs_those_answers_alone() {
    let place = Place::new();
    let fpm = place.fpm(3);
    let stop = AtomicBool::new(false);
    let (answered, answers) = mpsc::channel();
    place.serving(&Address::Unix(place.socket().into()), Options::default(), |address| {
        let runs = || {
            while !stop.load(Ordering::SeqCst) {
                let response = get(address, "/do.php");
                assert!([200, 502].contains(&response.status), "{}", response.head);
                if response.status == 200 {
                    answered.send(()).unwrap();
                }
            }
        };
        let await_more = || {
            // Those that came before do not count.
            answers.try_iter().for_each(drop);
            (0..50).for_each(|_| answers.recv_timeout(PATIENCE).expect("answers in time"));
        };
        thread::scope(|scope| {
            let runners: Vec<_> = (0..4).map(|_| scope.spawn(runs)).collect();
            await_more();
            fpm.kill();
            let fpm = place.fpm(3);
            await_more();
            stop.store(true, Ordering::SeqCst);
            runners.into_iter().for_each(|runner| runner.join().unwrap());
            assert_eq!(get(address, "/do.php").status, 200);
            drop(fpm);
        });
    });
}

#[test]
fn more_clients_than_processes_are_all_answered() {
    let place = Place::new();
    // More connections than php-fpm has processes: the trap.
    place.with_fpm(2, Options::default(), |address| {
        thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(move || {
                    for _ in 0..20 {
                        assert_eq!(get(address, "/do.php").status, 200);
                    }
                });
            }
        });
    });
}

#[test]
fn when_php_is_busy_for_too_long_clients_are_told_503_or_504() {
    let place = Place::new();
    let queue = Duration::from_millis(200);
    let bounded = Options { connections: 1, queue, ..Options::default() };
    let socket = || Address::Unix(place.socket().into());
    let fpm = place.fpm(1);
    place.serving(&socket(), bounded, |address| {
        thread::scope(|scope| {
            let slow = scope.spawn(move || get(address, "/do.php?do=slow"));
            let began = Instant::now();
            loop {
                // Until the slow one has the only connection.
                let status = get(address, "/do.php").status;
                if status == 503 {
                    break;
                }
                assert!(status == 200 && began.elapsed() < PATIENCE);
            }
            // Past its own bound, it waits in php-fpm's queue: that is 504.
            let quick = Options { timeout: queue, ..Options::default() };
            place.serving(&socket(), quick, |address| {
                assert_eq!(get(address, "/do.php").status, 504);
            });
            std::fs::write(place.path("www/seen"), "").unwrap();
            assert_eq!(slow.join().unwrap().text(), "slow");
            assert_eq!(get(address, "/do.php").status, 200);
        });
    });
    drop(fpm);
}

#[test]
fn a_picture_is_never_run_as_a_program() {
    let place = Place::new();
    std::fs::write(place.path("www/cat.jpg"), "<?php echo 'owned';").unwrap();
    place.with_fpm(1, Options::default(), |address| {
        for path in ["/cat.jpg/x.php", "/cat.jpg/do.php"] {
            let response = get(address, path);
            assert!([404, 400].contains(&response.status), "{path}: {}", response.head);
            assert!(!response.text().contains("owned"));
        }
    });
}
