//! Applications that other programs run, and this server only asks: PHP, above all.
//!
//! Chapter 6 · FastCGI specification
//!
//! *Strategy*: which paths are whose, and what an application is asked, is step
//! 3's to say, and it says it here as well. What is new is who waits for the
//! answer: not a thread, but the loop, which has all these connections among its
//! own (`event_loop/relay.rs`). So a thousand clients that wait for PHP cost a
//! thousand small values.
//!
//! ```no_run
//! use step1_http_basics::handler::{Request, Response};
//! use step3_cgi::fastcgi::{address::Address, backend::Options};
//! use step3_cgi::site::Where;
//! use step5_wsgi_server::{relay::Relays, server::Server};
//!
//! let files = |_: &mut Request<'_>| Response::text(http::StatusCode::OK, "a file");
//! let mut relays = Relays::default();
//! let php = Address::parse("unix:/run/php/php-fpm.sock").unwrap();
//! relays.add(Where::parse(".php").unwrap(), php, Options::default(), "www".as_ref(), "my-server/1")?;
//! Server::for_handler(&"127.0.0.1:8000".parse().unwrap(), &files)?.relaying(relays).serve_forever()?;
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io;
use std::path::Path;

use step3_cgi::fastcgi::address::Address;
use step3_cgi::fastcgi::backend::Options;
use step3_cgi::fastcgi::question::Questions;
use step3_cgi::site::{Mounts, Owner, Where};

/// The applications that requests are handed on to, and where they are mounted.
#[derive(Debug, Default)]
pub struct Relays {
    mounts: Mounts<Relayed>,
    pub(crate) backends: Vec<(Address, Options)>,
}

/// What is mounted at one place.
#[derive(Debug)]
pub(crate) struct Relayed {
    pub(crate) questions: Questions,
    /// Which of the backends answers.
    pub(crate) backend: usize,
}

impl Relays {
    /// Hands what is asked for at `place` to the application at this address.
    /// Files that it is told of lie below `root`; `software` is the server's
    /// name and version.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn add(
        &mut self,
        place: Where,
        address: Address,
        options: Options,
        root: &Path,
        software: &str,
    ) -> io::Result<()> {
        let backend = self.backend(address, options);
        let questions = Questions::below(root, place.clone(), software)?;
        self.mounts.add(place, Relayed { questions, backend });
        Ok(())
    }

    /// Two places may have the same application, with the same connections.
    fn backend(&mut self, address: Address, options: Options) -> usize {
        let wanted = (address, options);
        self.backends.iter().position(|it| *it == wanted).unwrap_or_else(|| {
            self.backends.push(wanted);
            self.backends.len() - 1
        })
    }

    /// Whose this path is.
    pub(crate) fn owner(&self, path: &str) -> Owner<'_, Relayed> {
        self.mounts.owner(path, |relayed, folder| relayed.questions.index(folder))
    }
}
