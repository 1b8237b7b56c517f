//! `get URL`: what happens between Enter and the page, phase by phase.
//!
//! Chapter 1
//!
//! *Strategy*: the command line becomes a request, and the client tells what
//! happens to a report, which writes it down at once. An answer such as 404 is
//! an answer: the exchange worked, and the exit code says so.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use crate::cli;
use crate::client::{self, Fault, Request, Settings, Url};
use crate::xray::Style;

mod report;
mod shown;
mod words;

use report::Report;

/// The most bytes that `--data` sends: they are held in memory.
const MAX_DATA: u64 = 64 * 1024 * 1024;

/// What `get` is told.
#[derive(Debug, Clone, Args)]
pub struct GetArgs {
    /// What to ask for.
    #[arg(help = "What to ask for, such as http://127.0.0.1:8000/")]
    pub url: String,

    /// What shall be done [default: GET, or POST with --data]
    #[arg(long, short = 'X', value_name = "METHOD")]
    pub method: Option<String>,

    /// Send this field too; may be given several times
    #[arg(long = "field", short = 'H', value_name = "NAME: VALUE")]
    pub fields: Vec<String>,

    /// Send this content, or that of a file, or with @- of standard input. Its
    /// Content-Type is text/plain, or application/octet-stream for a file,
    /// unless --field says another
    #[arg(long, short = 'd', value_name = "TEXT|@FILE")]
    pub data: Option<String>,

    /// Go where a redirect leads, at most ten times
    #[arg(long, short = 'L')]
    pub follow: bool,

    /// How long to wait when nothing happens
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub timeout: Duration,

    /// Write the content to this file; - is standard output, and all else then
    /// goes to standard error
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Show the heads as they are, without naming their parts
    #[arg(long)]
    pub no_annotate: bool,
}

/// Where the content goes.
enum Output<'o> {
    /// Shown between the lines.
    Lesson,
    /// To a file of this name.
    File(&'o Path),
    /// To standard output, say.
    Stream(&'o mut dyn Write),
}

fn seconds(text: &str) -> Result<Duration, String> {
    let whole = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    match whole {
        Some(duration) if !duration.is_zero() && duration < Duration::from_secs(86_400) => {
            Ok(duration)
        }
        _ => Err("not a number of seconds above 0, such as 5 or 0.5".to_owned()),
    }
}

/// Runs the command.
///
/// # Errors
/// What went wrong, in which phase, and what to try.
pub fn run(args: &GetArgs) -> Result<(), String> {
    let request = request(args)?;
    let (mut stdout, mut stderr) = (io::stdout().lock(), io::stderr().lock());
    let to_stdout = args.output.as_ref().is_some_and(|path| path.as_os_str() == "-");
    let (lesson, output): (&mut dyn Write, _) = match &args.output {
        Some(_) if to_stdout => (&mut stderr, Output::Stream(&mut stdout)),
        Some(path) => (&mut stdout, Output::File(path)),
        None => (&mut stdout, Output::Lesson),
    };
    let mut report = Report::new(lesson, output, args);
    let done = report.title(&request).map_err(|error| format!("cannot write: {error}"));
    done.and_then(|()| exchange(request, args, &mut report))
}

fn exchange(request: Request, args: &GetArgs, report: &mut Report<'_>) -> Result<(), String> {
    let settings = Settings { timeout: args.timeout, ..Settings::default() };
    let mut observer = |event: client::Event<'_>, took| report.event(&event, took);
    let done = if args.follow {
        client::follow(request, &settings, &mut observer)
    } else {
        client::exchange(&request, &settings, &mut observer)
    };
    match done {
        Ok(_) => report.total().map_err(|error| format!("cannot write: {error}")),
        // Whoever read our output has seen enough, as `head` does.
        Err(error) if is_broken_pipe(&error.fault) => Ok(()),
        Err(error) => {
            // Why it failed is said on standard error in any case.
            let _ = report.failed(error.phase);
            let advice = error.advice().map(|advice| format!("\nTry: {advice}"));
            Err(format!("{error}{}", advice.unwrap_or_default()))
        }
    }
}

fn is_broken_pipe(fault: &Fault) -> bool {
    matches!(fault, Fault::Observer(error) if error.kind() == io::ErrorKind::BrokenPipe)
}

/// The request that the command line describes.
fn request(args: &GetArgs) -> Result<Request, String> {
    let url =
        Url::parse(&args.url).map_err(|error| format!("url: {error}\nTry: {}", error.advice()))?;
    let default = if args.data.is_some() { "POST" } else { "GET" };
    let name = args.method.as_deref().unwrap_or(default);
    let method = Method::from_bytes(name.as_bytes()).map_err(|_| {
        format!("--method {name:?} is no method: it must be a token (RFC 9110 §9.1)")
    })?;
    let mut request = Request::new(method, url).map_err(|error| format!("request: {error}"))?;
    if let Some(data) = &args.data {
        let (content, media_type) = content(data)?;
        request = request.with_content(content).map_err(|error| format!("request: {error}"))?;
        if !args.fields.iter().any(|line| is_content_type(line)) {
            add_field(&mut request, CONTENT_TYPE, HeaderValue::from_static(media_type))?;
        }
    }
    for line in &args.fields {
        let (name, value) = field(line)?;
        add_field(&mut request, name, value)?;
    }
    Ok(request)
}

fn add_field(request: &mut Request, name: HeaderName, value: HeaderValue) -> Result<(), String> {
    request.add_field(name, value).map_err(|error| format!("--field: {error}"))
}

fn is_content_type(line: &str) -> bool {
    field(line).is_ok_and(|(name, _)| name == CONTENT_TYPE)
}

/// `field-line = field-name ":" OWS field-value OWS`
fn field(line: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = line.split_once(':').ok_or_else(|| {
        format!("--field {line:?} has no colon: write 'Name: value' (RFC 9112 §5)")
    })?;
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| format!("--field {line:?}: {name:?} is no field name (RFC 9110 §5.1)"))?;
    let value = HeaderValue::from_str(value.trim_matches([' ', '\t'])).map_err(|_| {
        format!(
            "--field {line:?}: a value cannot hold line ends or other control bytes (RFC 9110 §5.5)"
        )
    })?;
    Ok((name, value))
}

/// What `--data` says, and its media type.
fn content(data: &str) -> Result<(Vec<u8>, &'static str), String> {
    let content = match data.strip_prefix('@') {
        None => return Ok((data.as_bytes().to_vec(), "text/plain; charset=utf-8")),
        Some("-") => read_all(io::stdin().lock()),
        Some(path) => fs::File::open(path).and_then(read_all),
    };
    match content {
        Ok(content) if content.len() as u64 > MAX_DATA => {
            Err(format!("--data {data}: more than {} MiB; use curl", MAX_DATA >> 20))
        }
        Ok(content) => Ok((content, "application/octet-stream")),
        Err(error) => Err(format!("--data {data}: {error}")),
    }
}

/// Reads one byte more than is allowed, at most.
fn read_all(source: impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    source.take(MAX_DATA + 1).read_to_end(&mut content)?;
    Ok(content)
}

impl GetArgs {
    /// How heads are annotated, if they are.
    fn style(&self) -> Option<Style> {
        (!self.no_annotate).then(cli::style)
    }
}
