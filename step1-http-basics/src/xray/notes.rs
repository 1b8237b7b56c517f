//! What methods, status codes and fields say, in a few words.

use percent_encoding::percent_decode;

use super::{Section, Span, visible};

/// Methods: [RFC 9110 §9.3](https://www.rfc-editor.org/rfc/rfc9110#section-9.3).
const METHODS: [(&str, Section, &str); 9] = [
    ("GET", Section::Rfc(9110, "9.3.1"), "send me what is there"),
    ("HEAD", Section::Rfc(9110, "9.3.2"), "like GET, but send the head alone"),
    ("POST", Section::Rfc(9110, "9.3.3"), "process the content"),
    ("PUT", Section::Rfc(9110, "9.3.4"), "store the content there"),
    ("DELETE", Section::Rfc(9110, "9.3.5"), "remove what is there"),
    ("CONNECT", Section::Rfc(9110, "9.3.6"), "open a tunnel"),
    ("OPTIONS", Section::Rfc(9110, "9.3.7"), "what can be done there?"),
    ("TRACE", Section::Rfc(9110, "9.3.8"), "send me what you received"),
    ("PATCH", Section::Rfc(5789, "2"), "change a part of what is there"),
];

/// The classes of status codes, by their first digit.
const CLASSES: [(u8, Section, &str); 5] = [
    (b'1', Section::Rfc(9110, "15.2"), "interim: another response follows"),
    (b'2', Section::Rfc(9110, "15.3"), "success"),
    (b'3', Section::Rfc(9110, "15.4"), "go elsewhere, or use your copy"),
    (b'4', Section::Rfc(9110, "15.5"), "the client made a mistake"),
    (b'5', Section::Rfc(9110, "15.6"), "the server failed"),
];

const FETCH_METADATA: Section =
    Section::Page { name: "Fetch Metadata", url: "https://www.w3.org/TR/fetch-metadata/" };
const CLIENT_HINTS: Section =
    Section::Page { name: "UA Client Hints", url: "https://wicg.github.io/ua-client-hints/" };
const CSP: Section = Section::Page {
    name: "CSP Upgrade",
    url: "https://www.w3.org/TR/upgrade-insecure-requests/#preference",
};

/// Fields that a student meets, by their names in lower case.
const FIELDS: [(&str, Section, &str); 55] = [
    ("accept", Section::Rfc(9110, "12.5.1"), "media types it wants"),
    ("accept-encoding", Section::Rfc(9110, "12.5.3"), "compressions it can undo"),
    ("accept-language", Section::Rfc(9110, "12.5.4"), "languages its user prefers"),
    ("accept-ranges", Section::Rfc(9110, "14.3"), "whether parts may be asked for"),
    ("age", Section::Rfc(9111, "5.1"), "seconds that a cache has kept it"),
    ("allow", Section::Rfc(9110, "10.2.1"), "methods that can be used here"),
    ("authorization", Section::Rfc(9110, "11.6.2"), "proof of who is asking"),
    ("cache-control", Section::Rfc(9111, "5.2"), "who may keep a copy, how long"),
    ("connection", Section::Rfc(9110, "7.6.1"), "for this connection alone"),
    ("content-disposition", Section::Rfc(6266, "4"), "show it, or save it under a name"),
    ("content-encoding", Section::Rfc(9110, "8.4"), "how the content is compressed"),
    ("content-language", Section::Rfc(9110, "8.5"), "for readers of which language"),
    ("content-length", Section::Rfc(9110, "8.6"), "bytes of content"),
    ("content-location", Section::Rfc(9110, "8.7"), "where the content is found too"),
    ("content-range", Section::Rfc(9110, "14.4"), "which part of the whole it is"),
    (
        "content-security-policy",
        Section::Page { name: "CSP", url: "https://www.w3.org/TR/CSP3/" },
        "what the page may load and do",
    ),
    ("content-type", Section::Rfc(9110, "8.3"), "what the content is"),
    ("cookie", Section::Rfc(6265, "4.2"), "what the site gave it to keep"),
    ("date", Section::Rfc(9110, "6.6.1"), "when it was made"),
    ("etag", Section::Rfc(9110, "8.8.3"), "a name for this very version"),
    ("expect", Section::Rfc(9110, "10.1.1"), "waits for 100 before its content"),
    ("expires", Section::Rfc(9111, "5.3"), "when a copy gets stale"),
    ("forwarded", Section::Rfc(7239, "4"), "for whom a proxy asks"),
    ("host", Section::Rfc(9110, "7.2"), "which site is meant"),
    ("if-match", Section::Rfc(9110, "13.1.1"), "only if it is still this version"),
    ("if-modified-since", Section::Rfc(9110, "13.1.3"), "only if changed since"),
    ("if-none-match", Section::Rfc(9110, "13.1.2"), "unless it is this version"),
    ("if-range", Section::Rfc(9110, "13.1.5"), "the part if unchanged, else all"),
    ("if-unmodified-since", Section::Rfc(9110, "13.1.4"), "only if nobody changed it since"),
    ("keep-alive", Section::Rfc(9112, "C.2.2"), "from the days of HTTP/1.0"),
    ("last-modified", Section::Rfc(9110, "8.8.2"), "when it last changed"),
    ("link", Section::Rfc(8288, "3"), "what it is related to"),
    ("location", Section::Rfc(9110, "10.2.2"), "where to go instead"),
    ("max-forwards", Section::Rfc(9110, "7.6.2"), "how many proxies may pass it on"),
    ("origin", Section::Rfc(6454, "7"), "which site's page made it ask"),
    ("pragma", Section::Rfc(9111, "5.4"), "from before Cache-Control"),
    ("priority", Section::Rfc(9218, "5"), "how soon it is needed"),
    ("proxy-authenticate", Section::Rfc(9110, "11.7.1"), "how to prove who you are"),
    ("proxy-authorization", Section::Rfc(9110, "11.7.2"), "proof of who is asking"),
    ("range", Section::Rfc(9110, "14.2"), "only this part, please"),
    ("referer", Section::Rfc(9110, "10.1.3"), "the page whose link was followed"),
    ("retry-after", Section::Rfc(9110, "10.2.3"), "when to ask again"),
    ("server", Section::Rfc(9110, "10.2.4"), "which program answers"),
    ("set-cookie", Section::Rfc(6265, "4.1"), "keep this, and send it back"),
    ("strict-transport-security", Section::Rfc(6797, "6.1"), "come back by https only"),
    ("te", Section::Rfc(9110, "10.1.4"), "transfer codings it can undo"),
    ("trailer", Section::Rfc(9110, "6.6.2"), "fields that follow the content"),
    ("transfer-encoding", Section::Rfc(9112, "6.1"), "how the content is cut on its way"),
    ("upgrade", Section::Rfc(9110, "7.8"), "another protocol, if you like"),
    ("upgrade-insecure-requests", CSP, "prefers https, if there is a choice"),
    ("user-agent", Section::Rfc(9110, "10.1.5"), "which program asks"),
    ("vary", Section::Rfc(9110, "12.5.5"), "request fields that chose this"),
    ("via", Section::Rfc(9110, "7.6.3"), "proxies that it came through"),
    ("www-authenticate", Section::Rfc(9110, "11.6.1"), "how to prove who you are"),
    ("x-forwarded-for", Section::Rfc(7239, "7.4"), "for whom a proxy asks"),
];

/// Families of fields that begin alike.
const FAMILIES: [(&str, Section, &str); 2] = [
    ("sec-fetch-", FETCH_METADATA, "where in a browser it comes from"),
    ("sec-ch-ua", CLIENT_HINTS, "which browser, on which system"),
];

/// Says what a method asks for.
pub(super) fn method(name: &[u8], span: Span) -> Span {
    match METHODS.iter().find(|(known, ..)| known.as_bytes() == name) {
        Some(&(_, section, note)) => span.with_section(section).with_note(note),
        None => span,
    }
}

/// Says which class a status code is of.
pub(super) fn status(code: &[u8], span: Span) -> Span {
    match CLASSES.iter().find(|(first, ..)| code.first() == Some(first)) {
        Some(&(_, section, note)) => span.with_section(section).with_note(note),
        None => span,
    }
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

/// Says what a part of the target means, if it is percent-encoded.
pub(super) fn percent_encoded(raw: &[u8], span: Span) -> Span {
    if !raw.contains(&b'%') {
        return span;
    }
    let decoded: Vec<u8> = percent_decode(raw).collect();
    span.with_note(format!("means {}", visible(&decoded)))
}
