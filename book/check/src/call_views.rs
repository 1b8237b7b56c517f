//! What passes between a gateway and an application, call by call, as a table in the book.
//!
//! Promise 4. *Strategy*: step 4's own journal is taken anew, of an application that uses most of
//! the interface, and each line is given the section of PEP 3333 that it belongs to.

use std::io::Read;

use step4_wsgi_interface::run::terminal::{Request, watch};
use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

/// Where the table lies.
pub const FILE: &str = "book/figures/c5-calls.md";

/// The beginning of a line, and the section that it belongs to.
const SECTIONS: &[(&str, &str)] = &[
    ("application(", "Specification Details"),
    ("wsgi.input", "Input and Error Streams"),
    ("start_response(", "The start_response() Callable"),
    ("write(", "The write() Callable"),
    ("return", "Specification Details"),
    ("next", "Buffering and Streaming"),
    ("sends", "Buffering and Streaming"),
    ("close()", "Specification Details"),
];

// ANCHOR: echo
/// Says back what it was sent, in two blocks.
#[allow(clippy::needless_pass_by_value)] // the form of an application
fn echo(mut environ: Environ, start_response: StartResponse) -> Result<Body> {
    let mut content = Vec::new();
    environ.wsgi.input.read_to_end(&mut content)?;
    start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
    Ok(Body::iterator([Ok(b"You said: ".to_vec()), Ok(content)].into_iter()))
}
// ANCHOR_END: echo

/// The table as it is now.
///
/// # Errors
/// When the validator objects, or a line belongs to no section.
pub fn draw() -> std::result::Result<String, String> {
    let seen = watch(&echo, &Request::post("/echo", "tea"));
    if let Some(breach) = seen.breaches.first() {
        return Err(breach.to_string());
    }
    let mut table = format!(
        "<!-- Written by `UPDATE=1 cargo test -p check` from {}. -->\n\n| Who | What | Section of PEP 3333 |\n|---|---|---|\n",
        "book/check/src/call_views.rs"
    );
    for line in &seen.calls {
        let (who, what) = line.split_once(' ').ok_or(format!("`{line}` has no side"))?;
        let what = what.trim_start();
        let section = SECTIONS.iter().find(|(begin, _)| what.starts_with(begin));
        let (_, section) = section.ok_or(format!("`{what}` belongs to no section"))?;
        let anchor = section.to_lowercase().replace("()", "").replace([' ', '_'], "-");
        table.push_str(&format!(
            "| {who} | `{what}` | [{section}](https://peps.python.org/pep-3333/#{anchor}) |\n"
        ));
    }
    Ok(table)
}
