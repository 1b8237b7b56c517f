//! What a browser sends when a form is posted.
//!
//! Chapter 5 · [URL standard, `application/x-www-form-urlencoded`](https://url.spec.whatwg.org/#application/x-www-form-urlencoded)
//!
//! *Strategy*: pairs are joined by `&`, a name and its value by `=`; a space
//! became `+`, and most other bytes `%` and two digits. The content is read up
//! to a limit only, whatever `CONTENT_LENGTH` says. Parsing never fails: a `%`
//! that stands for nothing is a percent sign, as in browsers.
//!
//! ```
//! use step4_wsgi_interface::applications::form::Form;
//!
//! let form = Form::parse(b"name=caf%C3%A9+au+lait&text=1%2B1%3D2");
//! assert_eq!(form.get("name"), Some("café au lait"));
//! assert_eq!(form.get("text"), Some("1+1=2"));
//! ```

use std::fmt;
use std::io::{self, Read};

use crate::environ::Environ;

/// No form of ours is longer.
pub const LIMIT: u64 = 64 * 1024;

/// No form of ours has more fields.
const FIELDS: usize = 64;

/// Names and values, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

/// Why there is no form in a request.
#[derive(Debug)]
pub enum FormError {
    /// Another media type than that of forms.
    MediaType,
    /// More than [`LIMIT`] bytes.
    TooLong,
    /// The content ended before `CONTENT_LENGTH` bytes.
    Incomplete,
    /// It could not be read.
    Broken(io::Error),
}

impl Form {
    /// Reads the form that is posted.
    ///
    /// # Errors
    ///
    /// If there is none, or not all of it.
    pub fn read(environ: &mut Environ) -> Result<Self, FormError> {
        let media_type = environ.get_or_empty("CONTENT_TYPE").to_string();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(FormError::MediaType);
        }
        let promised: Option<u64> = environ.get_or_empty("CONTENT_LENGTH").to_string().parse().ok();
        if promised.is_some_and(|length| length > LIMIT) {
            return Err(FormError::TooLong);
        }
        let mut content = Vec::new();
        let input = &mut environ.wsgi.input;
        input
            .take(promised.unwrap_or(LIMIT + 1))
            .read_to_end(&mut content)
            .map_err(FormError::Broken)?;
        match content.len() as u64 {
            length if length > LIMIT => Err(FormError::TooLong),
            length if promised.is_some_and(|promised| length < promised) => {
                Err(FormError::Incomplete)
            }
            _ => Ok(Form::parse(&content)),
        }
    }

    /// Takes the pairs apart.
    #[must_use]
    pub fn parse(content: &[u8]) -> Self {
        let pairs = content.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        let fields = pairs.take(FIELDS).map(|pair| {
            let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            (decoded(&pair[..equals]), decoded(pair.get(equals + 1..).unwrap_or_default()))
        });
        Form(fields.collect())
    }

    /// The value of the first field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(there, _)| there == name).map(|(_, value)| value.as_str())
    }
}

/// Text of a name or a value; what is no UTF-8 becomes U+FFFD.
fn decoded(bytes: &[u8]) -> String {
    let spaces: Vec<u8> =
        bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    String::from_utf8_lossy(&percent_decoded(&spaces)).into_owned()
}

/// The bytes with each `%41` turned into the byte that it stands for.
#[must_use]
pub fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let byte = (*first == b'%').then(|| triplet(after)).flatten();
        decoded.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    decoded
}

/// The byte that two hexadecimal digits stand for.
fn triplet(after: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let value = digit(after.first()?)? * 16 + digit(after.get(1)?)?;
    u8::try_from(value).ok()
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormError::MediaType => {
                f.write_str("the content is no form: application/x-www-form-urlencoded is wanted")
            }
            FormError::TooLong => write!(f, "the form is longer than {LIMIT} bytes"),
            FormError::Incomplete => f.write_str("the form ended before CONTENT_LENGTH bytes"),
            FormError::Broken(error) => write!(f, "the form could not be read: {error}"),
        }
    }
}

impl std::error::Error for FormError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content: &str, expected: &[(&str, &str)]) {
        let expected = expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert_eq!(Form::parse(content.as_bytes()), Form(expected), "{content}");
    }

    #[test]
    fn pairs_are_taken_apart_as_browsers_put_them_together() {
        check("", &[]);
        check("a=1&b=2", &[("a", "1"), ("b", "2")]);
        check("&&a=&=b&c&", &[("a", ""), ("", "b"), ("c", "")]);
        check("a=b=c", &[("a", "b=c")]);
        check("a+b=%2B+%26%3d", &[("a b", "+ &=")]);
        check("a=%E8%8C%B6%ff", &[("a", "茶\u{FFFD}")]);
        check("a=100%&b=%4&c=%zz&d=%+1", &[("a", "100%"), ("b", "%4"), ("c", "%zz"), ("d", "% 1")]);
    }

    fn read(length: Option<&str>, content: Vec<u8>) -> Result<Form, FormError> {
        let mut environ = Environ::new();
        environ.set("CONTENT_TYPE", b"Application/X-www-form-urlencoded; charset=utf-8");
        if let Some(length) = length {
            environ.set("CONTENT_LENGTH", length.as_bytes());
        }
        environ.wsgi.input = Box::new(io::Cursor::new(content));
        Form::read(&mut environ)
    }

    #[test]
    fn no_more_is_read_than_was_promised_or_is_allowed() {
        assert_eq!(read(Some("3"), b"a=1&b=2".to_vec()).ok(), Some(Form::parse(b"a=1")));
        assert!(matches!(read(Some("9"), b"a=1".to_vec()), Err(FormError::Incomplete)));
        assert!(matches!(read(Some("65537"), vec![]), Err(FormError::TooLong)));
        assert!(matches!(read(None, vec![b'a'; 65537]), Err(FormError::TooLong)));
        assert!(read(None, vec![b'a'; 65536]).is_ok());
        assert!(matches!(Form::read(&mut Environ::new()), Err(FormError::MediaType)));
    }
}
