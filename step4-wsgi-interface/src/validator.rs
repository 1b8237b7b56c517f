//! Stands between gateway and application, and says who breaks the contract.
//!
//! Chapter 5 · PEP 3333 · Python's `wsgiref.validate`
//!
//! *Strategy*: the validator is middleware: to the gateway an application, to
//! the application a gateway. It changes nothing; it looks at every argument and
//! every result that passes, and at their order. A breach is reported with the
//! sentence that it breaks, and the call goes on.
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use step4_wsgi_interface::{Body, Environ, Result, StartResponse, gateway};
//! use step4_wsgi_interface::{run::terminal::Request, validator::Validator};
//!
//! fn forgetful(_: Environ, _: StartResponse) -> Result<Body> {
//!     Ok([b"I did not begin"].into())
//! }
//! let breaches = Arc::new(Mutex::new(Vec::new()));
//! let seen = Arc::clone(&breaches);
//! let validated = Validator::new(forgetful, move |breach| seen.lock().unwrap().push(breach.to_string()));
//! let _ = gateway::run(&validated, Request::get("/").environ(), gateway::Memory::default());
//! assert!(breaches.lock().unwrap()[0].contains("must invoke the start_response() callable before"));
//! ```

mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::application::{Application, Result};
use crate::body::Body;
use crate::environ::Environ;
use crate::rule::{Breach, Rule};
use crate::start_response::StartResponse;
use watch::{Watch, watch_body, watch_input, watched};

/// An application with a validator around it.
pub struct Validator<A> {
    application: A,
    report: Report,
    /// Bodies that were returned and have not been dropped.
    open: Arc<AtomicUsize>,
}

/// What is done with a breach.
type Report = Arc<dyn Fn(&Breach) + Send + Sync>;

impl<A> Validator<A> {
    /// Watches an application, and hands every breach of either side to `report`.
    pub fn new(application: A, report: impl Fn(&Breach) + Send + Sync + 'static) -> Self {
        Validator { application, report: Arc::new(report), open: Arc::default() }
    }
}

impl<A> Drop for Validator<A> {
    /// A body that is open now will never be ended by its gateway.
    fn drop(&mut self) {
        let open = self.open.load(Ordering::SeqCst);
        if open > 0 {
            (self.report)(
                &Rule::NotClosed.broken(format!("bodies that were never dropped: {open}")),
            );
        }
    }
}

impl<A: Application> Application for Validator<A> {
    fn call(&self, mut environ: Environ, start_response: StartResponse) -> Result<Body> {
        check_environ(&environ, &*self.report);
        let watch = Watch::new(Arc::clone(&self.report), &environ);
        watch_input(&mut environ, &watch);
        let body = self.application.call(environ, watched(start_response, &watch))?;
        if std::mem::take(&mut watch.state().refused_exc_info) {
            watch
                .report(Rule::ExcInfoTrapped, "it returned a body after start_response had failed");
        }
        self.open.fetch_add(1, Ordering::SeqCst);
        let open = Arc::clone(&self.open);
        Ok(watch_body(body, watch).on_close(move || {
            open.fetch_sub(1, Ordering::SeqCst);
        }))
    }
}

// ANCHOR: environ
/// Whether a gateway has filled the environ as it must.
fn check_environ(environ: &Environ, report: &(dyn Fn(&Breach) + Send + Sync)) {
    let get = |name| environ.get_or_empty(name);
    let check = |holds: bool, rule: Rule, what: &str| {
        if !holds {
            report(&rule.broken(what));
        }
    };
    check(!get("REQUEST_METHOD").is_empty(), Rule::RequestMethod, "REQUEST_METHOD is missing");
    for name in ["SERVER_NAME", "SERVER_PORT"] {
        check(!get(name).is_empty(), Rule::ServerNameAndPort, &format!("{name} is missing"));
    }
    check(!get("SERVER_PROTOCOL").is_empty(), Rule::ServerProtocol, "SERVER_PROTOCOL is missing");
    let (script_name, path_info) = (get("SCRIPT_NAME"), get("PATH_INFO"));
    let path_form = path_info.is_empty() || path_info.as_bytes().starts_with(b"/");
    check(path_form, Rule::PathForm, &format!("PATH_INFO is {path_info:?}"));
    // `OPTIONS *` is about the server as a whole, and has no path.
    let somewhere =
        !path_info.is_empty() || !script_name.is_empty() || get("REQUEST_METHOD") == "OPTIONS";
    check(somewhere, Rule::PathForm, "SCRIPT_NAME and PATH_INFO are both empty");
    let mounted =
        script_name.as_bytes().starts_with(b"/") && !script_name.as_bytes().ends_with(b"/");
    check(
        script_name.is_empty() || mounted,
        Rule::ScriptNameForm,
        &format!("SCRIPT_NAME is {script_name:?}"),
    );
    let length = get("CONTENT_LENGTH");
    let digits = length.as_bytes().iter().all(u8::is_ascii_digit);
    check(digits, Rule::ContentLengthVariable, &format!("CONTENT_LENGTH is {length:?}"));
    for name in ["HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"] {
        check(environ.get(name).is_none(), Rule::HttpVariables, &format!("{name} is there"));
    }
    check(environ.wsgi.version == (1, 0), Rule::WsgiVersion, "wsgi.version is another");
    let scheme = &*environ.wsgi.url_scheme;
    check(
        matches!(scheme, "http" | "https"),
        Rule::UrlScheme,
        &format!("wsgi.url_scheme is {scheme:?}"),
    );
    for name in environ.own_names() {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._".contains(&byte);
        let good = name.contains('.') && name.bytes().all(allowed);
        check(good, Rule::OwnNames, &format!("a variable is named {name:?}"));
    }
}
// ANCHOR_END: environ
