//! What a program is told about a request, as a table.
//!
//! Chapter 4 · RFC 3875 §4.1

use std::io;

use step2_static_server::error_page::{document, escape};

use crate::program::Call;

/// Shows the meta-variables. A client may have sent any of them, so each is
/// escaped.
pub(crate) fn answer(call: &mut Call<'_>) -> io::Result<()> {
    let mut table = String::from(
        "<table>\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Value</th></tr></thead>\n<tbody>\n",
    );
    for (name, value) in call.variables.iter() {
        let [name, value] = [name, value].map(|text| escape(&String::from_utf8_lossy(text)));
        table.push_str(&format!(
            "<tr><th scope=\"row\"><code>{name}</code></th><td>{value}</td></tr>\n"
        ));
    }
    table.push_str("</tbody>\n</table>\n<p><a href=\"./\">All programs</a></p>\n");
    write!(call.stdout, "Content-Type: text/html; charset=utf-8\n\n")?;
    call.stdout.write_all(document("The environment", &table).as_bytes())
}
