//! Draws the wire: messages that were really sent, each part named.
//!
//! Promise 4. *Strategy*: a view is a way to get hold of bytes and a sentence that says which. The
//! bytes go through step 1's own x-ray into `book/figures/NAME.html`, which a page takes in. They
//! are captured anew by each test run; what cannot be the same twice, the port and the date, gets
//! the value that a reader sees elsewhere in the book.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex_lite::Regex;
use step1_http_basics::connection::Service;
use step1_http_basics::handler::{Body, Request, Response};
use step1_http_basics::limits::Limits;
use step1_http_basics::parse;
use step1_http_basics::serve::Server as InProcess;
use step1_http_basics::xray::{self, Annotated};

use crate::process;
use crate::sandbox::Sandbox;
use crate::server::{self, Launch, PortArgument, Server};
use crate::talk;
use crate::target::{self, Step};
use crate::transcripts::normalise::SHOWN_PORT;
use crate::workspace;

/// Where the views are kept, as seen from the workspace.
pub const FOLDER: &str = "book/figures";

/// The style sheet of the spans, as the book has it.
pub const STYLE_SHEET: &str = "book/assets/xray.css";

/// The date of every message in a view: that of the files in a [`Sandbox`].
const SHOWN_DATE: &str = "Thu, 01 Jan 2026 12:00:00 GMT";

/// A message that a page shows.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The name of its file.
    pub name: &'static str,
    /// What the caption says.
    pub caption: &'static str,
    /// Where its bytes come from.
    pub source: Source,
}

/// Where the bytes of a view come from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// What curl sends when it is given these arguments and the URL of this path.
    Curl(&'static [&'static str], &'static str),
    /// What the server of a step answers to this method and target, with these fields.
    Answer(Step, &'static str, &'static str, &'static [&'static str]),
    /// How step 1 sends a stream that gives these pieces, one at a time.
    Stream(&'static [&'static str]),
    /// A request of step 1's wire corpus.
    Corpus(&'static str),
}

/// All views.
pub const VIEWS: &[View] = &[
    View {
        name: "c2-request",
        caption: "What <code>curl --data 'name=Ada&amp;city=London' http://127.0.0.1:8000/sign-up</code> sent",
        source: Source::Curl(&["--data", "name=Ada&city=London"], "/sign-up"),
    },
    View {
        name: "c2-response",
        caption: "What step 2 answered to <code>HEAD /contact.html</code>",
        source: Source::Answer(Step::Two, "HEAD", "/contact.html", &[]),
    },
    View {
        name: "c2-chunked",
        caption: "How step 1 sent two lines that were printed one after the other",
        source: Source::Stream(&["The first line is longer.\n", "Bye.\n"]),
    },
    View {
        name: "c2-smuggling",
        caption: "<code>invalid/length-and-transfer-encoding-smuggling.http</code> of the wire corpus",
        source: Source::Corpus("invalid/length-and-transfer-encoding-smuggling.http"),
    },
    View {
        name: "c2-browser",
        caption: "<code>valid/client-chromium.http</code> of the wire corpus: recorded from Chromium",
        source: Source::Corpus("valid/client-chromium.http"),
    },
    View {
        name: "c3-not-modified",
        caption: "What step 2 answered to a GET with <code>If-None-Match</code> and the tag of the file",
        source: Source::Answer(
            Step::Two,
            "GET",
            "/contact.html",
            &["If-None-Match: \"16cc-1886999c36a18000\""],
        ),
    },
    View {
        name: "c3-range",
        caption: "What step 2 answered to a GET with <code>Range: bytes=0-59</code>",
        source: Source::Answer(Step::Two, "GET", "/img/icon.svg", &["Range: bytes=0-59"]),
    },
];

impl View {
    /// Its file, as seen from the workspace.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{FOLDER}/{}.html", self.name)
    }

    /// The element to put into a page: captured now.
    ///
    /// # Errors
    /// When the message could not be captured, or is not whole.
    pub fn draw(&self, executables: &[(Step, PathBuf)]) -> Result<String, String> {
        let bytes = self.source.capture(executables).map_err(|error| self.named(&error))?;
        let annotated = match self.source {
            Source::Curl(..) | Source::Corpus(_) => xray::request(&bytes),
            Source::Answer(_, method, ..) => {
                let method = method.parse().map_err(|_| self.named("no method"))?;
                xray::response(&method, &bytes)
            }
            Source::Stream(_) => xray::response(&http::Method::GET, &bytes),
        };
        self.is_as_expected(&annotated).map_err(|error| self.named(&error))?;
        let spans = xray::html_fragment(&annotated);
        Ok(format!(
            "<figure class=\"wire\">\n{spans}<figcaption>{}.</figcaption>\n</figure>\n",
            self.caption
        ))
    }

    /// A capture that broke off has a fault; what is shown to be refused must have one.
    fn is_as_expected(&self, annotated: &Annotated<'_>) -> Result<(), String> {
        let is_refused = matches!(self.source, Source::Corpus(file) if file.starts_with("invalid"));
        match annotated.fault() {
            Some(fault) if !is_refused => Err(format!("the message has a fault: {fault}")),
            None if is_refused => Err("the message has no fault".to_owned()),
            _ => Ok(()),
        }
    }

    fn named(&self, what: &str) -> String {
        format!("{}: {what}", self.name)
    }
}

/// The views of these names, or all.
///
/// # Errors
/// A name that no view has.
pub fn named(names: &[String]) -> Result<Vec<&'static View>, String> {
    let is_known = |name: &String| VIEWS.iter().any(|view| view.name == *name);
    if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
        let all: Vec<_> = VIEWS.iter().map(|view| view.name).collect();
        return Err(format!("there is no wire view `{unknown}`; there are: {}", all.join(", ")));
    }
    let is_wanted = |view: &&View| names.is_empty() || names.iter().any(|name| name == view.name);
    Ok(VIEWS.iter().filter(is_wanted).collect())
}

/// Builds the programs that `views` need.
///
/// # Errors
/// What cargo said.
pub fn build(views: &[&View]) -> Result<Vec<(Step, PathBuf)>, String> {
    let step = |view: &&View| match view.source {
        Source::Answer(step, ..) => Some(step),
        _ => None,
    };
    let mut steps: Vec<Step> = views.iter().filter_map(step).collect();
    steps.sort();
    steps.dedup();
    target::build(&steps)
}

/// The style sheet of the spans, and where it comes from.
#[must_use]
pub fn style_sheet() -> String {
    format!(
        "/* Written by `UPDATE=1 cargo test -p check` from step1-http-basics/src/xray.css. */\n\n{}",
        xray::CSS
    )
}

impl Source {
    fn capture(self, executables: &[(Step, PathBuf)]) -> Result<Vec<u8>, String> {
        match self {
            Self::Curl(arguments, path) => heard_from_curl(arguments, path),
            Self::Answer(step, method, target, fields) => {
                let executable = executables.iter().find(|(built, _)| *built == step);
                let (_, executable) = executable.ok_or("the step is not built")?;
                answered_by(executable, method, target, fields)
            }
            Self::Stream(pieces) => streamed(pieces),
            Self::Corpus(file) => {
                let path = workspace::root().join("step1-http-basics/tests/wire").join(file);
                std::fs::read(path).map_err(|error| format!("{file}: {error}"))
            }
        }
    }
}

/// Lets curl ask a socket that listens to one whole request and answers 204.
fn heard_from_curl(arguments: &[&str], path: &str) -> Result<Vec<u8>, String> {
    let words = |error: std::io::Error| format!("listening to curl: {error}");
    let sandbox = Sandbox::new("".as_ref(), []).map_err(words)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(words)?;
    let address = listener.local_addr().map_err(words)?;
    let mut curl = sandbox.command("curl");
    curl.args(["--silent", "--show-error"]).args(arguments).arg(format!("http://{address}{path}"));
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let asked = process::run(curl, talk::DEADLINE);
            // Wakes the one who listens, if curl never came.
            drop(TcpStream::connect(address));
            asked
        });
        let heard = listener.accept().and_then(|(stream, _)| hear(stream)).map_err(words);
        match asking.join() {
            Ok(Ok(finished)) if finished.status.success() => {
                heard.map(|bytes| shown(bytes, address))
            }
            Ok(Ok(finished)) => Err(format!("curl: {}", String::from_utf8_lossy(&finished.output))),
            Ok(Err(error)) => Err(format!("curl: {error}")),
            Err(_) => Err("the thread that runs curl panicked".to_owned()),
        }
    })
}

/// Reads a request to its end, and answers it.
fn hear(mut stream: TcpStream) -> std::io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(talk::DEADLINE))?;
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    while !is_whole(&bytes) {
        match stream.read(&mut piece)? {
            0 => break,
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")?;
    Ok(bytes)
}

/// Whether the head has come, and as much content as it announces.
fn is_whole(bytes: &[u8]) -> bool {
    let Ok(Some((head, length))) = parse::request_head(bytes, &Limits::default()) else {
        return false;
    };
    let announced = head.fields.get(http::header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0);
    bytes.len() >= length + announced
}

/// What the program answers, when it serves the sample pages.
fn answered_by(
    executable: &Path,
    method: &str,
    target: &str,
    fields: &[&str],
) -> Result<Vec<u8>, String> {
    let site = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let launch = Launch {
        program: executable,
        args: &["--quiet".to_owned()],
        port: PortArgument::Flag,
        deadline: server::DEADLINE,
    };
    let server = Server::start(&site, &launch).map_err(|error| error.to_string())?;
    let mut request = talk::request(method, target, server.address);
    let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
    request.splice(request.len() - 2..request.len() - 2, fields.into_bytes());
    let answer = talk::ask(server.address, &request).map_err(|error| error.to_string())?;
    Ok(shown(answer.bytes, server.address))
}

/// What a client of step 1 gets when the handler answers with a stream.
fn streamed(pieces: &'static [&'static str]) -> Result<Vec<u8>, String> {
    let handler = |_: &mut Request<'_>| {
        let mut response = Response::text(http::StatusCode::OK, "");
        response.body = Body::Stream(Box::new(Pieces(pieces.iter())));
        response
    };
    let mut service = Service::new(&handler, Limits::default());
    service.server = http::HeaderValue::from_static("step1-http-basics");
    let server = InProcess::bind((Ipv4Addr::LOCALHOST, 0), 1, talk::DEADLINE);
    let server = server.map_err(|error| error.to_string())?;
    let answer = std::thread::scope(|scope| {
        scope.spawn(|| server.serve(&service));
        let answer = talk::ask(server.address(), &talk::request("GET", "/", server.address()));
        server.stop();
        answer
    });
    Ok(shown(answer.map_err(|error| error.to_string())?.bytes, server.address()))
}

/// A stream that gives one piece at each read.
struct Pieces(std::slice::Iter<'static, &'static str>);

impl Read for Pieces {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0.next().map_or(Ok(0), |piece| piece.as_bytes().read(out))
    }
}

/// The bytes with the port and the date that the book shows.
fn shown(bytes: Vec<u8>, address: SocketAddr) -> Vec<u8> {
    static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\b").ok()
    });
    match (String::from_utf8(bytes), DATE.as_ref()) {
        (Ok(text), Some(date)) => {
            let port = format!("127.0.0.1:{}", address.port());
            let text = text.replace(&port, &format!("127.0.0.1:{SHOWN_PORT}"));
            date.replace_all(&text, SHOWN_DATE).into_owned().into_bytes()
        }
        (Ok(text), None) => text.into_bytes(),
        // Bytes that are no text hold neither.
        (Err(bytes), _) => bytes.into_bytes(),
    }
}
