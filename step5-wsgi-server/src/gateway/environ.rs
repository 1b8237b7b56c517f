//! What an application is told of a request.
//!
//! Chapter 6 · PEP 3333, *environ Variables* · RFC 3875 §4.1
//!
//! *Strategy*: the variables are visited by step 3, which knows which there are,
//! and appended to step 4's `Environ`, which knows how they are kept.

use std::borrow::Cow;
use std::io::BufReader;

use percent_encoding::percent_decode_str;
use step1_http_basics::framing::Framing;
use step3_cgi::meta_variables::{Credentials, MetaVariables, Scheme};
use step4_wsgi_interface::Environ;

use crate::responder::Arrived;

/// What the server tells every application of itself.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Name and version.
    pub software: String,
    /// Whether another thread may call the application at the same time.
    pub multithread: bool,
    /// Whether another process may.
    pub multiprocess: bool,
}

impl Facts {
    // ANCHOR: environ
    /// The `environ` of a request, whose content becomes `wsgi.input`.
    #[must_use]
    pub fn environ(&self, request: &mut Arrived<'_>) -> Environ {
        // Room for the usual variables, so that filling it costs two allocations.
        let fields = request.head.fields.len();
        let mut environ = Environ::with_capacity(20 + fields, 512 + 2 * request.raw_head.len());
        self.visit(request, |name, value| environ.append(name.as_bytes(), value));
        if request.scheme == Scheme::Https {
            environ.wsgi.url_scheme = Cow::Borrowed("https");
        }
        environ.wsgi.multithread = self.multithread;
        environ.wsgi.multiprocess = self.multiprocess;
        if request.content.length() > 0 {
            environ.wsgi.input = Box::new(BufReader::new(request.take_content()));
        }
        environ
    }

    /// Calls `variable` with the name and the value of each variable of CGI.
    pub(crate) fn visit(&self, request: &Arrived<'_>, variable: impl FnMut(&str, &[u8])) {
        let path = decoded(request.head.target.path());
        MetaVariables {
            path_info: &path,
            content_length: (request.framing != Framing::None).then(|| request.content.length()),
            software: &self.software,
            // This server checks none itself; that is left to the application.
            credentials: Credentials::Passed,
            local: request.local,
            peer: request.peer,
            scheme: request.scheme,
            ..MetaVariables::of(&request.head)
        }
        .visit(variable);
    }
    // ANCHOR_END: environ
}

/// The path as the application sees it; empty for a target that has none, `*`.
fn decoded(path: &str) -> Cow<'_, [u8]> {
    if path.starts_with('/') { percent_decode_str(path).into() } else { Cow::Borrowed(b"") }
}
