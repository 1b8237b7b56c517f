//! What `status` and `method` print.
//!
//! Chapter 2
//!
//! *Strategy*: both are functions from an argument to a text, or to an error
//! that says what to write instead.

use std::fmt::Write;

use super::{
    Caching, Class, Method, Related, RequestContent, ResponseContent, Section, Status,
    also_registered, method, methods, status, statuses,
};
use crate::xray::wrap;

/// Columns of the text.
const WIDTH: usize = 80;
/// Columns of the words at the left.
const LABEL: usize = 12;

/// What there is to know about a status code; without one, all of them.
///
/// # Errors
/// When it is no status code.
pub fn status_command(code: Option<&str>) -> Result<String, String> {
    let Some(text) = code else { return Ok(all_statuses()) };
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let class =
        text.parse().ok().filter(|_| digits).and_then(|code| Some((code, Class::of(code)?)));
    let (code, class) = class.ok_or_else(|| {
        format!("{text:?} is no status code: it has three digits, the first from 1 to 5 (RFC 9110 §15).\nTry: status 404, or status alone for a list")
    })?;
    Ok(status(code).map_or_else(|| unknown_status(code, class), one_status))
}

fn one_status(status: &Status) -> String {
    let mut out = format!("{} {}\n\n", status.code, status.name);
    paragraph(&mut out, status.meaning);
    let class = status.class();
    entry(&mut out, "class", &format!("{class}: {}", class.meaning()));
    entry(&mut out, "client", status.client);
    entry(&mut out, "met", status.met);
    entry(
        &mut out,
        "content",
        match (status.content, class) {
            (ResponseContent::Never, _) => "never: the response ends with its head",
            (ResponseContent::Empty, _) => "none: of 0 bytes, and framed as such",
            (ResponseContent::Usual, Class::Redirection) => "a short note with a link, if any",
            (ResponseContent::Usual, Class::ClientError | Class::ServerError) => {
                "usual: an explanation for people, or for programs"
            }
            (ResponseContent::Usual, _) => "usual",
        },
    );
    entry(
        &mut out,
        "cacheable",
        match status.caching {
            Caching::Heuristically => {
                "yes; for a while even if no field says how long (RFC 9111 §4.2.2)"
            }
            Caching::WhenSaid => "only if a field such as Cache-Control says how long",
            Caching::Never => "no",
        },
    );
    section(&mut out, status.section);
    out
}

fn unknown_status(code: u16, class: Class) -> String {
    let mut out = format!("{code}, not registered\n\n");
    let first = class.first();
    paragraph(
        &mut out,
        &format!(
            "The class is known all the same: a client treats a code that it does not know as {first}."
        ),
    );
    entry(&mut out, "class", &format!("{class}: {}", class.meaning()));
    if let Some(status) = status(first) {
        entry(&mut out, &format!("as {first}"), &format!("{}: {}", status.name, status.meaning));
    }
    section(&mut out, Section::Rfc(9110, "15"));
    out
}

fn all_statuses() -> String {
    let mut out = String::new();
    for class in Class::ALL {
        let gap = if class == Class::Informational { "" } else { "\n" };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{gap}{class}: {} ({})", class.meaning(), class.section());
        for status in statuses().filter(|status| status.class() == class) {
            let _ = writeln!(out, "  {} {}", status.code, status.name);
        }
    }
    out
}

/// What there is to know about a method; without one, all of them.
///
/// # Errors
/// When it is no method, or one in the wrong case.
pub fn method_command(name: Option<&str>) -> Result<String, String> {
    let Some(name) = name else { return Ok(all_methods()) };
    if let Some(method) = method(name) {
        return Ok(one_method(method));
    }
    if let Some(related) = also_registered().iter().find(|related| related.name == name) {
        return Ok(one_related(related));
    }
    if http::Method::from_bytes(name.as_bytes()).is_err() {
        return Err(format!(
            "{name:?} is no method: it must be a token, without spaces (RFC 9110 §9.1).\nTry: method GET, or method alone for a list"
        ));
    }
    let upper = name.to_ascii_uppercase();
    let others = also_registered().iter().map(|related| related.name);
    if methods().iter().map(|method| method.name).chain(others).any(|known| known == upper) {
        return Err(format!(
            "{name} is not {upper}: methods are case-sensitive, and a server that gets {name} does not know it (RFC 9110 §9.1).\nTry: method {upper}"
        ));
    }
    Ok(unknown_method(name))
}

fn one_method(method: &Method) -> String {
    let mut out = format!("{}\n\n", method.name);
    paragraph(&mut out, method.meaning);
    entry(&mut out, "safe", if method.safe { SAFE } else { NOT_SAFE });
    entry(&mut out, "idempotent", if method.idempotent { IDEMPOTENT } else { NOT_IDEMPOTENT });
    entry(
        &mut out,
        "cacheable",
        match method.caching {
            Caching::Heuristically => "yes",
            Caching::WhenSaid => {
                "only for a later GET, and only if the response says how long and has the same URL in Content-Location"
            }
            Caching::Never => "no",
        },
    );
    entry(
        &mut out,
        "request",
        match method.request_content {
            RequestContent::Usual => "has content, as a rule",
            RequestContent::Allowed => {
                "may have content, with its Content-Type; no use of it is defined"
            }
            RequestContent::NoMeaning => {
                "has no content: it could have some, but what it means is defined nowhere, and servers may refuse it"
            }
            RequestContent::Forbidden => "must not have content",
        },
    );
    entry(
        &mut out,
        "response",
        match (method.response_content, method.name) {
            (ResponseContent::Never, "CONNECT") => {
                "has no content after a 2xx: what follows is the tunnel"
            }
            (ResponseContent::Never, _) => "has no content, whatever its Content-Length says",
            _ => "has content, as a rule",
        },
    );
    entry(&mut out, "client", method.client);
    entry(&mut out, "met", method.met);
    section(&mut out, method.section);
    out
}

fn one_related(related: &Related) -> String {
    let mut out = format!("{}\n\n", related.name);
    paragraph(&mut out, related.meaning);
    entry(&mut out, "safe", if related.safe { SAFE } else { NOT_SAFE });
    entry(&mut out, "idempotent", if related.idempotent { IDEMPOTENT } else { NOT_IDEMPOTENT });
    section(&mut out, related.section);
    out
}

fn unknown_method(name: &str) -> String {
    let mut out = format!("{name}, not registered with HTTP or WebDAV\n\n");
    paragraph(
        &mut out,
        "Any token can be a method. A server that does not know it answers 501, one that knows it but does not allow it here answers 405.",
    );
    entry(&mut out, "safe", "nobody can tell, so no");
    entry(&mut out, "idempotent", "nobody can tell, so no");
    section(&mut out, Section::Rfc(9110, "9.1"));
    out
}

fn all_methods() -> String {
    let mut out = String::new();
    for method in methods() {
        let kind = match (method.safe, method.idempotent) {
            (true, _) => "safe, idempotent",
            (false, true) => "idempotent",
            (false, false) => "neither safe nor idempotent",
        };
        entry(&mut out, method.name, &format!("{} ({kind})", method.meaning));
    }
    out.push_str("\nAlso registered:\n");
    for related in also_registered() {
        entry(&mut out, related.name, related.meaning);
    }
    out
}

const SAFE: &str = "yes: the client asks for no change (RFC 9110 §9.2.1)";
const NOT_SAFE: &str = "no: the client asks for a change (RFC 9110 §9.2.1)";
const IDEMPOTENT: &str =
    "yes: twice has the effect of once, so it may be sent again (RFC 9110 §9.2.2)";
const NOT_IDEMPOTENT: &str = "no: twice may have the effect of twice (RFC 9110 §9.2.2)";

fn paragraph(out: &mut String, text: &str) {
    for line in wrap(text, WIDTH) {
        let _ = writeln!(out, "{line}");
    }
    out.push('\n');
}

fn entry(out: &mut String, label: &str, text: &str) {
    for (at, line) in wrap(text, WIDTH - LABEL).into_iter().enumerate() {
        let _ = writeln!(out, "{:<LABEL$}{line}", if at == 0 { label } else { "" });
    }
}

fn section(out: &mut String, section: Section) {
    let _ = writeln!(out, "{:<LABEL$}{section}, {}", "section", section.url());
}
