//! A file from the client, and what arrived of it.
//!
//! Chapter 4 · RFC 3875 §4.2, RFC 7578

use std::io::{self, Read};

use step2_static_server::error_page::{document, escape};

use super::multipart;
use crate::program::Call;

/// More is not taken from a form; other content is only counted.
const MOST: u64 = 16 * 1024 * 1024;

/// Shows the form, or what was sent with it. Content that is no form, such as
/// `curl --data-binary` sends it, is counted, however long it is.
pub(crate) fn answer(call: &mut Call<'_>) -> io::Result<()> {
    let length: u64 = call.variables.text("CONTENT_LENGTH").parse().unwrap_or(0);
    let media_type = call.variables.text("CONTENT_TYPE").into_owned();
    let mut stdin = (&mut call.stdin).take(length);
    let (status, page) = match multipart::boundary(&media_type) {
        _ if length == 0 => ("200 OK", FORM.to_owned()),
        None => (
            "200 OK",
            format!("<p>{} bytes arrived.</p>\n", io::copy(&mut stdin, &mut io::sink())?),
        ),
        Some(_) if length > MOST => {
            ("413 Content Too Large", format!("<p>At most {MOST} bytes, please.</p>\n"))
        }
        Some(boundary) => {
            let mut content = Vec::new();
            stdin.read_to_end(&mut content)?;
            match multipart::parts(&content, boundary) {
                Some(parts) => ("200 OK", table(&parts)),
                None => ("400 Bad Request", "<p>This is no upload (RFC 7578).</p>\n".to_owned()),
            }
        }
    };
    write!(call.stdout, "Status: {status}\nContent-Type: text/html; charset=utf-8\n\n")?;
    let page = format!("{page}<p><a href=\"./\">All programs</a></p>\n");
    call.stdout.write_all(document("Upload", &page).as_bytes())
}

fn table(parts: &[multipart::Part<'_>]) -> String {
    let mut table = String::from(
        "<table>\n<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">File</th>\
         <th scope=\"col\">Bytes</th></tr></thead>\n<tbody>\n",
    );
    for part in parts {
        let file = part.file_name.as_deref().map(escape).unwrap_or_default();
        let (name, bytes) = (escape(&part.name), part.content.len());
        table.push_str(&format!("<tr><td>{name}</td><td>{file}</td><td>{bytes}</td></tr>\n"));
    }
    table + "</tbody>\n</table>\n<p>Nothing of it is kept.</p>\n"
}

const FORM: &str = "\
<form method=\"post\" action=\"upload\" enctype=\"multipart/form-data\">
<p><label for=\"file\">A file</label><br>
<input id=\"file\" name=\"file\" type=\"file\" required></p>
<p><label for=\"note\">A note</label><br>
<input id=\"note\" name=\"note\" autocomplete=\"off\"></p>
<p><button type=\"submit\">Send</button></p>
</form>
";
