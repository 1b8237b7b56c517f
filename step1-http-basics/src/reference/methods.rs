//! The table of methods.
//!
//! Chapter 2 · RFC 9110 §9, RFC 5789

use super::{Caching, ResponseContent, Section};

/// What there is to know about one method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// `GET`
    pub name: &'static str,
    /// What the client says with it.
    pub meaning: &'static str,
    /// What a client should do with it, or not.
    pub client: &'static str,
    /// Where one meets it.
    pub met: &'static str,
    /// The client asks for no change.
    /// [RFC 9110 §9.2.1](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1)
    pub safe: bool,
    /// Sent twice, it is meant to have the effect of once.
    /// [RFC 9110 §9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)
    pub idempotent: bool,
    /// Whether a cache may keep the response.
    /// [RFC 9110 §9.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.3)
    pub caching: Caching,
    /// Whether the request has content.
    pub request_content: RequestContent,
    /// Whether the response to it has content, when it works.
    pub response_content: ResponseContent,
    /// Where it is defined.
    pub section: Section,
}

/// Whether a request with a method has content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestContent {
    /// It is what the method is about.
    Usual,
    /// It may have some.
    Allowed,
    /// It may, but what it should mean is defined nowhere.
    NoMeaning,
    /// It must not.
    Forbidden,
}

/// The methods of HTTP itself.
#[must_use]
pub fn methods() -> &'static [Method] {
    METHODS
}

const METHODS: &[Method] = &[
    Method {
        name: "GET",
        meaning: "Give me a representation of what is at this URL.",
        client: "Ask as often as you like; nothing is to change by it.",
        met: "At every link, every picture, every line that you type into the address bar.",
        safe: true,
        idempotent: true,
        caching: Caching::Heuristically,
        request_content: RequestContent::NoMeaning,
        response_content: ResponseContent::Usual,
        section: Section::Rfc(9110, "9.3.1"),
    },
    Method {
        name: "HEAD",
        meaning: "As GET, but send the head alone.",
        client: "Use it to learn size, type or date without the content.",
        met: "In programs that check links, and with curl --head.",
        safe: true,
        idempotent: true,
        caching: Caching::Heuristically,
        request_content: RequestContent::NoMeaning,
        response_content: ResponseContent::Never,
        section: Section::Rfc(9110, "9.3.2"),
    },
    Method {
        name: "POST",
        meaning: "Take this content and do with it what you do at this URL.",
        client: "Do not send it again on your own: twice may mean two orders.",
        met: "When a form is sent, and at most interfaces.",
        safe: false,
        idempotent: false,
        caching: Caching::WhenSaid,
        request_content: RequestContent::Usual,
        response_content: ResponseContent::Usual,
        section: Section::Rfc(9110, "9.3.3"),
    },
    Method {
        name: "PUT",
        meaning: "Store this content as what is at this URL, in place of what was there.",
        client: "If no answer comes, send it again: the result is the same.",
        met: "With WebDAV, object stores and interfaces; never from an HTML form.",
        safe: false,
        idempotent: true,
        caching: Caching::Never,
        request_content: RequestContent::Usual,
        response_content: ResponseContent::Usual,
        section: Section::Rfc(9110, "9.3.4"),
    },
    Method {
        name: "DELETE",
        meaning: "Take away what is at this URL.",
        client: "If no answer comes, send it again: gone is gone, though the second answer may be 404.",
        met: "With WebDAV, object stores and interfaces; never from an HTML form.",
        safe: false,
        idempotent: true,
        caching: Caching::Never,
        request_content: RequestContent::NoMeaning,
        response_content: ResponseContent::Usual,
        section: Section::Rfc(9110, "9.3.5"),
    },
    Method {
        name: "CONNECT",
        meaning: "Make a connection to this host and port, and pass bytes to and fro.",
        client: "Send it to a proxy alone; after a 2xx the connection is a tunnel.",
        met: "When a browser asks for an https page through a proxy.",
        safe: false,
        idempotent: false,
        caching: Caching::Never,
        request_content: RequestContent::NoMeaning,
        response_content: ResponseContent::Never,
        section: Section::Rfc(9110, "9.3.6"),
    },
    Method {
        name: "OPTIONS",
        meaning: "What can be done with what is at this URL? With * for a target: with this server?",
        client: "Look at Allow in the response.",
        met: "When a script of one site calls another: the browser asks first (CORS).",
        safe: true,
        idempotent: true,
        caching: Caching::Never,
        request_content: RequestContent::Allowed,
        response_content: ResponseContent::Usual,
        section: Section::Rfc(9110, "9.3.7"),
    },
    Method {
        name: "TRACE",
        meaning: "Send back to me what has reached you.",
        client: "Send no secrets with it.",
        met: "Hardly ever: servers switch it off, since it can show what scripts should not see.",
        safe: true,
        idempotent: true,
        caching: Caching::Never,
        request_content: RequestContent::Forbidden,
        response_content: ResponseContent::Usual,
        section: Section::Rfc(9110, "9.3.8"),
    },
    Method {
        name: "PATCH",
        meaning: "Change what is at this URL as this content describes.",
        client: "Send it with If-Match, so that it changes the version that you know.",
        met: "At interfaces that change single values.",
        safe: false,
        idempotent: false,
        caching: Caching::WhenSaid,
        request_content: RequestContent::Usual,
        response_content: ResponseContent::Usual,
        section: Section::Rfc(5789, "2"),
    },
];
