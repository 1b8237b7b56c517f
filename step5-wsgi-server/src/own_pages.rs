//! Two pages that the server answers itself: is it well, and what is it doing?
//!
//! Chapter 6
//!
//! *Strategy*: the loop answers them, not the application and not the pool, so
//! they answer also when every thread is at work. What the server is doing
//! concerns nobody outside: the page exists only for a client on this machine or
//! at an address of the proxies, and for others it does not exist at all. Whether
//! it is well, a balancer must be able to ask.

use std::net::IpAddr;
use std::process;
use std::time::Instant;

use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use step1_http_basics::handler::Response;

use crate::forwarded::Forwarded;
use crate::metrics::{Counts, Row, table};
use crate::processes::Worker;

/// Where these pages are, if anywhere.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    /// The path of the page with the figures.
    pub status: Option<String>,
    /// The path that says whether the server is well.
    pub health: Option<String>,
}

/// The pages, and what they have to know.
pub(crate) struct OwnPages<'s> {
    pub(crate) paths: Paths,
    pub(crate) forwarded: Forwarded,
    pub(crate) worker: Option<&'s Worker>,
    pub(crate) since: Instant,
}

impl OwnPages<'_> {
    // ANCHOR: answer
    /// The answer, if `path` is one of these pages and the client may see it.
    pub(crate) fn answer(
        &self,
        path: &str,
        client: Option<IpAddr>,
        counts: impl FnOnce() -> Counts,
        stopping: bool,
    ) -> Option<Response> {
        let is_at = |own: &Option<String>| own.as_deref() == Some(path);
        let response = if is_at(&self.paths.health) {
            match stopping {
                false => Response::text(StatusCode::OK, "well\n"),
                true => Response::text(StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
            }
        } else if is_at(&self.paths.status) && self.may_see(client) {
            Response::text(StatusCode::OK, self.table(counts()))
        } else {
            return None;
        };
        Some(response.field(CACHE_CONTROL, HeaderValue::from_static("no-store")))
    }
    // ANCHOR_END: answer

    /// A Unix socket has no address: the file system says who may open it.
    fn may_see(&self, client: Option<IpAddr>) -> bool {
        client.is_none_or(|client| client.is_loopback()) || self.forwarded.trusts(client)
    }

    /// What this process is doing; if it is one of several, what all of them are,
    /// as their master knew it at most a second ago.
    pub(crate) fn table(&self, counts: Counts) -> String {
        match self.worker.map(Worker::table) {
            Some(all) if !all.is_empty() => all,
            _ => table(&[Row {
                worker: "-".to_owned(),
                process: process::id(),
                state: "serving".to_owned(),
                up: self.since.elapsed(),
                counts,
                ..Row::default()
            }]),
        }
    }
}
