//! What `get` prints: one line a phase, and the bytes that went over the wire.
//!
//! Chapter 1
//!
//! *Strategy*: the name of a phase is written when it begins and its duration
//! when it ends, so that on a terminal one sees what is being waited for.

use std::fs::File;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::{HeaderName, LOCATION};

use super::shown::Shown;
use super::words::{self, bytes, duration};
use super::{GetArgs, Output};
use crate::client::{Event, Phase, Request, reason};
use crate::framing::Framing;
use crate::parse::ResponseHead;
use crate::xray::{self, Annotated, Style, grouped, visible};

/// Writes down what happens.
pub(super) struct Report<'o> {
    out: &'o mut dyn Write,
    output: Output<'o>,
    /// The file, once there is something to write to it.
    file: Option<File>,
    follow: bool,
    annotated: Option<Style>,
    began: Instant,
    /// The phase whose line is begun and not ended.
    pending: Option<Phase>,
    code: String,
    leads_on: bool,
    /// The content is what was asked for, not that of a redirect on the way.
    is_wanted: bool,
    shown: Shown,
}

impl<'o> Report<'o> {
    pub(super) fn new(out: &'o mut dyn Write, output: Output<'o>, args: &GetArgs) -> Self {
        Report {
            out,
            output,
            file: None,
            follow: args.follow,
            annotated: args.style(),
            began: Instant::now(),
            pending: None,
            code: String::new(),
            leads_on: false,
            is_wanted: true,
            shown: Shown::any(),
        }
    }

    /// What is asked for.
    pub(super) fn title(&mut self, request: &Request) -> io::Result<()> {
        writeln!(self.out, "{} {}", request.method(), request.url())?;
        for remark in words::remarks(request) {
            writeln!(self.out, "{remark}")?;
        }
        writeln!(self.out)
    }

    /// Writes down one event.
    pub(super) fn event(&mut self, event: &Event<'_>, took: Duration) -> io::Result<()> {
        match event {
            Event::Begins(phase) => self.begin(*phase),
            Event::Resolved { host, addresses } => {
                self.line(Phase::Resolve, took, &words::resolved(host, addresses))
            }
            Event::NotConnected(address, error) => {
                self.line(Phase::Connect, took, &format!("to {address}: {}", reason(error)))
            }
            Event::Connected { server, client } => {
                self.line(Phase::Connect, took, &format!("to {server}, from {client}"))
            }
            Event::Sent { head, content, broke_off } => self.sent(head, content, *broke_off, took),
            Event::Answered => self.line(Phase::Wait, took, "for the first byte of the answer"),
            Event::Head { raw, head, framing } => self.head(raw, head, *framing, took),
            Event::Content(piece) => self.content(piece),
            Event::Received { content, framing, trailers } => {
                self.received(*content, *framing, trailers, took)
            }
            Event::Closed(closing) => self.line(Phase::Close, took, &words::closed(*closing)),
            Event::Redirected { request, left_out } => self.redirected(request, left_out, took),
        }
    }

    /// The time of all phases together.
    pub(super) fn total(&mut self) -> io::Result<()> {
        writeln!(self.out, "{:<8} {:>9}", "total", duration(self.began.elapsed()))?;
        if self.leads_on && !self.follow {
            writeln!(self.out, "\n{} leads on to Location: --follow goes there", self.code)?;
        }
        self.out.flush()
    }

    /// Ends the line of the phase that failed, after what had come by then.
    pub(super) fn failed(&mut self, phase: Phase) -> io::Result<()> {
        if self.pending.take().is_none() {
            self.end_shown()?;
            write!(self.out, "{phase:<8}")?;
        }
        writeln!(self.out, " {:>9}", "failed")?;
        self.out.flush()
    }

    fn begin(&mut self, phase: Phase) -> io::Result<()> {
        self.pending = Some(phase);
        write!(self.out, "{phase:<8}")?;
        self.out.flush()
    }

    fn line(&mut self, phase: Phase, took: Duration, text: &str) -> io::Result<()> {
        if self.pending.take() != Some(phase) {
            write!(self.out, "{phase:<8}")?;
        }
        writeln!(self.out, " {:>9}  {text}", duration(took))
    }

    fn sent(
        &mut self,
        head: &[u8],
        content: &[u8],
        broke_off: bool,
        took: Duration,
    ) -> io::Result<()> {
        let all = bytes(head.len() as u64 + content.len() as u64);
        let what = match (head, content) {
            ([], _) => format!("the content: {all}"),
            (_, []) => format!("the request: {all}"),
            _ => format!("the request: {all}, {} of them content", grouped(content.len() as u64)),
        };
        let end = if broke_off { "; the server stopped listening before the end" } else { "" };
        self.line(Phase::Send, took, &format!("{what}{end}"))?;
        if !head.is_empty() {
            self.head_bytes(head, xray::request_head)?;
        }
        self.shown = Shown::any();
        self.shown.piece(content, self.out)?;
        self.end_shown()
    }

    fn head(
        &mut self,
        raw: &[u8],
        head: &ResponseHead,
        framing: Framing,
        took: Duration,
    ) -> io::Result<()> {
        let length = bytes(raw.len() as u64);
        if head.status.is_informational() {
            self.line(Phase::Receive, took, &format!("an interim response: {length}"))?;
            return self.head_bytes(raw, xray::response_head);
        }
        let next = words::what_follows(framing);
        self.line(Phase::Receive, took, &format!("the head of the response: {length}; {next}"))?;
        self.head_bytes(raw, xray::response_head)?;
        self.code = head.status.as_str().to_owned();
        self.shown = Shown::described_by(&head.fields);
        self.leads_on = head.status.is_redirection() && head.fields.contains_key(LOCATION);
        self.is_wanted = !(self.follow && self.leads_on);
        if let (Output::File(path), true) = (&self.output, self.is_wanted) {
            self.file = Some(File::create(path)?);
        }
        Ok(())
    }

    fn head_bytes(
        &mut self,
        head: &[u8],
        annotate: for<'b> fn(&'b [u8]) -> Annotated<'b>,
    ) -> io::Result<()> {
        let text = match self.annotated {
            Some(style) => xray::text(&annotate(head), style),
            None => {
                let lines = head.split_inclusive(|&byte| byte == b'\n');
                lines.map(|line| visible(line) + "\n").collect()
            }
        };
        writeln!(self.out, "\n{text}")
    }

    fn content(&mut self, piece: &[u8]) -> io::Result<()> {
        match (&mut self.file, &mut self.output) {
            (Some(file), _) => file.write_all(piece),
            (None, Output::Stream(stream)) if self.is_wanted => stream.write_all(piece),
            (None, _) => self.shown.piece(piece, self.out),
        }
    }

    fn end_shown(&mut self) -> io::Result<()> {
        let left = self.shown.end(self.out)?;
        if left > 0 {
            let kind = if self.shown.is_text() { "more" } else { "that are not text" };
            writeln!(self.out, "  … {} {kind}", bytes(left))?;
        }
        if self.shown.is_empty() { Ok(()) } else { writeln!(self.out) }
    }

    fn received(
        &mut self,
        content: u64,
        framing: Framing,
        trailers: &HeaderMap,
        took: Duration,
    ) -> io::Result<()> {
        self.end_shown()?;
        self.line(Phase::Receive, took, &words::received(content, framing))?;
        if let (Some(_), Output::File(path)) = (&self.file, &self.output) {
            writeln!(self.out, "the content is in {}", path.display())?;
        }
        if trailers.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\nfields after the content (RFC 9110 §6.5):")?;
        for (name, value) in trailers {
            writeln!(self.out, "{name}: {}", visible(value.as_bytes()))?;
        }
        writeln!(self.out)
    }

    fn redirected(
        &mut self,
        request: &Request,
        left_out: &[HeaderName],
        took: Duration,
    ) -> io::Result<()> {
        let text = format!("{} leads to {}", self.code, request.url());
        self.line(Phase::Redirect, took, &text)?;
        if !left_out.is_empty() {
            let names: Vec<_> = left_out.iter().map(HeaderName::as_str).collect();
            writeln!(self.out, "not sent again: {}", names.join(", "))?;
        }
        writeln!(self.out)?;
        self.title(request)
    }
}
