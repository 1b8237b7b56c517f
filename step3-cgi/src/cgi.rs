//! The gateway that starts a program for each request.
//!
//! Chapter 4 · RFC 3875
//!
//! *Strategy*: the path says which program (`script`), the request becomes its
//! environment (`meta_variables`) and its standard input, its standard output
//! becomes the response (`response`), and when that is over its process group is
//! ended (`process`). In between stands one loop over its pipes (`run`).
//!
//! A program is told what the request says, and of this server's own
//! environment nothing but [`PASSED_ON`]. It is started without arguments: what
//! a query without `=` once meant (RFC 3875 §4.4) has only ever been used to
//! attack programs.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use step1_http_basics::framing;
use step1_http_basics::handler::{Body, Request, Response};
use step2_static_server::resolve::Resource;

use crate::meta_variables::MetaVariables;
use crate::response::{Reply, promised_length, whole_body};
use crate::site::{Answer, Gateway};
use crate::spool::measure;
use fault::Fault;
use limit::Limit;
use run::{KEEP, Run};
use script::{MOUNTED, Script, Scripts};

mod fault;
mod input;
mod limit;
mod output;
mod record;
mod run;
mod script;

use record::Recording;
pub use record::{Observer, Record, Recorded};

/// What a program gets of the server's own environment: where programs are,
/// where their libraries are, and which time it is here.
pub const PASSED_ON: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "TZ"];

/// Those of [`PASSED_ON`] that are set, with their values.
#[must_use]
pub fn passed_on() -> Vec<(OsString, OsString)> {
    let variable = |name: &str| Some((name.into(), std::env::var_os(name)?));
    PASSED_ON.into_iter().filter_map(variable).collect()
}

/// How programs are run.
#[derive(Debug, Clone)]
pub struct Options {
    /// A program that neither takes input nor gives output for so long is ended;
    /// the head of its response must have come by then, whatever else it does.
    pub timeout: Duration,
    /// So many run at a time.
    pub max_processes: usize,
    /// What `SERVER_SOFTWARE` says.
    pub software: &'static str,
    /// What `DOCUMENT_ROOT` says, and what `PATH_TRANSLATED` begins with.
    pub document_root: Option<PathBuf>,
    /// Called after each run, for the x-ray.
    pub observer: Option<Observer>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            timeout: Duration::from_secs(60),
            max_processes: 64,
            software: concat!("step3-cgi/", env!("CARGO_PKG_VERSION")),
            document_root: None,
            observer: None,
        }
    }
}

/// Runs the programs of a folder, and others that have a name.
#[derive(Debug)]
pub struct Cgi {
    options: Options,
    scripts: Scripts,
    limit: Limit,
    start_page: Option<Bytes>,
    environment: Vec<(OsString, OsString)>,
}

impl Cgi {
    /// A gateway without programs, mounted at a path of one name.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Cgi {
            limit: Limit::new(options.max_processes),
            options,
            scripts: Scripts::default(),
            start_page: None,
            environment: passed_on(),
        }
    }

    /// The same gateway with the programs of this folder, at any depth.
    ///
    /// # Errors
    /// When it cannot be opened, or is no folder.
    pub fn with_folder(mut self, folder: &Path) -> io::Result<Self> {
        self.scripts.add_folder(folder)?;
        Ok(self)
    }

    /// The same gateway with a program more: `name` calls `program` with these
    /// arguments.
    #[must_use]
    pub fn with_command(mut self, name: &str, program: &Path, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(Into::into).collect();
        self.scripts.commands.insert(name.into(), (program.to_owned(), arguments));
        self
    }

    /// The same gateway with a page of HTML for the folder itself.
    #[must_use]
    pub fn with_start_page(self, page: String) -> Self {
        Cgi { start_page: Some(page.into()), ..self }
    }

    fn run(&self, request: &mut Request<'_>, script: &Script, name: &str) -> Result<Answer, Fault> {
        let mut run = self.begin(request, script, name)?;
        match run.head()? {
            Reply::LocalRedirect(path) => {
                run.discard()?;
                Ok(Answer::LocalRedirect(path))
            }
            Reply::Response { status, fields } => {
                let body = if framing::may_have_content(&request.head.method, status) {
                    content(run, &fields)?
                } else {
                    no_content(run)?
                };
                Ok(Answer::Response(Response { status, fields, body }))
            }
        }
    }

    /// Starts the program, and hands it the content of the request.
    fn begin(&self, request: &mut Request<'_>, script: &Script, name: &str) -> Result<Run, Fault> {
        // Before a program is started for it.
        let (length, spool) = measure(request, KEEP).map_err(Fault::Content)?;
        let slot = self.limit.slot().ok_or(Fault::Full)?;
        let mut command = self.command(request, script, length);
        let mut run = Run::start(
            &mut command,
            name,
            length.unwrap_or(0),
            request.presence.clone(),
            self.options.timeout,
            slot,
        )?;
        if let Some(observer) = self.options.observer {
            run.observe(Recording::new(observer, name, environment(&command)));
        }
        match spool {
            Some(spool) => run.feed_from(spool),
            None => run.feed(request.content)?,
        }
        Ok(run)
    }

    // ANCHOR: command
    fn command(&self, request: &Request<'_>, script: &Script, length: Option<u64>) -> Command {
        let mut command = Command::new(&script.program);
        let folder = script.program.parent().unwrap_or(Path::new("/"));
        command.args(&script.arguments).current_dir(folder).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        MetaVariables {
            script_name: &script.name,
            path_info: &script.path_info,
            content_length: length,
            software: self.options.software,
            local: request.local,
            peer: request.peer,
            document_root: self.options.document_root.as_deref(),
            script_filename: Some(&script.program),
            ..MetaVariables::of(&request.head)
        }
        .visit(|name, value| {
            command.env(name, OsStr::from_bytes(value));
        });
        command
    }
    // ANCHOR_END: command
}

impl Gateway for Cgi {
    fn answer(&self, request: &mut Request<'_>, resource: &Resource) -> Answer {
        if resource.segments().len() == MOUNTED
            && let Some(page) = &self.start_page
        {
            return Answer::Response(Response::html(StatusCode::OK, page.clone()));
        }
        let script = match self.scripts.find(resource) {
            Ok(script) => script,
            Err(fault) => return refuse(request.head.target.path(), &fault),
        };
        let name = String::from_utf8_lossy(&script.name).into_owned();
        self.run(request, &script, &name).unwrap_or_else(|fault| refuse(&name, &fault))
    }
}

/// What the program prints behind its head: in one piece, if it soon ends.
fn content(mut run: Run, fields: &HeaderMap) -> Result<Body, Fault> {
    match run.settle(promised_length(fields))? {
        Some(content) => whole_body(fields, content).map_err(Fault::Nonsense),
        None => Ok(Body::Stream(Box::new(run))),
    }
}

/// The program may do more than answer: it is let to its end.
fn no_content(mut run: Run) -> Result<Body, Fault> {
    match run.discard() {
        // It goes on and on, as GET would see: the answer stands.
        Ok(()) | Err(Fault::TooSlow) => {}
        Err(fault) => return Err(fault),
    }
    // Not `Empty`: HEAD must not say that GET has no content.
    Ok(Body::Stream(Box::new(io::empty())))
}

fn refuse(name: &str, fault: &Fault) -> Answer {
    if fault.is_for_the_log() {
        log::warn!("{name}: {fault}");
    }
    Answer::Response(fault.response())
}

fn environment(command: &Command) -> Vec<(String, Vec<u8>)> {
    let text = |name: &OsStr| name.to_string_lossy().into_owned();
    let bytes = |value: Option<&OsStr>| value.unwrap_or_default().as_bytes().to_vec();
    command.get_envs().map(|(name, value)| (text(name), bytes(value))).collect()
}
