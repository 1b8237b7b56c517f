//! A guest book: register, log in, sign, log out. The article's "registration
//! and login", made real.
//!
//! Chapter 5
//!
//! *Strategy*: the application is a function of path and method; what it knows
//! lies in a database, so that threads and processes share it. Three things make
//! it safe, and each has a file: what a visitor sends is data, in the database
//! ([`store`]) and in the page ([`pages`]); who somebody is, is known by a
//! secret that only that browser has ([`session`]); and a password is kept in a
//! form that is of no use to a thief ([`password`]).
//!
//! ```
//! use step4_wsgi_interface::applications::guest_book::GuestBook;
//! use step4_wsgi_interface::run::terminal::{Request, show};
//!
//! let folder = tempfile::tempdir().unwrap();
//! let guest_book = GuestBook::at(folder.path().join("guest-book.sqlite3"));
//! assert!(show(&guest_book, &Request::get("/")).contains("Nobody has signed yet"));
//! ```

pub mod pages;
pub mod password;
pub mod session;
pub mod store;

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::application::{Application, Result};
use crate::applications::form::{Form, FormError};
use crate::{Body, Environ, StartResponse};
use pages::{Page, Place};
use password::Passwords;
use session::Visitor;
use store::{Member, Store};

/// A session lasts a week.
const SESSION: u64 = 7 * 24 * 60 * 60;

/// The longest entry, in characters.
const ENTRY: usize = 1_000;

/// The application.
pub struct GuestBook {
    store: Store,
    passwords: Passwords,
    now: fn() -> u64,
}

impl GuestBook {
    /// A guest book that is kept in this file, which is made when it is needed.
    #[must_use]
    pub fn at(database: PathBuf) -> Self {
        GuestBook {
            store: Store::at(database),
            passwords: Passwords::default(),
            now: seconds_since_1970,
        }
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, now: fn() -> u64) -> Self {
        GuestBook { now, ..self }
    }
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Application for GuestBook {
    fn call(&self, mut environ: Environ, start_response: StartResponse) -> Result<Body> {
        let answer = self.answer(&mut environ)?;
        let headers: Vec<(&str, &str)> =
            answer.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        start_response(answer.status, &headers, None)?;
        let head_only = environ.get_or_empty("REQUEST_METHOD") == "HEAD";
        Ok(if head_only { Body::empty() } else { [answer.content.into_bytes()].into() })
    }
}

impl GuestBook {
    // ANCHOR: answer
    /// What is asked for, and whether that may be done.
    fn answer(&self, environ: &mut Environ) -> Result<Page> {
        let place = Place::of(environ);
        let visitor = Visitor::of(environ)?;
        let path = environ.get_or_empty("PATH_INFO").to_string();
        let is_post = match environ.get_or_empty("REQUEST_METHOD").as_bytes() {
            b"GET" | b"HEAD" => false,
            b"POST" => true,
            _ => return Ok(pages::not_allowed("GET, HEAD, POST")),
        };
        match (is_post, path.as_str()) {
            (false, "" | "/") => return self.book(&place, &visitor, environ),
            (false, "/login") => return Ok(pages::login(&place, &visitor, "", "")),
            (false, "/register") => return Ok(pages::register(&place, &visitor, "", "")),
            (false, "/style.css") => return Ok(pages::style()),
            (false, "/sign" | "/logout") => return Ok(pages::not_allowed("POST")),
            (true, "/login" | "/register" | "/sign" | "/logout") => {}
            (true, "" | "/" | "/style.css") => return Ok(pages::not_allowed("GET, HEAD")),
            _ => return Ok(pages::not_found()),
        }
        let form = match Form::read(environ) {
            Ok(form) => form,
            Err(error) => return Ok(no_form(&error)),
        };
        if !visitor.sent(&form) {
            return Ok(pages::forged());
        }
        match path.as_str() {
            "/login" => self.log_in(&place, &visitor, &form),
            "/register" => self.register(&place, &visitor, &form),
            "/sign" => self.sign(&place, &visitor, &form),
            _ => self.log_out(&place, &visitor),
        }
    }
    // ANCHOR_END: answer

    /// Who the visitor has logged in as.
    fn member(&self, visitor: &Visitor) -> Result<Option<Member>> {
        match visitor.known_token() {
            None => Ok(None),
            Some(token) => Ok(self.store.member_of(&token.digest(), (self.now)())?),
        }
    }

    /// The book itself.
    fn book(&self, place: &Place, visitor: &Visitor, environ: &Environ) -> Result<Page> {
        let query = Form::parse(environ.get_or_empty("QUERY_STRING").as_bytes());
        let before = query.get("before").and_then(|before| before.parse().ok());
        let entries = self.store.entries(before)?;
        let member = self.member(visitor)?;
        Ok(pages::book(place, visitor, member.as_ref(), &entries, ""))
    }

    // ANCHOR: log_in
    /// The same answer, after the same time, whether it was the name or the
    /// password that was wrong.
    fn log_in(&self, place: &Place, visitor: &Visitor, form: &Form) -> Result<Page> {
        let name = form.get("name").unwrap_or_default();
        let member = self.store.member_named(name)?;
        let kept = member.as_ref().map(|member| member.password.as_str());
        let Some(matches) =
            self.passwords.verify(form.get("password").unwrap_or_default(), kept)?
        else {
            return Ok(pages::busy());
        };
        match member {
            Some(member) if matches => self.let_in(place, visitor, member.id),
            _ => {
                Ok(pages::login(place, visitor, name, "There is no such name with that password."))
            }
        }
    }
    // ANCHOR_END: log_in

    /// Begins a session with a new secret: one that was there before the login
    /// may be known to somebody else.
    fn let_in(&self, place: &Place, visitor: &Visitor, member: i64) -> Result<Page> {
        let now = (self.now)();
        if let Some(token) = visitor.known_token() {
            self.store.end_session(&token.digest())?;
        }
        let token = session::Token::random()?;
        self.store.begin_session(&token.digest(), member, now + SESSION, now)?;
        Ok(pages::see_other(place, "/")
            .header("Set-Cookie", visitor.cookie(&token, place, Some(SESSION))))
    }

    fn register(&self, place: &Place, visitor: &Visitor, form: &Form) -> Result<Page> {
        let name = form.get("name").unwrap_or_default();
        let password = form.get("password").unwrap_or_default();
        if let Some(objection) =
            name_objection(name).or_else(|| password::objection(password, name))
        {
            return Ok(pages::register(place, visitor, name, objection));
        }
        let Some(kept) = self.passwords.hash(password)? else { return Ok(pages::busy()) };
        match self.store.add_member(name, &kept, (self.now)())? {
            Some(member) => self.let_in(place, visitor, member),
            None => Ok(pages::register(place, visitor, name, "Somebody has that name already.")),
        }
    }

    fn sign(&self, place: &Place, visitor: &Visitor, form: &Form) -> Result<Page> {
        let Some(member) = self.member(visitor)? else {
            return Ok(pages::see_other(place, "/login"));
        };
        let text = form.get("text").unwrap_or_default().replace("\r\n", "\n");
        let text = text.trim();
        let characters = text.chars().count();
        if characters == 0 || characters > ENTRY || text.contains('\0') {
            let entries = self.store.entries(None)?;
            let objection = "An entry has between 1 and 1,000 characters.";
            return Ok(pages::book(place, visitor, Some(&member), &entries, objection));
        }
        self.store.add_entry(member.id, text, (self.now)())?;
        Ok(pages::see_other(place, "/"))
    }

    fn log_out(&self, place: &Place, visitor: &Visitor) -> Result<Page> {
        if let Some(token) = visitor.known_token() {
            self.store.end_session(&token.digest())?;
        }
        let forget = visitor.forget_cookie(place);
        Ok(pages::see_other(place, "/").header("Set-Cookie", forget))
    }
}

/// What a name may not be.
fn name_objection(name: &str) -> Option<&'static str> {
    let characters = name.chars().count();
    let allowed = |character: char| character.is_alphanumeric() || "-_.".contains(character);
    if characters == 0 || characters > 32 {
        Some("A name has between 1 and 32 characters.")
    } else if !name.chars().all(allowed) {
        Some("A name is made of letters, digits, hyphens, dots and low lines.")
    } else {
        None
    }
}

fn no_form(error: &FormError) -> Page {
    let status = match error {
        FormError::MediaType => "415 Unsupported Media Type",
        FormError::TooLong => "413 Content Too Large",
        FormError::Incomplete | FormError::Broken(_) => "400 Bad Request",
    };
    pages::plain(status, &format!("{error}\n"))
}
