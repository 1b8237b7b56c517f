//! The status and the headers of a response, checked and kept.
//!
//! Chapter 5 · PEP 3333, *The `start_response()` Callable*
//!
//! *Strategy*: the PEP lets a gateway find mistakes when `start_response` is
//! called, while the application still runs and can be told. One walk over the
//! strings checks them and copies them into one buffer, which a gateway can use
//! again for the next request.
//!
//! ```
//! use step4_wsgi_interface::head::Head;
//!
//! let mut head = Head::default();
//! head.store("200 OK", &[("Content-Type", "text/plain"), ("Content-Length", "5")])?;
//! assert_eq!((head.code(), head.content_length()), (200, Some(5)));
//!
//! let breach = head.store("200 OK", &[("X-Name", "a\r\nSet-Cookie: b")]).unwrap_err();
//! assert!(breach.to_string().contains("must not include any control characters"));
//! # Ok::<(), step4_wsgi_interface::rule::Breach>(())
//! ```

use crate::native_string::{self, NativeStr};
use crate::rule::{Breach, Rule};
use crate::start_response::Headers;

/// A status and headers that keep the rules.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The status, then names and values, one behind the other.
    bytes: Vec<u8>,
    status: usize,
    /// Where each name begins, where its value does, and where that ends.
    headers: Vec<(usize, usize, usize)>,
    content_length: Option<u64>,
}

impl Head {
    /// Checks these and keeps them in place of what was kept.
    ///
    /// # Errors
    ///
    /// The first breach. What is kept then is of no use.
    pub fn store(&mut self, status: &str, headers: Headers<'_>) -> Result<(), Breach> {
        self.begin(status)?;
        headers.iter().try_for_each(|(name, value)| self.add(name, value))
    }

    /// Checks a status and keeps it in place of all that was kept.
    ///
    /// # Errors
    ///
    /// As those of [`store`](Self::store).
    pub fn begin(&mut self, status: &str) -> Result<(), Breach> {
        self.bytes.clear();
        self.headers.clear();
        self.content_length = None;
        check_status(status)?;
        native_string::encode(status, &mut self.bytes)
            .map_err(|error| Rule::Latin1.broken(format!("in the status {status:?}, {error}")))?;
        self.status = self.bytes.len();
        Ok(())
    }

    /// Checks one header more and keeps it behind the others.
    ///
    /// # Errors
    ///
    /// As those of [`store`](Self::store).
    pub fn add(&mut self, name: &str, value: &str) -> Result<(), Breach> {
        check_header(name, value)?;
        if name.eq_ignore_ascii_case("content-length") {
            self.content_length = Some(self.only_length(value)?);
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(name.as_bytes());
        let value_at = self.bytes.len();
        native_string::encode(value, &mut self.bytes)
            .map_err(|error| Rule::Latin1.broken(format!("in the header {name}, {error}")))?;
        self.headers.push((start, value_at, self.bytes.len()));
        Ok(())
    }

    /// Adds the length that the gateway has found out, if the application said
    /// none and the status lets the response have content
    /// ([RFC 9110 §8.6](https://www.rfc-editor.org/rfc/rfc9110#section-8.6)).
    pub fn add_content_length(&mut self, length: u64) {
        if self.content_length.is_none() && !matches!(self.code(), 204 | 304) {
            // Digits keep every rule.
            let _ = self.add("Content-Length", &length.to_string());
        }
    }

    fn only_length(&self, value: &str) -> Result<u64, Breach> {
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        match (self.content_length, value.parse()) {
            (None, Ok(length)) if digits => Ok(length),
            (None, _) => Err(Rule::ContentLengthForm
                .broken(format!("Content-Length: {value:?} is not a number of bytes"))),
            (Some(_), _) => Err(Rule::ContentLengthForm.broken("Content-Length is there twice")),
        }
    }

    /// The status: code, space, phrase.
    #[must_use]
    pub fn status(&self) -> NativeStr<'_> {
        NativeStr::from_bytes(&self.bytes[..self.status])
    }

    /// The code of the status, `0` before there is one.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.status()
            .as_bytes()
            .iter()
            .take(3)
            .fold(0, |code, byte| code * 10 + u16::from(byte - b'0'))
    }

    /// The headers, in order.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = (NativeStr<'_>, NativeStr<'_>)> {
        self.headers.iter().map(|(start, value, end)| {
            (
                NativeStr::from_bytes(&self.bytes[*start..*value]),
                NativeStr::from_bytes(&self.bytes[*value..*end]),
            )
        })
    }

    /// The value of the first header of that name, in capitals or not.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<NativeStr<'_>> {
        self.headers()
            .find(|(there, _)| there.as_bytes().eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// What `Content-Length` says, if it is there.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.content_length
    }
}

/// Whether a status keeps the rules, but for characters beyond Latin-1.
fn check_status(status: &str) -> Result<(), Breach> {
    if has_control(status) {
        return Err(Rule::StatusControl.broken(format!("the status is {status:?}")));
    }
    let bytes = status.as_bytes();
    // The phrase may be empty: RFC 9112 §4. The space before it is always there.
    let form = status.get(4..).is_some_and(|phrase| phrase == phrase.trim_matches(' '))
        && bytes[..3].iter().all(u8::is_ascii_digit)
        && bytes[3] == b' ';
    if !form {
        return Err(Rule::StatusForm
            .broken(format!("the status is {status:?}, not of the form \"200 OK\"")));
    }
    if bytes[0] < b'2' {
        return Err(Rule::StatusFinal.broken(format!(
            "the status is {status:?}: an interim response is the server's matter"
        )));
    }
    Ok(())
}

/// Whether a header keeps the rules, but for characters beyond Latin-1.
fn check_header(name: &str, value: &str) -> Result<(), Breach> {
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        return Err(Rule::HeaderName.broken(format!("{name:?} is no name of a header")));
    }
    if has_control(value) {
        return Err(Rule::HeaderValue.broken(format!("the value of {name} is {value:?}")));
    }
    if is_hop_by_hop(name) {
        return Err(Rule::HopByHop.broken(format!(
            "{name} is between the server and its client: leave it to the server"
        )));
    }
    if name.eq_ignore_ascii_case("status") {
        return Err(Rule::StatusHeader.broken(format!(
            "a header has the name Status and the value {value:?}: the status is the first argument"
        )));
    }
    Ok(())
}

/// Whether there is a control character of ASCII. Those from U+0080 to U+009F
/// are none here: they stand for bytes that text in UTF-8 is full of.
fn has_control(string: &str) -> bool {
    string.bytes().any(|byte| byte.is_ascii_control())
}

/// Whether a field is about one connection only
/// ([RFC 9110 §7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
#[must_use]
pub fn is_hop_by_hop(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    NAMES.iter().any(|hop| name.eq_ignore_ascii_case(hop))
}

/// `tchar` of [RFC 9110 §5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: &str, headers: Headers<'_>, expected: Result<(), Rule>) {
        let stored = Head::default().store(status, headers);
        assert_eq!(stored.map_err(|breach| breach.rule), expected, "{status:?} {headers:?}");
    }

    #[test]
    fn a_status_is_a_code_a_space_and_a_phrase() {
        check("200 OK", &[], Ok(()));
        check("404 Not Found", &[], Ok(()));
        check("299 Très bien", &[], Ok(()));
        check("200 ", &[], Ok(()));
        for wrong in [
            "", "200", "200  ", "200  OK", " 200 OK", "200 OK ", "20 OK", "2000 OK", "OK 200",
            "-20 OK",
        ] {
            check(wrong, &[], Err(Rule::StatusForm));
        }
        for wrong in ["200 OK\n", "200 OK\r\n", "200 O\0K", "200\tOK", "200 O\u{7f}K"] {
            check(wrong, &[], Err(Rule::StatusControl));
        }
        check("100 Continue", &[], Err(Rule::StatusFinal));
        check("200 好", &[], Err(Rule::Latin1));
    }

    #[test]
    fn a_name_is_a_token_and_a_value_has_no_control_characters() {
        for name in ["", "A:", "A B", "Ä", "A\n", "(A)"] {
            check("200 OK", &[(name, "a")], Err(Rule::HeaderName));
        }
        for value in ["a\nb", "a\r\n", "\ta", "a\0", "a\u{7f}"] {
            check("200 OK", &[("A", value)], Err(Rule::HeaderValue));
        }
        check("200 OK", &[("A", ""), ("A", "é ÿ \u{80}")], Ok(()));
        check("200 OK", &[("A", "€")], Err(Rule::Latin1));
    }

    #[test]
    fn the_connection_and_the_status_are_not_the_applications() {
        for name in ["Connection", "TRANSFER-encoding", "Keep-Alive", "Upgrade", "TE", "Trailer"] {
            check("200 OK", &[(name, "a")], Err(Rule::HopByHop));
        }
        check("200 OK", &[("Status", "404 Not Found")], Err(Rule::StatusHeader));
    }

    #[test]
    fn a_length_is_digits_and_there_once() {
        for value in ["", "+1", "-1", "1 ", "0x1", "1,1", "99999999999999999999"] {
            check("200 OK", &[("Content-Length", value)], Err(Rule::ContentLengthForm));
        }
        let twice = [("content-length", "1"), ("Content-Length", "1")];
        check("200 OK", &twice, Err(Rule::ContentLengthForm));
    }

    #[test]
    fn strings_become_bytes_and_are_kept_in_order() {
        let mut head = Head::default();
        head.store("200 Déjà", &[("B", "é"), ("a", "")]).expect("kept");
        head.store("404 Não", &[("X-A", "ÿ"), ("x-a", "2")]).expect("kept");
        assert_eq!((head.code(), head.status().as_bytes()), (404, &b"404 N\xE3o"[..]));
        let headers: Vec<_> = head.headers().map(|(n, v)| (n.as_bytes(), v.as_bytes())).collect();
        assert_eq!(headers, [(&b"X-A"[..], &b"\xFF"[..]), (b"x-a", b"2")]);
        assert_eq!(head.header("X-a").map(NativeStr::as_bytes), Some(&b"\xFF"[..]));
    }
}
