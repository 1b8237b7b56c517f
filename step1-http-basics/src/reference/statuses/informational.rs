//! Status codes 100–199: the request goes on.
//!
//! Chapter 2 · RFC 9110 §15.2

use super::{Caching, ResponseContent, Section, Status};

pub(super) const STATUSES: &[Status] = &[
    Status {
        code: 100,
        name: "Continue",
        meaning: "The head of the request is welcome; its content may now be sent.",
        client: "Send the content, then wait for the final response.",
        met: "Before large uploads by curl, which asks with Expect: 100-continue.",
        caching: Caching::Never,
        content: ResponseContent::Never,
        section: Section::Rfc(9110, "15.2.1"),
    },
    Status {
        code: 101,
        name: "Switching Protocols",
        meaning: "From the next byte on, this connection speaks the protocol that the client asked for with Upgrade.",
        client: "Speak the new protocol; it is named in the field Upgrade.",
        met: "When a page opens a WebSocket.",
        caching: Caching::Never,
        content: ResponseContent::Never,
        section: Section::Rfc(9110, "15.2.2"),
    },
    Status {
        code: 102,
        name: "Processing",
        meaning: "The server works on the request and it will take long. The newer WebDAV standard has dropped this code.",
        client: "Keep waiting for the final response.",
        met: "Hardly ever; old WebDAV servers send it.",
        caching: Caching::Never,
        content: ResponseContent::Never,
        section: Section::Rfc(2518, "10.1"),
    },
    Status {
        code: 103,
        name: "Early Hints",
        meaning: "The final response is not ready, but some of its fields are known, most of all Link.",
        client: "Begin to load what is named, and keep waiting for the final response.",
        met: "At sites that let the browser fetch style sheets while a page is being made.",
        caching: Caching::Never,
        content: ResponseContent::Never,
        section: Section::Rfc(8297, "2"),
    },
];
