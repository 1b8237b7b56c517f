//! Compresses what compresses well, for clients that say they can take it.
//!
//! Chapter 5 · PEP 3333, *Other HTTP Features*, *Middleware Handling of Block
//! Boundaries* · RFC 9110 §8.4
//!
//! *Strategy*: the headers decide, so the decision falls in `start_response`,
//! which may be called late, or again. Each block is compressed and flushed by
//! itself: middleware must not hold back what the application has handed over.
//! A content encoding is the application's affair, a transfer encoding the
//! server's; so this is allowed here.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::application::{Application, Result};
use crate::body::{Body, Bytestring, Kind};
use crate::environ::Environ;
use crate::start_response::{ExcInfo, Headers, StartResponse};

/// An application whose text is compressed.
pub struct Gzip<A>(pub A);

/// The encoder of this response; `None`: it goes as it is.
#[derive(Clone, Default)]
struct Encoder {
    gzip: Arc<Mutex<Option<GzEncoder<Vec<u8>>>>>,
    has_begun: Arc<AtomicBool>,
}

impl<A: Application> Application for Gzip<A> {
    fn call(&self, environ: Environ, start_response: StartResponse) -> Result<Body> {
        if !accepts_gzip(&environ.get_or_empty("HTTP_ACCEPT_ENCODING").to_string()) {
            return self.0.call(environ, varying(start_response));
        }
        let encoder = Encoder::default();
        let body = self.0.call(environ, encoding(start_response, &encoder))?;
        Ok(match &body.kind {
            // All of it was written, and the end is missing; or there is nothing to compress.
            Kind::Empty if encoder.has_begun.load(Ordering::Relaxed) => {
                Body { kind: Kind::Block(encoder.end()?.into()), close: body.close }
            }
            Kind::Empty => body,
            // Whoever returns a file has begun: the decision stands.
            Kind::File(_) if !encoder.is_on() => body,
            // One block that is all there stays one.
            Kind::Block(block) if encoder.is_on() => {
                let whole = [encoder.block(block)?, encoder.end()?].concat();
                Body { kind: Kind::Block(whole.into()), close: body.close }
            }
            _ if encoder.is_on() || body.len().is_none() => {
                Body::iterator(Encoded { body: Some(body), encoder })
            }
            _ => body,
        })
    }
}

/// `start_response` that decides and changes the headers accordingly.
fn encoding(start_response: StartResponse, encoder: &Encoder) -> StartResponse {
    let encoder = encoder.clone();
    Arc::new(move |status: &str, headers: Headers<'_>, exc_info: Option<ExcInfo>| {
        if !compresses_well(status, headers) {
            let write = start_response(status, &with_vary(headers), exc_info)?;
            encoder.set(false); // not before: it may be too late to begin anew
            return Ok(write);
        }
        let mut changed = with_vary(headers);
        // It would be the length of what is not sent.
        changed.retain(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
        changed.push(("Content-Encoding", "gzip"));
        // Other bytes: what was equal byte for byte is equal in meaning only.
        let weak: Vec<String> = changed
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("etag"))
            .map(
                |(_, tag)| {
                    if tag.starts_with("W/") { (*tag).to_owned() } else { format!("W/{tag}") }
                },
            )
            .collect();
        let mut tags = weak.iter();
        for (name, value) in &mut changed {
            if name.eq_ignore_ascii_case("etag") {
                *value = tags.next().map_or(*value, String::as_str);
            }
        }
        let write = start_response(status, &changed, exc_info)?;
        encoder.set(true);
        let encoder = encoder.clone();
        Ok(Arc::new(move |block: &[u8]| write(&encoder.block(block)?)))
    })
}

/// `start_response` for those who get it as it is: others might not.
fn varying(start_response: StartResponse) -> StartResponse {
    Arc::new(move |status: &str, headers: Headers<'_>, exc_info: Option<ExcInfo>| {
        start_response(status, &with_vary(headers), exc_info)
    })
}

fn with_vary<'a>(headers: Headers<'a>) -> Vec<(&'a str, &'a str)> {
    [headers, &[("Vary", "Accept-Encoding")]].concat()
}

// ANCHOR: blocks
/// A body whose blocks are compressed, each by itself.
struct Encoded {
    body: Option<Body>,
    encoder: Encoder,
}

impl Iterator for Encoded {
    type Item = Result<Bytestring>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = match self.body.as_mut()?.next() {
            Some(Ok(block)) => self.encoder.block(&block),
            Some(Err(error)) => Err(error),
            None => {
                self.body = None;
                self.encoder.end()
            }
        };
        Some(block.map(Into::into))
    }
}
// ANCHOR_END: blocks

impl Encoder {
    fn lock(&self) -> MutexGuard<'_, Option<GzEncoder<Vec<u8>>>> {
        self.gzip.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, on: bool) {
        *self.lock() = on.then(|| GzEncoder::new(Vec::new(), Compression::default()));
    }

    fn is_on(&self) -> bool {
        self.lock().is_some()
    }

    /// The block compressed, with nothing of it held back.
    fn block(&self, block: &[u8]) -> Result<Vec<u8>> {
        match &mut *self.lock() {
            None => Ok(block.to_vec()),
            Some(_) if block.is_empty() => Ok(Vec::new()),
            Some(encoder) => {
                self.has_begun.store(true, Ordering::Relaxed);
                encoder.write_all(block)?;
                encoder.flush()?;
                Ok(std::mem::take(encoder.get_mut()))
            }
        }
    }

    fn end(&self) -> Result<Vec<u8>> {
        match self.lock().take() {
            None => Ok(Vec::new()),
            Some(encoder) => Ok(encoder.finish()?),
        }
    }
}

/// Whether it is text, whole, and not encoded yet.
fn compresses_well(status: &str, headers: Headers<'_>) -> bool {
    let value = |wanted: &str| {
        headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| *value)
    };
    let media_type = value("content-type").unwrap_or_default().to_ascii_lowercase();
    let text = media_type.starts_with("text/")
        || ["json", "javascript", "xml"].iter().any(|kind| media_type.contains(kind));
    let may_be_changed =
        !value("cache-control").unwrap_or_default().to_ascii_lowercase().contains("no-transform");
    let whole =
        status.starts_with('2') && !["204", "206"].contains(&&status[..3.min(status.len())]);
    text && may_be_changed && whole && value("content-encoding").is_none()
}

/// Whether `Accept-Encoding` names gzip, or everything, with a weight above 0
/// ([RFC 9110 §12.5.3](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3)).
fn accepts_gzip(accept: &str) -> bool {
    let weight = |wanted: &str| {
        accept.split(',').find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let coding = parts.next()?.to_ascii_lowercase();
            let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
            (coding == wanted)
                .then(|| weight.map_or(1.0, |weight| weight.parse::<f32>().unwrap_or(0.0)))
        })
    };
    weight("gzip")
        .or_else(|| weight("x-gzip"))
        .or_else(|| weight("*"))
        .is_some_and(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_accept_it() {
        for accepts in ["gzip", "br, GZIP;q=0.5", "*", "x-gzip", "gzip ; q=1"] {
            assert!(accepts_gzip(accepts), "{accepts}");
        }
        for refuses in ["", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0", "gzipped", "gzip;q=x"] {
            assert!(!accepts_gzip(refuses), "{refuses}");
        }
    }

    #[test]
    fn what_is_a_part_or_encoded_or_no_text_stays_as_it_is() {
        let text = ("Content-Type", "text/html");
        assert!(compresses_well("200 OK", &[text]));
        assert!(!compresses_well("206 Partial Content", &[text]));
        assert!(!compresses_well("204 No Content", &[text]));
        assert!(!compresses_well("200 OK", &[text, ("content-encoding", "br")]));
        assert!(!compresses_well("200 OK", &[text, ("Cache-Control", "No-Transform")]));
        assert!(!compresses_well("200 OK", &[("Content-Type", "image/png")]));
        assert!(!compresses_well("éé", &[text]));
    }
}
