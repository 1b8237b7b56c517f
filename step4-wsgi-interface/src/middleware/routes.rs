//! Sends each request to the application that its path belongs to.
//!
//! Chapter 5 · PEP 3333, *environ Variables*
//!
//! *Strategy*: a path has two parts. `SCRIPT_NAME` has led here, `PATH_INFO` is
//! what the application may interpret. A route takes its prefix from the second
//! and adds it to the first, so an application can be mounted anywhere, and
//! still make links to itself.
//!
//! ```
//! use step4_wsgi_interface::{applications::hello, middleware::routes::Routes};
//!
//! let site = Routes::new().mount("/hello", hello::application);
//! ```

use crate::application::{Application, Result};
use crate::{Body, Environ, StartResponse};

/// Applications by the beginning of a path.
#[derive(Default)]
pub struct Routes {
    routes: Vec<(String, Box<dyn Application + Send + Sync>)>,
}

impl Routes {
    /// No application: every path is 404.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives everything at and below `prefix` to an application. A prefix is
    /// empty, for everything, or begins with `/` and ends without.
    #[must_use]
    pub fn mount(
        mut self,
        prefix: &str,
        application: impl Application + Send + Sync + 'static,
    ) -> Self {
        self.routes.push((prefix.trim_end_matches('/').to_owned(), Box::new(application)));
        // The longest first: it is the most exact.
        self.routes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        self
    }
}

// ANCHOR: call
impl Application for Routes {
    fn call(&self, mut environ: Environ, start_response: StartResponse) -> Result<Body> {
        let path = environ.get_or_empty("PATH_INFO").as_bytes().to_vec();
        for (prefix, application) in &self.routes {
            let Some(rest) = path.strip_prefix(prefix.as_bytes()) else { continue };
            if !rest.is_empty() && !rest.starts_with(b"/") {
                continue; // `/help` is not below `/he`
            }
            let script_name = environ.get_or_empty("SCRIPT_NAME").as_bytes();
            let script_name = [script_name, prefix.as_bytes()].concat();
            environ.set("SCRIPT_NAME", &script_name);
            environ.set("PATH_INFO", rest);
            return application.call(environ, start_response);
        }
        start_response("404 Not Found", &[("Content-Type", "text/plain")], None)?;
        Ok([b"nothing is mounted here\n"].into())
    }
}
// ANCHOR_END: call
