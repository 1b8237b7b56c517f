//! What methods, status codes and fields say, in a few words.

use percent_encoding::percent_decode;

use super::{Section, Span, visible};
use crate::reference::{self, Class};

/// What the methods ask for, in fewer words than [`reference`] has.
const METHODS: [(&str, &str); 9] = [
    ("GET", "send me what is there"),
    ("HEAD", "GET, but the head alone"),
    ("POST", "process the content"),
    ("PUT", "store the content there"),
    ("DELETE", "remove what is there"),
    ("CONNECT", "open a tunnel"),
    ("OPTIONS", "what can be done there?"),
    ("TRACE", "send back what came"),
    ("PATCH", "change what is there"),
];

const FETCH_METADATA: Section =
    Section::Page { name: "Fetch Metadata", url: "https://www.w3.org/TR/fetch-metadata/" };
const CLIENT_HINTS: Section =
    Section::Page { name: "UA Client Hints", url: "https://wicg.github.io/ua-client-hints/" };
const UPGRADE: Section = Section::Page {
    name: "Upgrade Requests",
    url: "https://www.w3.org/TR/upgrade-insecure-requests/#preference",
};

/// Fields that a student meets, by their names in lower case.
const FIELDS: [(&str, Section, &str); 55] = [
    ("accept", Section::Rfc(9110, "12.5.1"), "media types it wants"),
    ("accept-encoding", Section::Rfc(9110, "12.5.3"), "compressions it knows"),
    ("accept-language", Section::Rfc(9110, "12.5.4"), "languages it prefers"),
    ("accept-ranges", Section::Rfc(9110, "14.3"), "parts may be asked for"),
    ("age", Section::Rfc(9111, "5.1"), "its age in a cache"),
    ("allow", Section::Rfc(9110, "10.2.1"), "methods to use here"),
    ("authorization", Section::Rfc(9110, "11.6.2"), "proof of who asks"),
    ("cache-control", Section::Rfc(9111, "5.2"), "who may keep a copy"),
    ("connection", Section::Rfc(9110, "7.6.1"), "about this connection"),
    ("content-disposition", Section::Rfc(6266, "4"), "to show, or to save"),
    ("content-encoding", Section::Rfc(9110, "8.4"), "how it is compressed"),
    ("content-language", Section::Rfc(9110, "8.5"), "in which language"),
    ("content-length", Section::Rfc(9110, "8.6"), "bytes of content"),
    ("content-location", Section::Rfc(9110, "8.7"), "where it is found too"),
    ("content-range", Section::Rfc(9110, "14.4"), "which part it is"),
    (
        "content-security-policy",
        Section::Page { name: "CSP", url: "https://www.w3.org/TR/CSP3/" },
        "what the page may do",
    ),
    ("content-type", Section::Rfc(9110, "8.3"), "what the content is"),
    ("cookie", Section::Rfc(6265, "4.2"), "kept from Set-Cookie"),
    ("date", Section::Rfc(9110, "6.6.1"), "when it was made"),
    ("etag", Section::Rfc(9110, "8.8.3"), "a name for the version"),
    ("expect", Section::Rfc(9110, "10.1.1"), "waits for a 100 first"),
    ("expires", Section::Rfc(9111, "5.3"), "when a copy gets stale"),
    ("forwarded", Section::Rfc(7239, "4"), "for whom a proxy asks"),
    ("host", Section::Rfc(9110, "7.2"), "which site is meant"),
    ("if-match", Section::Rfc(9110, "13.1.1"), "if it is this version"),
    ("if-modified-since", Section::Rfc(9110, "13.1.3"), "if it changed since"),
    ("if-none-match", Section::Rfc(9110, "13.1.2"), "unless it is this one"),
    ("if-range", Section::Rfc(9110, "13.1.5"), "a part if still this"),
    ("if-unmodified-since", Section::Rfc(9110, "13.1.4"), "if unchanged since"),
    ("keep-alive", Section::Rfc(9112, "C.2.2"), "from HTTP/1.0 days"),
    ("last-modified", Section::Rfc(9110, "8.8.2"), "when it last changed"),
    ("link", Section::Rfc(8288, "3"), "what it is related to"),
    ("location", Section::Rfc(9110, "10.2.2"), "where to go instead"),
    ("max-forwards", Section::Rfc(9110, "7.6.2"), "how far it may go"),
    ("origin", Section::Rfc(6454, "7"), "whose page made it ask"),
    ("pragma", Section::Rfc(9111, "5.4"), "an old Cache-Control"),
    ("priority", Section::Rfc(9218, "5"), "how soon it is needed"),
    ("proxy-authenticate", Section::Rfc(9110, "11.7.1"), "how to prove who asks"),
    ("proxy-authorization", Section::Rfc(9110, "11.7.2"), "proof of who asks"),
    ("range", Section::Rfc(9110, "14.2"), "only this part, please"),
    ("referer", Section::Rfc(9110, "10.1.3"), "the page it came from"),
    ("retry-after", Section::Rfc(9110, "10.2.3"), "when to ask again"),
    ("server", Section::Rfc(9110, "10.2.4"), "which program answers"),
    ("set-cookie", Section::Rfc(6265, "4.1"), "keep it, send it back"),
    ("strict-transport-security", Section::Rfc(6797, "6.1"), "come back by https"),
    ("te", Section::Rfc(9110, "10.1.4"), "codings it can undo"),
    ("trailer", Section::Rfc(9110, "6.6.2"), "fields after content"),
    ("transfer-encoding", Section::Rfc(9112, "6.1"), "how content is cut up"),
    ("upgrade", Section::Rfc(9110, "7.8"), "another protocol?"),
    ("upgrade-insecure-requests", UPGRADE, "prefers https"),
    ("user-agent", Section::Rfc(9110, "10.1.5"), "which program asks"),
    ("vary", Section::Rfc(9110, "12.5.5"), "what this depends on"),
    ("via", Section::Rfc(9110, "7.6.3"), "which way it came"),
    ("www-authenticate", Section::Rfc(9110, "11.6.1"), "how to prove who asks"),
    ("x-forwarded-for", Section::Rfc(7239, "7.4"), "for whom a proxy asks"),
];

/// Fields of browsers that come in families: the longest name that fits counts.
const FAMILIES: [(&str, Section, &str); 7] = [
    ("sec-fetch-dest", FETCH_METADATA, "what it is for"),
    ("sec-fetch-mode", FETCH_METADATA, "how the browser asks"),
    ("sec-fetch-site", FETCH_METADATA, "from which site"),
    ("sec-fetch-user", FETCH_METADATA, "somebody clicked"),
    ("sec-ch-ua-mobile", CLIENT_HINTS, "on a phone or not"),
    ("sec-ch-ua-platform", CLIENT_HINTS, "on which system"),
    ("sec-ch-ua", CLIENT_HINTS, "which browser asks"),
];

/// Says what a method asks for.
pub(super) fn method(name: &[u8], span: Span) -> Span {
    let text = std::str::from_utf8(name).unwrap_or_default();
    let known = METHODS.iter().find(|(known, _)| *known == text);
    match known.zip(reference::method(text)) {
        Some((&(_, note), method)) => span.with_section(method.section).with_note(note),
        None => span,
    }
}

/// Says which class a status code is of. One above 599 is taken for a 5xx.
pub(super) fn status(code: &[u8], span: Span) -> Span {
    let number = std::str::from_utf8(code).ok().and_then(|digits| digits.parse::<u16>().ok());
    let Some((number, class)) =
        number.and_then(|number| Some((number, Class::of(number.min(599))?)))
    else {
        return span;
    };
    let section = reference::status(number).map_or(class.section(), |status| status.section);
    span.with_section(section).with_note(class.meaning())
}

/// Says what a field is for.
pub(super) fn field(name: &[u8], value: &[u8], span: Span) -> Span {
    let name = name.to_ascii_lowercase();
    let exact = FIELDS.iter().find(|(known, ..)| known.as_bytes() == name);
    let found =
        exact.or_else(|| FAMILIES.iter().find(|(prefix, ..)| name.starts_with(prefix.as_bytes())));
    let Some(&(known, section, note)) = found else { return span };
    let note = match known {
        "connection" if value.eq_ignore_ascii_case(b"close") => "closed after this",
        "connection" if value.eq_ignore_ascii_case(b"keep-alive") => "kept open after this",
        _ => note,
    };
    span.with_section(section).with_note(note)
}

/// Says what a path means, if it is percent-encoded.
pub(super) fn path(raw: &[u8], span: Span) -> Span {
    let decoded = decode_path(raw);
    if decoded == raw { span } else { span.with_note(format!("means {}", visible(&decoded))) }
}

/// A path with its percent-encoding taken off, but for `%2F`: that is a slash
/// inside a segment, and `/` is one between two.
/// [RFC 3986 §2.2](https://www.rfc-editor.org/rfc/rfc3986#section-2.2)
pub(crate) fn decode_path(raw: &[u8]) -> Vec<u8> {
    let (mut decoded, mut rest) = (Vec::new(), raw);
    while let Some(at) = rest.windows(3).position(|three| three.eq_ignore_ascii_case(b"%2f")) {
        decoded.extend(percent_decode(&rest[..at]));
        decoded.extend_from_slice(&rest[at..at + 3]);
        rest = &rest[at + 3..];
    }
    decoded.extend(percent_decode(rest));
    decoded
}
