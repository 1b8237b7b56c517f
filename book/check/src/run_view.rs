//! Draws one run of a CGI program: its environment, what went in, and what came out.
//!
//! Promise 4. *Strategy*: step 3 runs `cgi-bin/echo.sh` for a request that is made here, and its own
//! observer, which is what `--xray` prints from, hands over the record. What differs between two
//! machines, the folder and the search path, is replaced by what a reader sees elsewhere.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use step1_http_basics::framing::Framing;
use step1_http_basics::handler::{Body, Request};
use step1_http_basics::limits::Limits;
use step1_http_basics::parse;
use step1_http_basics::presence::Presence;
use step2_static_server::resolve::Resource;
use step3_cgi::cgi::{Cgi, Options, Record};
use step3_cgi::site::{Answer, Gateway};

use crate::rows::{self, span, text};
use crate::workspace;

/// The name of the view.
pub const NAME: &str = "c4-run";

const CAPTION: &str = "One run of <code>echo.sh</code>, for <code>POST /cgi-bin/echo.sh/some/where?a=%62</code>: its environment, its standard input, its standard output";

const REQUEST: &str = "POST /cgi-bin/echo.sh/some/where?a=%62 HTTP/1.1\r\n\
    Host: 127.0.0.1:8000\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\nContent-Length: 22\r\n\
    Content-Type: application/x-www-form-urlencoded\r\n\r\n";
const CONTENT: &[u8] = b"name=Ada&about=I+count";
const SHOWN_FOLDER: &str = "/home/ada";
const SHOWN_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The meta-variables of RFC 3875 §4.1.1 to §4.1.17, in their order, and what each says.
const VARIABLES: [(&str, &str); 17] = [
    ("AUTH_TYPE", ""),
    ("CONTENT_LENGTH", "so much is there to read on standard input"),
    ("CONTENT_TYPE", "what it is"),
    ("GATEWAY_INTERFACE", "this contract"),
    ("PATH_INFO", "the rest of the path, for the program; decoded"),
    ("PATH_TRANSLATED", "the same, as a file below the root"),
    ("QUERY_STRING", "as it was sent: not decoded"),
    ("REMOTE_ADDR", "who asks"),
    ("REMOTE_HOST", "its name; nobody looked it up, so the address"),
    ("REMOTE_IDENT", ""),
    ("REMOTE_USER", ""),
    ("REQUEST_METHOD", "what is to be done"),
    ("SCRIPT_NAME", "the part of the path that leads to the program"),
    ("SERVER_NAME", "the host that the client named"),
    ("SERVER_PORT", "where the request came in"),
    ("SERVER_PROTOCOL", "what the client speaks"),
    ("SERVER_SOFTWARE", "who serves"),
];

/// What is kept of a [`Record`].
#[derive(Debug)]
struct Seen {
    environment: Vec<(String, Vec<u8>)>,
    stdin: Vec<u8>,
    stdout: Vec<u8>,
}

/// The last run. An observer is a plain function, and has no other place for it.
static SEEN: Mutex<Option<Seen>> = Mutex::new(None);

fn observe(record: &Record) {
    let seen = Seen {
        environment: record.environment.clone(),
        stdin: record.streams[0].bytes.clone(),
        stdout: record.streams[1].bytes.clone(),
    };
    *SEEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
}

/// Its file, as seen from the workspace.
#[must_use]
pub fn file() -> String {
    format!("{}/{NAME}.html", crate::wire_views::FOLDER)
}

/// The element to put into a page: captured now.
///
/// # Errors
/// When the program could not be run, or did not get and give what it should.
pub fn draw() -> Result<String, String> {
    let seen = run().map_err(|error| format!("{NAME}: {error}"))?;
    if seen.stdin != CONTENT || !seen.stdout.ends_with(CONTENT) {
        return Err(format!("{NAME}: the capture is not whole: {seen:?}"));
    }
    let rows = environment_rows(seen.environment) + &input_rows(&seen.stdin);
    Ok(rows::figure(&(rows + &output_rows(&seen.stdout)?), CAPTION))
}

fn run() -> io::Result<Seen> {
    let root = workspace::root();
    let options = Options {
        document_root: Some(root.join("www")),
        observer: Some(observe),
        ..Options::default()
    };
    let programs = Cgi::new(options).with_folder(&root.join("step3-cgi/cgi-bin"))?;
    let (head, _) = parse::request_head(REQUEST.as_bytes(), &Limits::default())
        .map_err(io::Error::other)?
        .ok_or_else(|| io::Error::other("half a head"))?;
    let resource = Resource::parse_any(head.target.path()).map_err(io::Error::other)?;
    let mut content = CONTENT;
    let mut request = Request {
        head,
        raw_head: REQUEST.as_bytes(),
        framing: Framing::Length(CONTENT.len() as u64),
        content: &mut content,
        peer: Some(([127, 0, 0, 1], 50_000).into()),
        local: Some(([127, 0, 0, 1], 8000).into()),
        presence: Presence::unknown(),
    };
    let Answer::Response(response) = programs.answer(&mut request, &resource) else {
        return Err(io::Error::other("a redirect"));
    };
    if let Body::Stream(mut stream) = response.body {
        stream.read_to_end(&mut Vec::new())?;
    }
    // The run is over, and was observed.
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    seen.ok_or_else(|| io::Error::other(format!("not run: {}", response.status)))
}

/// Those of the RFC in its order, then the fields, then the others.
fn environment_rows(mut environment: Vec<(String, Vec<u8>)>) -> String {
    // Where they are set, they are passed on, and cargo sets one of them.
    environment.retain(|(name, _)| name != "LD_LIBRARY_PATH" && name != "TZ");
    environment.sort_by_key(|(name, _)| match place(name) {
        Some(place) => place,
        None if name.starts_with("HTTP_") => VARIABLES.len(),
        None => VARIABLES.len() + 1,
    });
    environment.iter().map(|(name, value)| variable_row(name, value)).collect()
}

fn place(name: &str) -> Option<usize> {
    VARIABLES.iter().position(|(known, _)| *known == name)
}

fn variable_row(name: &str, value: &[u8]) -> String {
    let root = workspace::root().display().to_string();
    let value = match name {
        "PATH" => SHOWN_PATH.to_owned(),
        _ => String::from_utf8_lossy(value).replace(&root, SHOWN_FOLDER),
    };
    let spans = [
        span("name", "name", &text(name.as_bytes())),
        span("mark", "equals sign", "="),
        span("value", "value", &text(value.as_bytes())),
    ];
    let (note, section) = match place(name) {
        Some(place) => (VARIABLES[place].1, Some(format!("4.1.{}", place + 1))),
        None if name.starts_with("HTTP_") => ("a field of the request", Some("4.1.18".to_owned())),
        None if name == "PATH" => ("the server's own, so that a program finds others", None),
        None => {
            ("one that the RFC does not list; many programs look for it", Some("4.1".to_owned()))
        }
    };
    row(&spans.concat(), "environment", note, section.as_deref())
}

fn input_rows(stdin: &[u8]) -> String {
    let note = "the content of the request, byte for byte";
    row(&span("value", "content", &text(stdin)), "standard input", note, Some("4.2"))
}

/// The lines of the head, the empty one, and the content as one row.
fn output_rows(stdout: &[u8]) -> Result<String, String> {
    let broken = || format!("{NAME}: the output has no head");
    let end = stdout.windows(2).position(|two| two == b"\n\n").ok_or_else(broken)?;
    let (head, content) = (&stdout[..=end], &stdout[end + 2..]);
    let mut rows = String::new();
    for line in head.split_inclusive(|&byte| byte == b'\n') {
        let colon = line.iter().position(|&byte| byte == b':').ok_or_else(broken)?;
        let spans = [
            span("name", "name", &text(&line[..colon])),
            span("mark", "colon", ":"),
            span("value", "value", &text(&line[colon + 1..])),
        ];
        let section = match &line[..colon] {
            b"Content-Type" => "6.3.1",
            _ => return Err(broken()),
        };
        rows.push_str(&row(&spans.concat(), "standard output", "a field", Some(section)));
    }
    let end = span("mark", "empty line", &text(b"\n"));
    rows.push_str(&row(&end, "standard output", "the end of the fields", Some("6.2.1")));
    let lines = content.split_inclusive(|&byte| byte == b'\n').map(text).collect::<Vec<_>>();
    let lines = span("value", "content", &lines.join("<br>"));
    let note = "the content, up to the end of the output";
    rows.push_str(&row(&lines, "standard output", note, Some("6.4")));
    Ok(rows)
}

/// A row with its section of the RFC, if it has one.
fn row(spans: &str, part: &str, note: &str, section: Option<&str>) -> String {
    let section = section.map(|section| {
        let link = format!("https://www.rfc-editor.org/rfc/rfc3875#section-{section}");
        (link, format!("RFC 3875 §{section}"))
    });
    let section = section.as_ref().map(|(link, words)| (link.as_str(), words.as_str()));
    rows::row(spans, part, note, section)
}
