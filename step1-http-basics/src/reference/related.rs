//! Methods that other standards have added.
//!
//! Chapter 2 · RFC 9110 §16.1, RFC 4918 §9

use super::Section;

/// A method that is registered for something built upon HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Related {
    /// `PROPFIND`
    pub name: &'static str,
    /// What it is for, in one line.
    pub meaning: &'static str,
    /// The client asks for no change.
    pub safe: bool,
    /// Sent twice, it is meant to have the effect of once.
    pub idempotent: bool,
    /// Where it is defined.
    pub section: Section,
}

/// Others that are registered: those that one meets, and one that
/// must never be used.
#[must_use]
pub fn also_registered() -> &'static [Related] {
    ALSO_REGISTERED
}

const ALSO_REGISTERED: &[Related] = &[
    Related {
        name: "PROPFIND",
        meaning: "WebDAV: what properties has this, and what is in this folder?",
        safe: true,
        idempotent: true,
        section: Section::Rfc(4918, "9.1"),
    },
    Related {
        name: "PROPPATCH",
        meaning: "WebDAV: set or remove properties.",
        safe: false,
        idempotent: true,
        section: Section::Rfc(4918, "9.2"),
    },
    Related {
        name: "MKCOL",
        meaning: "WebDAV: make a folder.",
        safe: false,
        idempotent: true,
        section: Section::Rfc(4918, "9.3"),
    },
    Related {
        name: "COPY",
        meaning: "WebDAV: copy to the URL in Destination.",
        safe: false,
        idempotent: true,
        section: Section::Rfc(4918, "9.8"),
    },
    Related {
        name: "MOVE",
        meaning: "WebDAV: move to the URL in Destination.",
        safe: false,
        idempotent: true,
        section: Section::Rfc(4918, "9.9"),
    },
    Related {
        name: "LOCK",
        meaning: "WebDAV: nobody else may change this for a while.",
        safe: false,
        idempotent: false,
        section: Section::Rfc(4918, "9.10"),
    },
    Related {
        name: "UNLOCK",
        meaning: "WebDAV: others may change this again.",
        safe: false,
        idempotent: true,
        section: Section::Rfc(4918, "9.11"),
    },
    Related {
        name: "REPORT",
        meaning: "WebDAV: answer a question about versions, calendars or contacts.",
        safe: true,
        idempotent: true,
        section: Section::Rfc(3253, "3.6"),
    },
    Related {
        name: "SEARCH",
        meaning: "WebDAV: find what fits a query.",
        safe: true,
        idempotent: true,
        section: Section::Rfc(5323, "2"),
    },
    Related {
        name: "PRI",
        meaning: "Begins an HTTP/2 connection, so that servers of HTTP/1 refuse it; never a request.",
        safe: true,
        idempotent: true,
        section: Section::Rfc(9113, "3.4"),
    },
];
