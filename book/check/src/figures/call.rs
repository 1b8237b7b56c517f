//! What the interface costs: one call of hello, with all that a gateway does around it, and with
//! each piece of middleware.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use step4_wsgi_interface::applications::hello;
use step4_wsgi_interface::gateway::{Call, Memory, contained};
use step4_wsgi_interface::middleware::access_log::AccessLog;
use step4_wsgi_interface::middleware::catch_errors::CatchErrors;
use step4_wsgi_interface::middleware::gzip::Gzip;
use step4_wsgi_interface::middleware::routes::Routes;
use step4_wsgi_interface::validator::Validator;
use step4_wsgi_interface::{Application, Environ};

use super::{rounded, table};

/// Rounds of each row; they alternate.
const ROUNDS: usize = 9;
/// Calls in a round.
const CALLS: u32 = 20_000;

/// What a browser's request becomes.
const VARIABLES: &[(&str, &str)] = &[
    ("GATEWAY_INTERFACE", "CGI/1.1"),
    ("SERVER_SOFTWARE", "step5-wsgi-server/0.1.0"),
    ("SERVER_PROTOCOL", "HTTP/1.1"),
    ("SERVER_NAME", "127.0.0.1"),
    ("SERVER_PORT", "8000"),
    ("REQUEST_METHOD", "GET"),
    ("SCRIPT_NAME", ""),
    ("PATH_INFO", "/"),
    ("QUERY_STRING", ""),
    ("REMOTE_ADDR", "127.0.0.1"),
    ("HTTP_HOST", "127.0.0.1:8000"),
    ("HTTP_USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("HTTP_ACCEPT", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("HTTP_ACCEPT_LANGUAGE", "en-US,en;q=0.5"),
    ("HTTP_ACCEPT_ENCODING", "br, zstd"),
    ("HTTP_UPGRADE_INSECURE_REQUESTS", "1"),
    ("HTTP_SEC_FETCH_MODE", "navigate"),
];

type Row = (&'static str, Box<dyn FnMut()>);

pub(super) fn measure() -> Result<String, String> {
    let mut rows = rows();
    let mut times = vec![Vec::new(); rows.len()];
    for _ in 0..ROUNDS {
        for ((_, call), times) in rows.iter_mut().zip(&mut times) {
            let began = Instant::now();
            for _ in 0..CALLS {
                call();
            }
            times.push(began.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
        }
    }
    let rows: Vec<Vec<String>> = rows
        .iter()
        .zip(times)
        .map(|((name, _), times)| vec![(*name).to_owned(), rounded(fastest(&times))])
        .collect();
    let count = VARIABLES.len();
    Ok(format!(
        "{}\n{count} variables; hello's one block and its head are looked at and not sent. The fastest of {ROUNDS} rounds of {CALLS} calls.\n",
        table(&["What is done", "nanoseconds"], &rows)
    ))
}

/// Other work on the machine makes a round slower, and none faster.
fn fastest(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}

fn rows() -> Vec<Row> {
    vec![
        ("fill a `HashMap<String, String>`", Box::new(|| drop(black_box(map())))),
        ("fill an `Environ`", Box::new(|| drop(black_box(environ())))),
        ("fill it, call hello, take head and block", calling(hello::application)),
        ("… with `Routes`", calling(Routes::new().mount("", hello::application))),
        ("… with `CatchErrors`", calling(CatchErrors(hello::application))),
        (
            "… with `AccessLog`",
            calling(AccessLog::new(hello::application, |line| {
                black_box(line);
            })),
        ),
        ("… with `Gzip`, for a client that does not take it", calling(Gzip(hello::application))),
        (
            "… with `Validator`",
            calling(Validator::new(hello::application, |breach| {
                black_box(breach);
            })),
        ),
    ]
}

/// What a gateway does for a request.
fn calling(application: impl Application + 'static) -> Box<dyn FnMut()> {
    let mut call = Call::new(Memory::default());
    Box::new(move || {
        let body = contained(|| application.call(environ(), call.start_response()));
        let head = call.take_head(|head, _| black_box(head).headers().len());
        let _ = black_box((body, head));
        call.renew(Memory::default());
    })
}

fn environ() -> Environ {
    let mut environ = Environ::with_capacity(24, 1024);
    for (name, value) in VARIABLES {
        environ.append(name.as_bytes(), value.as_bytes());
    }
    environ
}

fn map() -> HashMap<String, String> {
    VARIABLES.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
