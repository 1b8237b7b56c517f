//! A file as a representation: its media type and its validators.
//!
//! Chapter 3 · RFC 9110 §8
//!
//! *Strategy*: a browser does not look at the name of a file, only at what the
//! response says that it is. So the media type is found by the name here, and
//! sent. The validators say which state of the file was sent, so that a client
//! can ask later whether it is still the same.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use step1_http_basics::clock;

use crate::precompressed::Coding;
use crate::preconditions::Validators;

/// The state of a file, and how a response describes it. It is made once when
/// a file is opened, and not for each response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representation {
    /// The value of `Content-Type`.
    pub media_type: HeaderValue,
    /// The number of bytes.
    pub length: u64,
    /// When it was last changed, if the file system says so.
    pub modified: Option<SystemTime>,
    /// The value of `Last-Modified`; never later than now.
    /// [RFC 9110 §8.8.2](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.2)
    pub last_modified: Option<HeaderValue>,
    /// The value of `ETag`.
    pub entity_tag: Option<HeaderValue>,
    /// How the bytes are compressed, if they are.
    pub coding: Option<Coding>,
    /// Whether other clients may get other bytes, so that a cache has to know
    /// what this one accepts: text, and what is made of text, is worth
    /// compressing; pictures and archives are compressed already.
    pub is_negotiated: bool,
}

impl Representation {
    /// The representation of a file with this name, size and time.
    #[must_use]
    pub fn new(name: &Path, length: u64, modified: Option<SystemTime>, now: SystemTime) -> Self {
        let media_type = media_type(name);
        Representation {
            length,
            modified,
            // Times before 1970 exist on some disks; HTTP dates here begin there.
            last_modified: modified
                .map(|time| clock::imf_fixdate(time.clamp(UNIX_EPOCH, now.max(UNIX_EPOCH)))),
            entity_tag: modified.and_then(|modified| entity_tag(length, modified, None, now)),
            coding: None,
            is_negotiated: is_made_of_text(media_type.to_str().unwrap_or_default()),
            media_type,
        }
    }

    /// This file as the compressed form of another.
    #[must_use]
    pub fn compressed(self, original: &Representation, coding: Coding, now: SystemTime) -> Self {
        Representation {
            media_type: original.media_type.clone(),
            entity_tag: self
                .modified
                .and_then(|modified| entity_tag(self.length, modified, Some(coding), now)),
            coding: Some(coding),
            is_negotiated: true,
            ..self
        }
    }

    /// Whether its entity tag is weak: it was changed a moment ago.
    #[must_use]
    pub fn has_weak_tag(&self) -> bool {
        self.entity_tag.as_ref().is_some_and(|tag| tag.as_bytes().starts_with(b"W/"))
    }

    /// What preconditions are evaluated against.
    #[must_use]
    pub fn validators(&self) -> Validators {
        Validators { entity_tag: self.entity_tag.clone(), modified: self.modified }
    }
}

// ANCHOR: entity_tag
/// The entity tag: made of size and time, so that it changes with the content
/// and costs no reading. A file that was changed a moment ago may be changed
/// again without a new time; its tag is weak.
/// [RFC 9110 §8.8.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3)
fn entity_tag(
    length: u64,
    modified: SystemTime,
    coding: Option<Coding>,
    now: SystemTime,
) -> Option<HeaderValue> {
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    // The clock that stamps files has ticks of some milliseconds; a file system
    // that keeps only whole seconds may keep only even ones.
    let tick = Duration::from_millis(if since.subsec_nanos() == 0 { 2_000 } else { 100 });
    let settled = now.duration_since(modified).is_ok_and(|age| age > tick);
    let weak = if settled { "" } else { "W/" };
    let coding = coding.map(|coding| format!("-{}", coding.name())).unwrap_or_default();
    HeaderValue::try_from(format!("{weak}\"{length:x}-{:x}{coding}\"", since.as_nanos())).ok()
}
// ANCHOR_END: entity_tag

fn is_made_of_text(media_type: &str) -> bool {
    let kinds = ["json", "xml", "javascript", "wasm"];
    media_type.starts_with("text/") || kinds.iter().any(|kind| media_type.contains(kind))
}

// ANCHOR: media_type
/// The media type by the name's extension. Text is said to be UTF-8: without
/// that a browser guesses, and shows other characters than were written.
/// [RFC 9110 §8.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.3)
#[must_use]
pub fn media_type(name: &Path) -> HeaderValue {
    let known = mime_guess::from_path(name).first_raw().map(|known| match known {
        // What the table calls by an older name: RFC 9239 and RFC 8081.
        "application/javascript" => "text/javascript",
        "application/font-woff" => "font/woff",
        "application/font-sfnt" => "font/otf",
        known => known,
    });
    match known {
        Some(text) if text.starts_with("text/") => {
            HeaderValue::try_from(format!("{text}; charset=utf-8"))
        }
        Some(other) => Ok(HeaderValue::from_static(other)),
        None => Ok(HeaderValue::from_static("application/octet-stream")),
    }
    .unwrap_or(HeaderValue::from_static("application/octet-stream"))
}
// ANCHOR_END: media_type

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_follows_the_name() {
        let check = |name: &str, expected: &str| {
            assert_eq!(media_type(Path::new(name)), expected, "{name}");
        };
        check("simple_navbar.html", "text/html; charset=utf-8");
        check("a.CSS", "text/css; charset=utf-8");
        check("a.js", "text/javascript; charset=utf-8");
        check("a.mjs", "text/javascript; charset=utf-8");
        check("a.woff", "font/woff");
        check("a.woff2", "font/woff2");
        check("a.otf", "font/otf");
        check("a.svg", "image/svg+xml");
        check("a.png", "image/png");
        check("favicon.ico", "image/x-icon");
        check("a.json", "application/json");
        check("README", "application/octet-stream");
    }

    #[test]
    fn the_entity_tag_changes_with_size_and_time() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let tag = |length, modified| {
            Representation::new(Path::new("a"), length, Some(at(modified)), at(100)).entity_tag
        };
        assert_eq!(tag(16, 1).unwrap(), "\"10-3b9aca00\"");
        assert_ne!(tag(16, 1), tag(17, 1));
        assert_ne!(tag(16, 1), tag(16, 2));
    }

    #[test]
    fn a_tag_is_weak_while_another_change_could_have_the_same_time() {
        #[track_caller]
        fn check(modified: u64, now: u64, is_weak: bool) {
            let at = |milliseconds| UNIX_EPOCH + Duration::from_millis(milliseconds);
            let file = Representation::new(Path::new("a"), 16, Some(at(modified)), at(now));
            assert_eq!(file.has_weak_tag(), is_weak, "{modified} ms, seen at {now} ms");
        }
        check(90_001, 90_001, true);
        check(90_001, 90_101, true);
        check(90_001, 90_102, false);
        // Whole seconds: the file system may keep no others.
        check(90_000, 92_000, true);
        check(90_000, 92_001, false);
        // From the future: who knows when it was changed.
        check(90_001, 80_000, true);
    }

    #[test]
    fn a_file_is_never_from_the_future() {
        let (now, later) = (UNIX_EPOCH, UNIX_EPOCH + Duration::from_secs(9));
        let file = Representation::new(Path::new("a"), 0, Some(later), now);
        assert_eq!(file.last_modified.unwrap(), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
