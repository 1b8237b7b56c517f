//! The server's side: requests of a mount go to an application as records.
//!
//! Chapter 4 · FastCGI specification §6.2, RFC 3875 §4, §6
//!
//! *Strategy*: the same variables as with CGI, the same kind of answer; only the
//! way is another. What is new is the file: PHP is told which one to run
//! (`SCRIPT_FILENAME`), and it is this server that must know that there is one.
//!
//! ```no_run
//! use std::sync::Arc;
//! use step2_static_server::static_files::StaticFiles;
//! use step3_cgi::fastcgi::{address::Address, backend::{Backend, Options}, gateway::FastCgi};
//! use step3_cgi::site::{Site, Where};
//!
//! let files = StaticFiles::open("www".as_ref())?;
//! let php = Backend::new(Address::parse("unix:/run/php/php-fpm.sock").unwrap(), Options::default());
//! let place = Where::parse(".php").unwrap();
//! let gateway = FastCgi::new(Arc::new(php), place.clone(), "www".as_ref(), "my-server/1")?;
//! let site = Site::new(&files).mount(place, gateway);
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use http::Method;
use step1_http_basics::framing;
use step1_http_basics::handler::{Body, Request, Response};
use step2_static_server::error_page;
use step2_static_server::resolve::Resource;

use super::backend::Backend;
use super::client::{Outgoing, ask};
use super::fault::Fault;
use super::output::Output;
use super::question::Questions;
use super::record::{Kind, REQUEST_ID, encode_stream, end_stream};
use super::script::Script;
use crate::error_lines::shown;
use crate::meta_variables::MetaVariables;
use crate::response::{Reader, Reply, ResponseError, whole_body};
use crate::site::{Answer, Gateway, Where};
use crate::spool::{Spool, measure};

/// Content up to so many bytes is read before a connection is taken, so that a
/// slow client with little to say keeps no application waiting.
const SMALL: usize = 64 * 1024;
/// So much of an answer is looked at at a time: more than most heads.
const PIECE: usize = 1024;
/// An answer that is here whole, and no longer than this, is sent in one piece.
const SHORT: usize = 256 * 1024;

/// Requests of one mount go to one application.
#[derive(Debug)]
pub struct FastCgi {
    backend: Arc<Backend>,
    questions: Questions,
    observer: Option<fn(&str)>,
}

impl FastCgi {
    /// What is mounted at `place` is answered by `backend`. Files that it is
    /// told of lie below `root`; `software` is the server's name and version.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn new(
        backend: Arc<Backend>,
        place: Where,
        root: &Path,
        software: impl Into<String>,
    ) -> io::Result<Self> {
        let questions = Questions::below(root, place, software)?;
        Ok(FastCgi { backend, questions, observer: None })
    }

    /// The same gateway, which tells `observer` of every record, in words.
    #[must_use]
    pub fn with_observer(self, observer: Option<fn(&str)>) -> Self {
        FastCgi { observer, ..self }
    }

    fn try_answer(&self, request: &mut Request<'_>, script: Script) -> Result<Answer, Fault> {
        let (length, mut kept) = measure(request, SMALL).map_err(not_kept)?;
        let mut first = self.questions.first_records(
            &script,
            MetaVariables {
                content_length: length,
                local: request.local,
                peer: request.peer,
                ..MetaVariables::of(&request.head)
            },
        );
        let content: &mut dyn Read = match &mut kept {
            Some(kept) => kept,
            None => request.content,
        };
        let rest = add_small_content(&mut first, content, length.unwrap_or(0))?;
        let outgoing = Outgoing {
            first: Arc::new(first),
            rest,
            is_idempotent: request.head.method.is_idempotent(),
            client: request.presence.clone(),
            observer: self.observer,
        };
        respond(&request.head.method, ask(&self.backend, script, outgoing)?)
    }
}

impl Gateway for FastCgi {
    fn index(&self, folder: &Resource) -> Option<Resource> {
        self.questions.index(folder)
    }

    fn answer(&self, request: &mut Request<'_>, resource: &Resource) -> Answer {
        let Some(script) = self.questions.script(resource) else {
            let path = request.head.target.path();
            return Answer::Response(error_page::not_found(path, "there is no such file"));
        };
        self.try_answer(request, script).unwrap_or_else(|fault| {
            let (address, url) = (self.backend.address(), shown(resource.to_string().as_bytes()));
            match &fault {
                Fault::ClientGone => log::debug!("{url} at {address}: {fault}"),
                fault => log::error!("{url} at {address}: {fault}"),
            }
            Answer::Response(fault.response())
        })
    }
}

/// Either the disk is full, or the client has gone.
fn not_kept(error: io::Error) -> Fault {
    if Spool::is_to_blame(&error) { Fault::NoRoom(error) } else { Fault::ClientGone }
}

/// Adds the content and the end of stdin if it is small; else a first piece of
/// it, and gives back what is left.
fn add_small_content<'r>(
    first: &mut Vec<u8>,
    content: &'r mut dyn Read,
    length: u64,
) -> Result<Option<&'r mut dyn Read>, Fault> {
    if length > 0 {
        let mut piece = Vec::new();
        content.take(SMALL as u64).read_to_end(&mut piece).map_err(|_| Fault::ClientGone)?;
        encode_stream(Kind::Stdin, REQUEST_ID, &piece, first);
        if length > SMALL as u64 {
            return Ok(Some(content));
        }
    }
    end_stream(Kind::Stdin, REQUEST_ID, first);
    Ok(None)
}

/// Reads the head of the output; what follows is the content.
fn respond(method: &Method, mut output: Output) -> Result<Answer, Fault> {
    let mut piece = [0; PIECE];
    let mut reader = Reader::forgiving();
    let nonsense = |error: ResponseError| Fault::Nonsense(error.to_string());
    let (reply, mut content) = loop {
        let length = output.read_some(&mut piece)?;
        if length == 0 {
            return Err(nonsense(ResponseError::Incomplete));
        }
        if let Some((reply, used)) = reader.feed(&piece[..length]).map_err(nonsense)? {
            break (reply, piece[used..length].to_vec());
        }
    };
    let (status, fields) = match reply {
        Reply::LocalRedirect(path) => return Ok(Answer::LocalRedirect(path)),
        Reply::Response { status, fields } => (status, fields),
    };
    // Mostly the answer has come whole, and leaves whole.
    let mut is_whole = false;
    while !is_whole && content.len() < SHORT {
        match output.read_now(&mut piece)? {
            None => break,
            Some(0) => is_whole = true,
            Some(length) => content.extend_from_slice(&piece[..length]),
        }
    }
    let body = if !framing::may_have_content(method, status) {
        // How long the content would be is not known from there being none.
        Body::Stream(Box::new(io::empty()))
    } else if is_whole {
        whole_body(&fields, content).map_err(nonsense)?
    } else {
        Body::Stream(Box::new(io::Cursor::new(content).chain(output)))
    };
    Ok(Answer::Response(Response { status, fields, body }))
}
