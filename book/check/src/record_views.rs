//! Draws FastCGI records that were really sent, each part named.
//!
//! Promise 4. *Strategy*: step 3's own gateway asks step 3's own responder, and between them stands
//! somebody who writes down what passes. The request is made here, so ports are the same each time;
//! the folder and the process id are replaced by what a reader sees elsewhere.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use step1_http_basics::framing::Framing;
use step1_http_basics::handler::Request;
use step1_http_basics::limits::Limits;
use step1_http_basics::parse;
use step1_http_basics::presence::Presence;
use step2_static_server::resolve::Resource;
use step3_cgi::fastcgi::address::Address;
use step3_cgi::fastcgi::backend::{Backend, Options};
use step3_cgi::fastcgi::gateway::FastCgi;
use step3_cgi::fastcgi::params::{encode_pair, parse_pair};
use step3_cgi::fastcgi::record::{
    BeginRequest, EndRequest, HEADER_LENGTH, Kind, Record, header, padding, parse as parse_record,
};
use step3_cgi::fastcgi::responder::{Listener, Responder};
use step3_cgi::program::Call;
use step3_cgi::site::{Gateway, Where};

use crate::rows::{self, in_hex, span, text};
use crate::sandbox::Sandbox;

/// One direction of the connection, as a page shows it.
#[derive(Clone, Copy, Debug)]
pub struct RecordView {
    /// The name of its file.
    pub name: &'static str,
    /// What the caption says.
    pub caption: &'static str,
    side: Side,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Request,
    Answer,
}

/// Both directions.
pub const RECORD_VIEWS: &[RecordView] = &[
    RecordView {
        name: "c4-records-request",
        caption: "What step 3 sent to the application for <code>POST /fastcgi/ada?lang=en</code> with eight bytes of content, in one write",
        side: Side::Request,
    },
    RecordView {
        name: "c4-records-answer",
        caption: "What came back, in one write",
        side: Side::Answer,
    },
];

const REQUEST: &str =
    "POST /fastcgi/ada?lang=en HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Length: 8\r\n\r\n";
const SHOWN_ROOT: &str = "/home/ada/www";

impl RecordView {
    /// Its file, as seen from the workspace.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}/{}.html", crate::wire_views::FOLDER, self.name)
    }

    /// The element to put into a page: captured now.
    ///
    /// # Errors
    /// When the exchange could not be had, or is not as it should be.
    pub fn draw(&self) -> Result<String, String> {
        let fault = |error: io::Error| format!("{}: {error}", self.name);
        let sandbox = Sandbox::new("".as_ref(), []).map_err(fault)?;
        let (request, answer) = exchange(&sandbox.folder()).map_err(fault)?;
        let bytes = if self.side == Side::Request { request } else { answer };
        let mut rows = String::new();
        let mut rest = &bytes[..];
        while let Some((record, used)) = parse_record(rest).map_err(|error| error.to_string())? {
            rows.push_str(&record_rows(&record));
            rest = &rest[used..];
        }
        if !rest.is_empty() || rows.is_empty() {
            return Err(format!("{}: the capture broke off", self.name));
        }
        Ok(rows::figure(&rows, self.caption))
    }
}

/// Says hello, as the page about records has it.
fn hello(call: &mut Call<'_>) -> io::Result<()> {
    let mut content = String::new();
    call.stdin.read_to_string(&mut content)?;
    writeln!(call.stderr, "somebody sent {} bytes", content.len())?;
    write!(call.stdout, "Content-Type: text/plain\n\nHello, ada!\n")
}

/// Both directions of one exchange.
fn exchange(folder: &Path) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (asked, behind) = (folder.join("asked"), folder.join("behind"));
    let responder = Responder::new(Listener::unix(&behind)?)?;
    let relay = UnixListener::bind(&asked)?;
    let heard = Arc::new((Mutex::new(Vec::new()), Mutex::new(Vec::new())));
    thread::scope(|scope| {
        scope.spawn(|| responder.serve(&hello));
        let between = scope.spawn(|| {
            let (front, _) = relay.accept()?;
            pass_on(&front, &UnixStream::connect(&behind)?, &heard)
        });
        let answered = ask(&asked, folder);
        responder.stop();
        let passed = between.join().unwrap_or_else(|_| Err(io::Error::other("a panic")));
        answered.and(passed)
    })?;
    let take = |bytes: &Mutex<Vec<u8>>| {
        std::mem::take(&mut *bytes.lock().unwrap_or_else(PoisonError::into_inner))
    };
    Ok((with_shown_root(&take(&heard.0), folder)?, take(&heard.1)))
}

fn ask(socket: &Path, root: &Path) -> io::Result<()> {
    let backend = Backend::new(Address::Unix(socket.to_owned()), Options::default());
    let place = Where::parse("/fastcgi/").map_err(io::Error::other)?;
    let gateway = FastCgi::new(Arc::new(backend), place, root, "step3-cgi/0.1.0")?;
    let (head, _) = parse::request_head(REQUEST.as_bytes(), &Limits::default())
        .map_err(io::Error::other)?
        .ok_or_else(|| io::Error::other("half a head"))?;
    let resource = Resource::parse_any(head.target.path()).map_err(io::Error::other)?;
    let mut request = Request {
        head,
        raw_head: REQUEST.as_bytes(),
        framing: Framing::Length(8),
        content: &mut &b"name=Ada"[..],
        peer: Some(([127, 0, 0, 1], 50_000).into()),
        local: Some(([127, 0, 0, 1], 8000).into()),
        presence: Presence::unknown(),
    };
    drop(gateway.answer(&mut request, &resource));
    Ok(())
}

type Heard = (Mutex<Vec<u8>>, Mutex<Vec<u8>>);

fn pass_on(front: &UnixStream, behind: &UnixStream, heard: &Heard) -> io::Result<()> {
    thread::scope(|scope| {
        let there = scope.spawn(|| copy(front, behind, &heard.0));
        copy(behind, front, &heard.1)?;
        there.join().unwrap_or_else(|_| Err(io::Error::other("a panic")))
    })
}

fn copy(mut from: &UnixStream, mut to: &UnixStream, heard: &Mutex<Vec<u8>>) -> io::Result<()> {
    let mut piece = [0; 8192];
    loop {
        let length = from.read(&mut piece)?;
        if length == 0 {
            // Whoever has ended its side gets no more either.
            let _ = to.shutdown(Shutdown::Both);
            return Ok(());
        }
        heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&piece[..length]);
        if to.write_all(&piece[..length]).is_err() {
            return Ok(());
        }
    }
}

/// The same records with the folder that a reader sees elsewhere.
fn with_shown_root(bytes: &[u8], root: &Path) -> io::Result<Vec<u8>> {
    let root = root.canonicalize()?.display().to_string();
    let (mut shown, mut rest) = (Vec::new(), bytes);
    while let Some((record, used)) = parse_record(rest).map_err(io::Error::other)? {
        let mut content = Vec::new();
        let mut pairs = record.content;
        if record.kind == Kind::Params {
            while let Some(((name, value), used)) = parse_pair(pairs) {
                let value = String::from_utf8_lossy(value).replace(&root, SHOWN_ROOT);
                encode_pair(name, value.as_bytes(), &mut content);
                pairs = &pairs[used..];
            }
        } else {
            content.extend_from_slice(record.content);
        }
        Record { content: &content, ..record }.encode(&mut shown);
        rest = &rest[used..];
    }
    Ok(shown)
}

/// The rows of one record: its header, its content, its padding.
fn record_rows(record: &Record<'_>) -> String {
    let length = u16::try_from(record.content.len()).unwrap_or(u16::MAX);
    let bytes = header(record.kind, record.request_id, length);
    debug_assert_eq!(bytes.len(), HEADER_LENGTH);
    let hex = |class: &str, title: &str, bytes: &[u8]| span(class, title, &in_hex(bytes));
    let spans = [
        hex("version", "version", &bytes[..1]),
        hex("action", "type", &bytes[1..2]),
        hex("target", "request id", &bytes[2..4]),
        hex("framing", "content length", &bytes[4..6]),
        hex("framing", "padding length", &bytes[6..7]),
        hex("mark", "reserved", &bytes[7..]),
    ];
    let note = match length {
        0 => "request 1, no content: the end of this stream".to_owned(),
        _ => format!("request 1, {length} bytes of content, {} of padding", padding(length)),
    };
    let mut rows = row(&spans.join(" "), record.kind.name(), &note, "3.3");
    rows.push_str(&content_rows(record));
    rows
}

fn content_rows(record: &Record<'_>) -> String {
    let content = record.content;
    match record.kind {
        Kind::BeginRequest => {
            let flags = BeginRequest::parse(content).is_ok_and(|begin| begin.keep_connection);
            let spans = [
                span("action", "role", &in_hex(&content[..2])),
                span("framing", "flags", &in_hex(&content[2..3])),
                span("mark", "reserved", &in_hex(&content[3..])),
            ];
            let kept = if flags { "; FCGI_KEEP_CONN: leave the connection open" } else { "" };
            row(&spans.join(" "), "role and flags", &format!("responder{kept}"), "5.1")
        }
        Kind::EndRequest => {
            let spans = [
                span("action", "appStatus", &in_hex(&content[..4])),
                span("framing", "protocolStatus", &in_hex(&content[4..5])),
                span("mark", "reserved", &in_hex(&content[5..])),
            ];
            let status = EndRequest::parse(content).map_or(1, |end| end.app_status);
            let note = format!("exit status {status}; FCGI_REQUEST_COMPLETE");
            row(&spans.join(" "), "appStatus and protocolStatus", &note, "5.5")
        }
        Kind::Params => {
            let (mut rest, mut rows) = (content, String::new());
            while let Some(((name, value), used)) = parse_pair(rest) {
                let lengths = used - name.len() - value.len();
                let spans = [
                    span("framing", "two lengths", &in_hex(&rest[..lengths])),
                    span("name", "name", &text(name)),
                    span("value", "value", &text(value)),
                ];
                rows.push_str(&row(&spans.join(" "), "name and value", "", "3.4"));
                rest = &rest[used..];
            }
            rows
        }
        _ if content.is_empty() => String::new(),
        kind => {
            let what = match kind {
                Kind::Stdin => "what the program reads",
                Kind::Stdout => "what the program writes: a CGI response",
                _ => "what is for the log",
            };
            row(&span("value", "content", &text(content)), what, "", "5.3")
        }
    }
}

/// A row with its section of the specification.
fn row(spans: &str, part: &str, note: &str, section: &str) -> String {
    let link = format!("https://fastcgi-archives.github.io/FastCGI_Specification.html#S{section}");
    rows::row(spans, part, note, Some((&link, &format!("FastCGI §{section}"))))
}
