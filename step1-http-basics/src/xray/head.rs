//! The spans of a head: a first line, field lines, an empty line.
//!
//! *Strategy*: the parser says how far the head goes, or which byte makes it
//! wrong. Up to there, and to the end of that line, the bytes are cut where the
//! grammar has its spaces and colons. The line that is wrong stays in one piece
//! when its parts cannot be told.

use http::Method;

use super::scanner::{Scanner, shortest_wrong};
use super::{Kind, Part, Span, Vocabulary, notes};
use crate::limits::Limits;
use crate::parse::{self, HeadError, RequestHead, ResponseHead};
use crate::target::RequestTarget;

/// What a first line is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FirstLine {
    Request,
    Status,
}

impl Scanner<'_> {
    /// Takes the head of a request; gives it if it is right and complete.
    pub(super) fn request_head(&mut self) -> Option<RequestHead> {
        let limits = Limits::default();
        self.head(FirstLine::Request, |bytes| parse::request_head(bytes, &limits))
    }

    /// Takes the head of a response; gives it if it is right and complete.
    pub(super) fn response_head(&mut self) -> Option<ResponseHead> {
        let limits = Limits::default();
        self.head(FirstLine::Status, |bytes| parse::response_head(bytes, &limits))
    }

    fn head<H>(
        &mut self,
        first_line: FirstLine,
        read: impl Fn(&[u8]) -> Result<Option<(H, usize)>, HeadError>,
    ) -> Option<H> {
        let (begin, first) = (self.at(), self.spans.len());
        let input = self.left();
        match read(input) {
            Ok(Some((head, length))) => {
                self.lines(begin + length, first_line, None);
                Some(head)
            }
            Ok(None) => {
                self.lines(begin + input.len(), first_line, None);
                self.blame_last("incomplete: a head ends with an empty line, which has not come");
                None
            }
            Err(error) => {
                let wrong = shortest_wrong(input, |prefix| read(prefix).is_err());
                let line_end = input[wrong.saturating_sub(1)..].iter().position(|&b| b == b'\n');
                let end = line_end.map_or(input.len(), |more| wrong + more);
                self.lines(begin + end, first_line, Some(error));
                let culprit = self.culprit(error, first, begin + wrong.saturating_sub(1));
                self.blame(culprit, error.to_string());
                None
            }
        }
    }

    /// Takes lines up to `end`; if there is an error, the last one has it.
    fn lines(&mut self, end: usize, first_line: FirstLine, error: Option<HeadError>) {
        while self.until(end).starts_with(b"\r\n") {
            self.take_noted(2, Part::LineEnd, "an empty line before a message is passed over");
        }
        let mut is_first = true;
        while self.at() < end {
            let line = self.line(end);
            let is_wrong = error.filter(|_| self.at() + line.length() == end);
            match (is_first, first_line) {
                (true, FirstLine::Request) => self.request_line(line.text, is_wrong),
                (true, FirstLine::Status) => self.status_line(line.text, is_wrong),
                (false, _) if line.text.is_empty() => {}
                (false, _) => self.field_line(line.text, Part::FieldName, is_wrong),
            }
            let is_empty_line = line.text.is_empty() && !is_first;
            self.take(line.end.len(), if is_empty_line { Part::EmptyLine } else { Part::LineEnd });
            is_first = false;
        }
    }

    /// `method SP request-target SP HTTP-version`
    fn request_line(&mut self, line: &[u8], error: Option<HeadError>) {
        use HeadError::{LooksLikeTls, Method as NoMethod, RequestLine};
        if matches!(error, Some(LooksLikeTls | NoMethod | RequestLine)) {
            return self.take(line.len(), Part::RequestLine);
        }
        let mut parts = line.splitn(3, |&byte| byte == b' ');
        let method = parts.next().unwrap_or_default();
        self.push(method.len(), |range| notes::method(method, Span::new(range, Part::Method)));
        if let Some(target) = parts.next() {
            self.take(1, Part::Space);
            self.request_target(method, target);
        }
        if let Some(version) = parts.next() {
            self.take(1, Part::Space);
            self.take(version.len(), Part::Version);
        }
    }

    /// The four forms of [RFC 9112 §3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2).
    fn request_target(&mut self, method: &[u8], target: &[u8]) {
        let text = std::str::from_utf8(target).ok();
        let form = text
            .zip(Method::from_bytes(method).ok())
            .and_then(|(text, method)| RequestTarget::parse(&method, text).ok());
        match form {
            None => self.take(target.len(), Part::RequestTarget),
            Some(RequestTarget::Asterisk) => {
                self.take_noted(target.len(), Part::Asterisk, "the server as a whole");
            }
            Some(RequestTarget::Authority(_)) => {
                self.take_noted(target.len(), Part::Authority, "where a tunnel shall lead");
            }
            Some(RequestTarget::Origin(_)) => self.path_and_query(target),
            Some(RequestTarget::Absolute { authority, .. }) => {
                let scheme = target.iter().position(|&byte| byte == b':').unwrap_or_default();
                self.take(scheme, Part::Scheme);
                self.take(3, Part::SchemeEnd);
                self.take_noted(authority.len(), Part::Authority, "counts instead of Host");
                self.path_and_query(&target[scheme + 3 + authority.len()..]);
            }
        }
    }

    fn path_and_query(&mut self, target: &[u8]) {
        let path = target.iter().position(|&byte| byte == b'?').unwrap_or(target.len());
        self.push(path, |range| notes::path(&target[..path], Span::new(range, Part::Path)));
        self.take(target.len() - path, Part::Query);
    }

    /// `HTTP-version SP status-code SP [ reason-phrase ]`
    fn status_line(&mut self, line: &[u8], error: Option<HeadError>) {
        if matches!(error, Some(HeadError::StatusLine)) {
            return self.take(line.len(), Part::StatusLine);
        }
        let mut parts = line.splitn(3, |&byte| byte == b' ');
        self.take(parts.next().map_or(0, <[u8]>::len), Part::Version);
        if let Some(code) = parts.next() {
            self.take(1, Part::Space);
            self.push(code.len(), |range| notes::status(code, Span::new(range, Part::StatusCode)));
        }
        if let Some(reason) = parts.next() {
            self.take(1, Part::Space);
            self.take_noted(reason.len(), Part::ReasonPhrase, "for people");
        }
    }

    /// `field-name ":" OWS field-value OWS`
    pub(super) fn field_line(&mut self, line: &[u8], name: Part, error: Option<HeadError>) {
        use HeadError::{EmptyFieldName, FieldName, LineFolding, NoColon, WhitespaceBeforeColon};
        let colon = match error {
            Some(EmptyFieldName | FieldName | LineFolding | NoColon | WhitespaceBeforeColon) => {
                return self.take(line.len(), Part::FieldLine);
            }
            _ => line.iter().position(|&byte| byte == b':'),
        };
        let Some(colon) = colon else { return self.take(line.len(), name) };
        let value = &line[colon + 1..];
        let inner = trim(value);
        let before = value.len() - trim_start(value).len();
        self.push(colon, |range| notes::field(&line[..colon], inner, Span::new(range, name)));
        self.take(1, Part::Colon);
        self.take(before, Part::OptionalWhitespace);
        self.push(inner.len(), |range| Span::new(range, Part::FieldValue));
        self.take(value.len() - before - inner.len(), Part::OptionalWhitespace);
    }

    /// The span to show an error at.
    fn culprit(&self, error: HeadError, first: usize, at: usize) -> usize {
        let part = |wanted: Part| self.last_of(first, |part, _| part == wanted);
        let found = match error {
            HeadError::MethodTooLong => part(Part::Method),
            HeadError::UnsupportedVersion => part(Part::Version),
            HeadError::FieldValue
                if self.spans.last().is_some_and(|span| span.part == Part::LineEnd) =>
            {
                part(Part::FieldValue)
            }
            HeadError::Target(_) | HeadError::TargetTooLong => {
                self.last_of(first, |part, _| part.kind() == Kind::Target)
            }
            HeadError::SeveralHosts | HeadError::InvalidHost => self.last_field(first, &["host"]),
            _ => None,
        };
        found.unwrap_or_else(|| self.index_of(at))
    }

    /// The name of the last field that has one of these names.
    pub(super) fn last_field(&self, first: usize, names: &[&str]) -> Option<usize> {
        self.last_of(first, |part, bytes| {
            part == Part::FieldName
                && names.iter().any(|name| bytes.eq_ignore_ascii_case(name.as_bytes()))
        })
    }
}

fn trim_start(bytes: &[u8]) -> &[u8] {
    let white = bytes.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    &bytes[white..]
}

/// OWS is spaces and tabs; `trim_ascii` would take CR too.
fn trim(bytes: &[u8]) -> &[u8] {
    let bytes = trim_start(bytes);
    let white = bytes.iter().rev().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    &bytes[..bytes.len() - white]
}
