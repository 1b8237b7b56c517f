//! The other side of a FastCGI connection, byte by byte.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use step3_cgi::fastcgi::params::encode_pair;
use step3_cgi::fastcgi::record::{
    BeginRequest, EndRequest, Kind, ProtocolStatus, RESPONDER, Record, encode_stream, end_stream,
    parse,
};

/// Long enough for any machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A record that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) kind: Kind,
    pub(crate) id: u16,
    pub(crate) content: Vec<u8>,
}

/// What an application answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) end: EndRequest,
}

/// A server's connection to an application.
pub(crate) struct Front {
    pub(crate) stream: UnixStream,
    unread: Vec<u8>,
}

/// The records of a request without its stdin.
pub(crate) fn begin(id: u16, keep_connection: bool, params: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    let content = BeginRequest { role: RESPONDER, keep_connection }.content();
    Record { kind: Kind::BeginRequest, request_id: id, content: &content }.encode(&mut out);
    let mut pairs = Vec::new();
    for (name, value) in params {
        encode_pair(name.as_bytes(), value.as_bytes(), &mut pairs);
    }
    encode_stream(Kind::Params, id, &pairs, &mut out);
    end_stream(Kind::Params, id, &mut out);
    out
}

/// The records of a stdin.
pub(crate) fn stdin(id: u16, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_stream(Kind::Stdin, id, content, &mut out);
    end_stream(Kind::Stdin, id, &mut out);
    out
}

impl Front {
    pub(crate) fn connect(path: &Path) -> Self {
        Self::of(UnixStream::connect(path).expect("the application listens"))
    }

    pub(crate) fn of(stream: UnixStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        Front { stream, unread: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> &mut Self {
        self.stream.write_all(bytes).expect("the other side reads");
        self
    }

    /// The next record; `None` at the end of the connection.
    pub(crate) fn next(&mut self) -> Option<Came> {
        loop {
            if let Some((record, used)) = parse(&self.unread).expect("version 1") {
                let came = Came {
                    kind: record.kind,
                    id: record.request_id,
                    content: record.content.to_vec(),
                };
                self.unread.drain(..used);
                return Some(came);
            }
            let mut piece = [0; 64 * 1024];
            match self.stream.read(&mut piece) {
                Ok(0) => {
                    assert!(self.unread.is_empty(), "it ends in the middle of a record");
                    return None;
                }
                Ok(length) => self.unread.extend_from_slice(&piece[..length]),
                // A stop of this process ends a read that has a timeout.
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => panic!("no record in time: {error}"),
            }
        }
    }

    /// Everything until the end of request `id`.
    pub(crate) fn answer(&mut self, id: u16) -> Answer {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        loop {
            let came = self.next().expect("an answer before the end");
            assert_eq!(came.id, id, "a record of another request");
            match came.kind {
                Kind::Stdout => stdout.extend(came.content),
                Kind::Stderr => stderr.extend(came.content),
                Kind::EndRequest => {
                    let text = |bytes| String::from_utf8(bytes).expect("text");
                    return Answer {
                        stdout: text(stdout),
                        stderr: text(stderr),
                        end: EndRequest::parse(&came.content).expect("eight bytes"),
                    };
                }
                kind => panic!("{kind:?} from an application"),
            }
        }
    }

    /// As an application: a whole request, its variables as bytes and its
    /// stdin; `None` at the end of the connection.
    pub(crate) fn request(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        let (mut params, mut stdin) = (Vec::new(), Vec::new());
        loop {
            let Came { kind, content, .. } = self.next()?;
            match kind {
                Kind::Params => params.extend(content),
                Kind::Stdin if content.is_empty() => return Some((params, stdin)),
                Kind::Stdin => stdin.extend(content),
                _ => {}
            }
        }
    }

    /// As an application: all of the output, and the end.
    pub(crate) fn reply(&mut self, stdout: &[u8]) {
        let mut out = Vec::new();
        encode_stream(Kind::Stdout, 1, stdout, &mut out);
        end(&mut out, 0, ProtocolStatus::RequestComplete);
        self.send(&out);
    }
}

/// Appends the end of stdout and of the request.
pub(crate) fn end(out: &mut Vec<u8>, app_status: u32, protocol_status: ProtocolStatus) {
    end_stream(Kind::Stdout, 1, out);
    let content = EndRequest { app_status, protocol_status }.content();
    Record { kind: Kind::EndRequest, request_id: 1, content: &content }.encode(out);
}
