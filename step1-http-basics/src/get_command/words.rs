//! The sentences of the report.
//!
//! Chapter 1

use std::net::SocketAddr;
use std::time::Duration;

use crate::client::{Closing, Host, Request};
use crate::framing::Framing;
use crate::reference::{self, RequestContent};
use crate::xray::{grouped, visible};

/// What is worth knowing about a request before it is sent.
pub(super) fn remarks(request: &Request) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(fragment) = request.url().fragment() {
        let fragment = visible(fragment.as_bytes());
        remarks.push(format!("#{fragment} stays here: a fragment is never sent (RFC 9110 §7.1)"));
    }
    let name = request.method().as_str();
    let upper = name.to_ascii_uppercase();
    match reference::method(name) {
        None if reference::method(&upper).is_some() => remarks
            .push(format!("{name} is not {upper}: methods are case-sensitive (RFC 9110 §9.1)")),
        Some(method)
            if method.request_content == RequestContent::NoMeaning
                && !request.content().is_empty() =>
        {
            let section = method.section;
            remarks.push(format!("content means nothing in a {name} request ({section})"));
        }
        _ => {}
    }
    remarks
}

pub(super) fn resolved(host: &Host, addresses: &[SocketAddr]) -> String {
    match host {
        Host::Name(name) => {
            let all: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
            format!("{name} is {}", all.join(", "))
        }
        Host::Address(_) => "no name to look up: the URL has an address".to_owned(),
    }
}

/// How the end of the content will be found.
pub(super) fn what_follows(framing: Framing) -> &'static str {
    match framing {
        Framing::None => "no content follows",
        Framing::Length(_) => "content of a known length follows",
        Framing::Chunked => "content in chunks follows",
        Framing::UntilClose => "content follows until the connection closes",
    }
}

/// How it was found.
pub(super) fn received(content: u64, framing: Framing) -> String {
    let count = bytes(content);
    match framing {
        Framing::None => "all: this response ends with its head".to_owned(),
        Framing::Length(_) => format!("the content: {count}, as Content-Length says"),
        Framing::Chunked => format!("the content: {count} in chunks, the last of size 0"),
        Framing::UntilClose => format!("the content: {count}, until the server closed"),
    }
}

pub(super) fn closed(closing: Closing) -> String {
    match closing {
        Closing::ByBoth { surplus: 0 } => "by both sides".to_owned(),
        Closing::ByBoth { surplus } => {
            format!("by both sides; {} came after the end and belong to nothing", bytes(surplus))
        }
        Closing::Reset => "broken off by the server, after all had come".to_owned(),
        Closing::ByUs => "by us alone; the server kept its side open".to_owned(),
    }
}

pub(super) fn duration(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{:.1} ms", took.as_secs_f64() * 1000.0)
    } else {
        format!("{:.2} s", took.as_secs_f64())
    }
}

pub(super) fn bytes(count: u64) -> String {
    format!("{} byte{}", grouped(count), if count == 1 { "" } else { "s" })
}
