//! Three ways to send a client elsewhere.
//!
//! Chapter 4 · RFC 3875 §6.2.2–6.2.4

use std::io;

use step2_static_server::error_page::document;

use super::form_data;
use crate::program::Call;

// ANCHOR: answer
/// Redirects as the query says; without one, shows the ways.
pub(crate) fn answer(call: &mut Call<'_>) -> io::Result<()> {
    let way = form_data::value(call.variables.get("QUERY_STRING"), "to");
    match way.as_deref() {
        // Only a path: the server answers with what is there, and the client
        // never hears of it.
        Some("local") => write!(call.stdout, "Location: /cgi-bin/hello\n\n"),
        // With a status, it is for the client.
        Some("client") => write!(call.stdout, "Status: 303 See Other\nLocation: hello\n\n"),
        Some("document") => write!(
            call.stdout,
            "Status: 302 Found\nLocation: hello\nContent-Type: text/plain\n\nIt is at hello.\n"
        ),
        _ => {
            write!(call.stdout, "Content-Type: text/html; charset=utf-8\n\n")?;
            call.stdout.write_all(document("Redirects", WAYS).as_bytes())
        }
    }
}
// ANCHOR_END: answer

const WAYS: &str = "\
<dl>
<dt><a href=\"?to=local\">local redirect</a></dt>
<dd>The program names another path; the server answers with that. Look at the address: it stays.</dd>
<dt><a href=\"?to=client\">client redirect</a></dt>
<dd>The client is told where to go, and goes there.</dd>
<dt><a href=\"?to=document\">client redirect with document</a></dt>
<dd>The same, with a page for clients that do not go.</dd>
</dl>
<p><a href=\"./\">All programs</a></p>
";
