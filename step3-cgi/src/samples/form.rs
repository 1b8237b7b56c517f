//! A registration form: what a static server cannot answer.
//!
//! Chapter 4 · RFC 3875 §4.1.7, §4.2
//!
//! *Strategy*: by GET a form comes in `QUERY_STRING`, by POST on standard input,
//! in the same encoding. What somebody typed is shown again, so it is escaped.

use std::io::{self, Read};

use step2_static_server::error_page::{document, escape};

use super::form_data;
use crate::program::Call;

/// More is no registration.
const MOST: u64 = 64 * 1024;

// ANCHOR: answer
/// Shows the form, or what was sent with it.
pub(crate) fn answer(call: &mut Call<'_>) -> io::Result<()> {
    let sent = match call.variables.get("REQUEST_METHOD") {
        b"POST" => content(call)?,
        _ => call.variables.get("QUERY_STRING").to_vec(),
    };
    let page = if sent.is_empty() { FORM.to_owned() } else { thanks(&sent) };
    write!(call.stdout, "Content-Type: text/html; charset=utf-8\n\n")?;
    call.stdout.write_all(document("Register", &page).as_bytes())
}

/// `CONTENT_LENGTH` bytes of standard input, and not one more: the server need
/// not end the stream. [RFC 3875 §4.2](https://www.rfc-editor.org/rfc/rfc3875#section-4.2)
fn content(call: &mut Call<'_>) -> io::Result<Vec<u8>> {
    let length = call.variables.text("CONTENT_LENGTH").parse().unwrap_or(0);
    let mut content = Vec::new();
    (&mut call.stdin).take(MOST.min(length)).read_to_end(&mut content)?;
    Ok(content)
}
// ANCHOR_END: answer

fn thanks(sent: &[u8]) -> String {
    let mut rows = String::new();
    for (name, value) in form_data::pairs(sent) {
        // A password is for comparing, not for showing.
        let value = if name == "password" { "*".repeat(8) } else { escape(&value) };
        rows.push_str(&format!("<dt>{}</dt>\n<dd>{value}</dd>\n", escape(&name)));
    }
    format!(
        "<p>This is what arrived. Nothing of it is kept: the process that received it has ended.</p>\n\
         <dl>\n{rows}</dl>\n<p><a href=\"form\">Again</a> · <a href=\"./\">All programs</a></p>\n"
    )
}

const FORM: &str = "\
<form method=\"post\" action=\"form\">
<p><label for=\"name\">Name</label><br>
<input id=\"name\" name=\"name\" autocomplete=\"off\" required></p>
<p><label for=\"password\">Password</label><br>
<input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"off\"></p>
<p><label for=\"about\">About you</label><br>
<textarea id=\"about\" name=\"about\" rows=\"3\"></textarea></p>
<p><button type=\"submit\">Send by POST</button>
<button type=\"submit\" formmethod=\"get\">Send by GET</button></p>
</form>
<p>By GET, everything will stand in the address. By POST, it will not. <a href=\"./\">All programs</a></p>
";
