//! What other servers of files answer to what step 2 is asked in its chapter.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::process::Command;

use super::servers::{Kind, Ours, PATH, Running};
use super::{left_out, table};
use crate::sandbox::Sandbox;
use crate::talk::{self, Answer};
use crate::workspace;

const COLUMNS: &[(&str, Kind)] = &[
    ("step 2", Kind::StepTwo),
    ("`http.server`", Kind::HttpServer),
    ("nginx", Kind::Nginx),
    ("lighttpd", Kind::Lighttpd),
];

/// What lies where nobody may get it.
const SECRET: &str = "the password is tea";

/// What is asked: in words, and the request without `Host` and `Connection`. `TAG` and `DATE` stand
/// for what the server itself has said of the file.
const ROWS: &[(&str, &str, &[&str])] = &[
    ("If-None-Match, with its own tag", "GET FILE", &["If-None-Match: TAG"]),
    ("If-Modified-Since, with its own date", "GET FILE", &["If-Modified-Since: DATE"]),
    ("If-Match, with another tag", "GET FILE", &["If-Match: \"another\""]),
    ("`Range: bytes=0-9`", "GET FILE", &["Range: bytes=0-9"]),
    ("`Range: bytes=99999-`", "GET FILE", &["Range: bytes=99999-"]),
    ("`Range: bytes=0-4,-7`", "GET FILE", &["Range: bytes=0-4,-7"]),
    ("a part, if another tag", "GET FILE", &["Range: bytes=0-9", "If-Range: \"another\""]),
    ("POST to a file", "POST FILE", &["Content-Length: 0"]),
    ("DELETE of a file", "DELETE FILE", &[]),
    ("a method that nobody knows", "BREW FILE", &[]),
    ("a folder without its slash", "GET /img", &[]),
    ("a folder without an index", "GET /img/", &[]),
    ("`/../secret.txt`", "GET /../secret.txt", &[]),
    ("`/%2e%2e/secret.txt`", "GET /%2e%2e/secret.txt", &[]),
    ("a hidden file", "GET /.env", &[]),
    ("a link that leads out of the root", "GET /out.txt", &[]),
    ("a FIFO", "GET /fifo", &[]),
];

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    lay(&sandbox).map_err(|error| format!("the site: {error}"))?;
    let (mut heads, mut columns, mut missing) = (vec!["Asked"], Vec::new(), Vec::new());
    for (name, kind) in COLUMNS {
        if let Some(program) = kind.needs().filter(|program| !sandbox.has(program)) {
            missing.push(program);
            continue;
        }
        let server = Running::start(*kind, &ours, &sandbox)?;
        heads.push(name);
        columns.push(answers(server.address).map_err(|error| format!("{name}: {error}"))?);
    }
    let mut rows: Vec<Vec<String>> = vec![vec!["tags and dates of a file".to_owned()]];
    rows.extend(ROWS.iter().map(|(words, ..)| vec![(*words).to_owned()]));
    for (at, row) in rows.iter_mut().enumerate() {
        row.extend(columns.iter().map(|column| column[at].clone()));
    }
    Ok(format!("{}{}", table(&heads, &rows).replace("---:", "---"), left_out(&missing)))
}

fn lay(sandbox: &Sandbox) -> std::io::Result<()> {
    let here = sandbox.folder();
    fs::write(here.join("secret.txt"), SECRET)?;
    fs::write(here.join("www/.env"), SECRET)?;
    symlink("../secret.txt", here.join("www/out.txt"))?;
    let made = Command::new("mkfifo").arg(here.join("www/fifo")).status()?;
    if made.success() { Ok(()) } else { Err(std::io::Error::other("mkfifo failed")) }
}

/// A cell for each row, the first for the validators.
fn answers(address: SocketAddr) -> std::io::Result<Vec<String>> {
    let plain = ask(address, "GET FILE", &[], "", "")?;
    let tag = plain.field("ETag").unwrap_or_default();
    let date = plain.field("Last-Modified").unwrap_or_default();
    let has = [("a tag", &tag), ("a date", &date)];
    let has: Vec<&str> =
        has.iter().filter(|(_, value)| !value.is_empty()).map(|(word, _)| *word).collect();
    let mut cells = vec![has.join(", ")];
    for (_, line, fields) in ROWS {
        cells.push(if tag.is_empty() && fields.iter().any(|field| field.contains("TAG")) {
            "has none".to_owned()
        } else {
            in_words(&ask(address, line, fields, &tag, &date)?)
        });
    }
    Ok(cells)
}

fn ask(
    address: SocketAddr,
    line: &str,
    fields: &[&str],
    tag: &str,
    date: &str,
) -> std::io::Result<Answer> {
    let mut request = format!(
        "{} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n",
        line.replace("FILE", PATH)
    );
    for field in fields {
        request.push_str(&field.replace("TAG", tag).replace("DATE", date));
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    talk::ask(address, request.as_bytes())
}

fn in_words(answer: &Answer) -> String {
    match answer.status() {
        Some(status) if answer.body_holds(SECRET) => format!("{status}, and the secret"),
        Some(status) if answer.body_holds("stamp.png") => format!("{status}, and a list"),
        Some(status) => status.to_string(),
        None => format!("no answer in {} s", talk::DEADLINE.as_secs()),
    }
}
