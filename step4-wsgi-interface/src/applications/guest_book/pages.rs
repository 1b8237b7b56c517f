//! The pages of the guest book. What visitors sent is [`Text`] in them.
//!
//! Chapter 5 · RFC 9110 §15.4.4 (303)

use std::fmt::Write as _;

use super::session::Visitor;
use super::store::{Entry, Member};
use crate::applications::html::Text;
use crate::environ::Environ;

/// A response.
pub struct Page {
    /// Code and phrase.
    pub status: &'static str,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The content.
    pub content: String,
}

impl Page {
    fn new(status: &'static str, media_type: &str, content: String) -> Self {
        let headers = vec![
            ("Content-Type", media_type.to_owned()),
            ("Cache-Control", "no-store".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
        ];
        Page { status, headers, content }
    }

    /// The same with a header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// Where the guest book is mounted, as it stands in URLs.
pub struct Place(String);

impl Place {
    /// `SCRIPT_NAME`, with all that a URL cannot hold percent-encoded again.
    #[must_use]
    pub fn of(environ: &Environ) -> Self {
        let mut place = String::new();
        for byte in environ.get_or_empty("SCRIPT_NAME").as_bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                    place.push(char::from(*byte));
                }
                other => place.push_str(&format!("%{other:02X}")),
            }
        }
        Place(place)
    }

    /// The path that the cookie is for.
    #[must_use]
    pub fn cookie_path(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }
}

/// Plain text.
#[must_use]
pub fn plain(status: &'static str, text: &str) -> Page {
    Page::new(status, "text/plain; charset=utf-8", text.to_owned())
}

/// There is no such page.
#[must_use]
pub fn not_found() -> Page {
    plain("404 Not Found", "there is no such page in the guest book\n")
}

/// That cannot be done with this page.
#[must_use]
pub fn not_allowed(allowed: &str) -> Page {
    plain("405 Method Not Allowed", "this page is not for that\n")
        .header("Allow", allowed.to_owned())
}

/// A form that no page of ours has sent, or one for another browser.
#[must_use]
pub fn forged() -> Page {
    plain(
        "403 Forbidden",
        "this form did not come from a page that your browser was shown here.\n\
         Go back, load the page again, and see to it that cookies are allowed.\n",
    )
}

/// Too many at a time.
#[must_use]
pub fn busy() -> Page {
    plain("503 Service Unavailable", "many are at the door just now; please try again\n")
        .header("Retry-After", "2".to_owned())
}

/// Go there, with GET: the answer to every form, so that to load a page again
/// never sends a form again.
#[must_use]
pub fn see_other(place: &Place, path: &str) -> Page {
    plain("303 See Other", "").header("Location", format!("{}{path}", place.0))
}

/// The style sheet.
#[must_use]
pub fn style() -> Page {
    Page::new("200 OK", "text/css; charset=utf-8", include_str!("style.css").to_owned())
}

// ANCHOR: form
/// A form of ours: it carries the token that says so.
fn form(place: &Place, visitor: &Visitor, action: &str, fields: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}{action}\">\n\
         <input type=\"hidden\" name=\"form_token\" value=\"{}\">\n{fields}</form>\n",
        place.0,
        visitor.form_token()
    )
}
// ANCHOR_END: form

/// The form for those who have a name here.
#[must_use]
pub fn login(place: &Place, visitor: &Visitor, name: &str, objection: &str) -> Page {
    let fields = name_and_password(name, "current-password", "Log in");
    let content = format!(
        "{}<p>No name here yet? <a href=\"{}/register\">Register</a>.</p>\n",
        form(place, visitor, "/login", &fields),
        place.0
    );
    with_form(place, visitor, "Log in", objection, &content)
}

/// The form for those who have none.
#[must_use]
pub fn register(place: &Place, visitor: &Visitor, name: &str, objection: &str) -> Page {
    let fields = name_and_password(name, "new-password", "Register");
    let content = format!(
        "{}<p>A password of a few words is good. We keep it so that we cannot read it.</p>\n",
        form(place, visitor, "/register", &fields)
    );
    with_form(place, visitor, "Register", objection, &content)
}

fn name_and_password(name: &str, kind: &str, button: &str) -> String {
    format!(
        "<label>Name <input name=\"name\" value=\"{}\" required maxlength=\"32\" \
         autocomplete=\"username\"></label>\n\
         <label>Password <input type=\"password\" name=\"password\" required \
         autocomplete=\"{kind}\"></label>\n<button>{button}</button>\n",
        Text(name)
    )
}

/// A page with a form: 422 if it has an objection, and a cookie for who has none.
fn with_form(
    place: &Place,
    visitor: &Visitor,
    title: &str,
    objection: &str,
    content: &str,
) -> Page {
    let status = if objection.is_empty() { "200 OK" } else { "422 Unprocessable Content" };
    let page = page(status, place, title, &format!("{}{content}", warning(objection)));
    match visitor.new_cookie(place) {
        Some(cookie) => page.header("Set-Cookie", cookie),
        None => page,
    }
}

fn warning(objection: &str) -> String {
    if objection.is_empty() {
        return String::new();
    }
    format!("<p role=\"alert\">{}</p>\n", Text(objection))
}

/// The book.
#[must_use]
pub fn book(
    place: &Place,
    visitor: &Visitor,
    member: Option<&Member>,
    entries: &[Entry],
    objection: &str,
) -> Page {
    let mut content = match member {
        None => format!(
            "<p><a href=\"{0}/login\">Log in</a> or <a href=\"{0}/register\">register</a> to sign.</p>\n",
            place.0
        ),
        Some(member) => signing(place, visitor, member),
    };
    for entry in entries {
        let _ = writeln!(
            content,
            "<article>\n<h2>{}</h2>\n<time>{}</time>\n<p>{}</p>\n</article>",
            Text(&entry.name),
            Text(&entry.written),
            Text(&entry.text)
        );
    }
    match entries.last() {
        None => content.push_str("<p>Nobody has signed yet.</p>\n"),
        Some(last) if last.id > 1 => {
            let _ =
                writeln!(content, "<p><a href=\"{}/?before={}\">Older</a></p>", place.0, last.id);
        }
        Some(_) => {}
    }
    let status = if objection.is_empty() { "200 OK" } else { "422 Unprocessable Content" };
    page(status, place, "Guest book", &format!("{}{content}", warning(objection)))
}

fn signing(place: &Place, visitor: &Visitor, member: &Member) -> String {
    let sign = "<label>Your entry <textarea name=\"text\" required maxlength=\"1000\" rows=\"4\">\
                </textarea></label>\n<button>Sign</button>\n";
    let leave = format!("<button>Log out {}</button>\n", Text(&member.name));
    form(place, visitor, "/sign", sign) + &form(place, visitor, "/logout", &leave)
}

fn page(status: &'static str, place: &Place, title: &str, content: &str) -> Page {
    let policy = "default-src 'none'; style-src 'self'; form-action 'self'; \
                  frame-ancestors 'none'; base-uri 'none'";
    let content = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"{}/style.css\">\n<main>\n<h1>{title}</h1>\n{content}</main>\n</html>\n",
        place.0
    );
    Page::new(status, "text/html; charset=utf-8", content)
        .header("Content-Security-Policy", policy.to_owned())
        .header("Referrer-Policy", "same-origin".to_owned())
}
