//! `NAME.br` and `NAME.gz` beside NAME, for clients that accept them.
//!
//! Chapter 3 · RFC 9110 §8.4, §12.5.3
//!
//! *Strategy*: whoever builds the site compresses it once, as well as can be;
//! the server only chooses. A compressed file that is older than the file it
//! stands for is left alone: it is of an earlier state.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;
use step1_http_basics::accept;

use crate::answer::OpenFile;
use crate::static_files::Opened;

/// A content coding that a file may have been stored in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Brotli, [RFC 7932](https://www.rfc-editor.org/rfc/rfc7932).
    Brotli,
    /// [RFC 1952](https://www.rfc-editor.org/rfc/rfc1952).
    Gzip,
}

/// Codings in which there was no file, the last time that somebody looked.
#[derive(Debug, Default)]
pub struct Lacks([AtomicBool; Coding::ALL.len()]);

impl Lacks {
    /// Whether there was none.
    #[must_use]
    pub fn get(&self, coding: Coding) -> bool {
        self.0[coding as usize].load(Ordering::Relaxed)
    }

    /// Notes that there was none.
    pub fn set(&self, coding: Coding) {
        self.0[coding as usize].store(true, Ordering::Relaxed);
    }
}

impl Coding {
    /// All codings; the one that compresses best first.
    pub const ALL: [Coding; 2] = [Coding::Brotli, Coding::Gzip];

    /// As `Content-Encoding` names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
        }
    }

    /// The name of the compressed file beside this one.
    #[must_use]
    pub fn file_name(self, name: &Path) -> PathBuf {
        let mut name = name.as_os_str().to_owned();
        name.push(match self {
            Coding::Brotli => ".br",
            Coding::Gzip => ".gz",
        });
        name.into()
    }
}

/// The compressed file beside this one, if there is one that the client takes;
/// if not, this one. That there is none is remembered as long as this file is
/// kept open: a browser asks for it with every request.
pub(crate) fn choose(
    name: &Path,
    file: Arc<OpenFile>,
    fields: &HeaderMap,
    open: impl Fn(&Path) -> io::Result<Opened>,
) -> Arc<OpenFile> {
    if !file.state.is_negotiated || !fields.contains_key(ACCEPT_ENCODING) {
        return file;
    }
    for coding in accepted(fields) {
        if file.lacks.get(coding) {
            continue;
        }
        match open(&coding.file_name(name)) {
            Ok(Opened::File(packed)) if packed.state.modified >= file.state.modified => {
                let state = packed.state.clone().compressed(&file.state, coding, SystemTime::now());
                return Arc::new(OpenFile::new(Arc::clone(&packed.file), state));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => file.lacks.set(coding),
            _ => {}
        }
    }
    file
}

// ANCHOR: accepted
/// The codings that the client takes, the most wanted first.
pub fn accepted(fields: &HeaderMap) -> impl Iterator<Item = Coding> {
    let mut codings = Coding::ALL.map(|coding| (weight(fields, coding), coding));
    // The sort is stable: of two that are wanted alike, the better one stays first.
    codings.sort_by_key(|&(weight, _)| std::cmp::Reverse(weight));
    codings.into_iter().filter(|&(weight, _)| weight > 0).map(|(_, coding)| coding)
}
// ANCHOR_END: accepted

/// How much the client wants this coding, from 0 (not at all) to 1000.
/// [RFC 9110 §12.5.3](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3)
#[must_use]
pub fn weight(fields: &HeaderMap, coding: Coding) -> u16 {
    let mut any = 0;
    let values =
        fields.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    for member in values.flat_map(|value| value.split(',')) {
        let (name, parameters) = member.split_once(';').unwrap_or((member, ""));
        let name = name.trim();
        let is_gzip = coding == Coding::Gzip && name.eq_ignore_ascii_case("x-gzip");
        if name.eq_ignore_ascii_case(coding.name()) || is_gzip {
            return quality(parameters);
        }
        if name == "*" {
            any = quality(parameters);
        }
    }
    any
}

/// `weight = OWS ";" OWS "q=" qvalue`, in thousandths; 1000 if it is not there,
/// 0 if it is not a weight.
/// [RFC 9110 §12.4.2](https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2)
fn quality(parameters: &str) -> u16 {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return 1000;
    }
    let Some(value) = parameters.strip_prefix("q=").or_else(|| parameters.strip_prefix("Q="))
    else {
        return 0;
    };
    accept::thousandths(value).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, brotli: u16, gzip: u16) {
        let fields = HeaderMap::from_iter([(ACCEPT_ENCODING, value.parse().unwrap())]);
        assert_eq!(
            (weight(&fields, Coding::Brotli), weight(&fields, Coding::Gzip)),
            (brotli, gzip),
            "{value}"
        );
    }

    #[test]
    fn a_client_says_which_codings_it_takes() {
        check("gzip, deflate, br", 1000, 1000);
        check("GZIP;q=0.5", 0, 500);
        check("br;q=0, *;q=0.1", 0, 100);
        check("*", 1000, 1000);
        check("identity", 0, 0);
        check("", 0, 0);
        check("gzip;q=1.000, br; q=0.001", 1, 1000);
        check("gzip;q=1.001, br;q=2", 0, 0);
        check("x-gzip", 0, 1000);
    }
}
