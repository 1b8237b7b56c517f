//! Who is asking: a secret in a cookie.
//!
//! Chapter 5 · [RFC 6265 §8](https://www.rfc-editor.org/rfc/rfc6265#section-8)
//!
//! *Strategy*: 32 random bytes name a session; nobody can guess them. The
//! database keeps their digest only, so who reads it cannot take a session
//! over. From the same secret comes a second one, which our own forms carry: a
//! page of another site can make a browser post a form here, and the browser
//! may add the cookie, but that page cannot know what the form must say.

use blake2::{Blake2s256, Digest};

use super::pages::Place;
use crate::application::Result;
use crate::applications::cookies::{cookie, set_cookie};
use crate::applications::form::Form;
use crate::environ::Environ;

/// The cookie's name.
const NAME: &str = "guest_book";

/// The secret of one browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Errors
    ///
    /// If the system has no random bytes.
    pub fn random() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Token(hex(&bytes)))
    }

    /// The one that a browser sent, if it can be one of ours.
    fn sent(value: &str) -> Option<Self> {
        let is_ours = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_ours.then(|| Token(value.to_owned()))
    }

    /// What the database keeps of it.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        Blake2s256::digest(format!("session {}", self.0)).to_vec()
    }

    /// What our own forms carry.
    #[must_use]
    pub fn form_token(&self) -> String {
        hex(&Blake2s256::digest(format!("form {}", self.0)))
    }
}

/// The browser that asks.
pub struct Visitor {
    token: Token,
    /// Whether it has sent the token, or is to be given one.
    is_new: bool,
    secure: bool,
}

impl Visitor {
    /// Reads the cookie.
    ///
    /// # Errors
    ///
    /// If a new secret is needed and the system has no random bytes.
    pub fn of(environ: &Environ) -> Result<Self> {
        let field = environ.get_or_empty("HTTP_COOKIE").to_string();
        let sent = cookie(&field, NAME).and_then(Token::sent);
        let secure = environ.wsgi.url_scheme == "https";
        let is_new = sent.is_none();
        let token = match sent {
            Some(token) => token,
            None => Token::random()?,
        };
        Ok(Visitor { token, is_new, secure })
    }

    /// The secret, if the browser sent one.
    #[must_use]
    pub fn known_token(&self) -> Option<&Token> {
        (!self.is_new).then_some(&self.token)
    }

    /// What the hidden field of a form says.
    #[must_use]
    pub fn form_token(&self) -> String {
        self.token.form_token()
    }

    // ANCHOR: sent
    /// Whether this form came from a page of ours that this browser was shown.
    #[must_use]
    pub fn sent(&self, form: &Form) -> bool {
        let said = form.get("form_token").unwrap_or_default();
        !self.is_new && equal(said.as_bytes(), self.form_token().as_bytes())
    }
    // ANCHOR_END: sent

    /// The cookie that a page with a form needs, if the browser has none.
    #[must_use]
    pub fn new_cookie(&self, place: &Place) -> Option<String> {
        self.is_new.then(|| self.cookie(&self.token, place, None))
    }

    /// A `Set-Cookie` for this browser.
    #[must_use]
    pub fn cookie(&self, token: &Token, place: &Place, max_age: Option<u64>) -> String {
        set_cookie(NAME, &token.0, place.cookie_path(), max_age, self.secure)
    }

    /// A `Set-Cookie` that takes the cookie away.
    #[must_use]
    pub fn forget_cookie(&self, place: &Place) -> String {
        set_cookie(NAME, "", place.cookie_path(), Some(0), self.secure)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares all bytes, whether or not the first differ: the time tells nothing.
fn equal(left: &[u8], right: &[u8]) -> bool {
    let differences = left.iter().zip(right).fold(0, |all, (left, right)| all | (left ^ right));
    left.len() == right.len() && differences == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_what_is_made_of_them_does_not_tell_them() {
        let (one, other) = (Token::random().expect("random"), Token::random().expect("random"));
        assert!(one != other && one.0.len() == 64);
        assert_ne!(one.form_token(), one.0);
        assert_ne!(hex(&one.digest()), one.form_token());
    }

    #[test]
    fn only_what_we_could_have_given_is_a_token() {
        assert!(Token::sent(&"a".repeat(64)).is_some());
        for other in [String::new(), "a".repeat(63), "a".repeat(65), "g".repeat(64), "é".repeat(32)]
        {
            assert!(Token::sent(&other).is_none());
        }
    }

    #[test]
    fn all_bytes_are_compared() {
        assert!(equal(b"ab", b"ab") && equal(b"", b""));
        assert!(!equal(b"ab", b"aB") && !equal(b"ab", b"abc") && !equal(b"", b"a"));
    }
}
