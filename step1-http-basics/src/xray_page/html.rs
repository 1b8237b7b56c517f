//! The page as HTML.

use super::Seen;
use crate::xray::{self, escape, grouped, html_fragment, visible};

/// The page's own style, beside that of the spans.
const CSS: &str = include_str!("page.css");

/// Targets to try, and what they show.
const LINKS: [(&str, &str); 5] = [
    ("/", "the shortest path"),
    ("/a/b?x=1&y=2", "a path and a query"),
    ("/%E4%BD%A0%E5%A5%BD", "a path beyond ASCII"),
    ("/search?q=bread+%26+butter", "a query that holds spaces and an &"),
    ("/a/../b#there", "what a browser does not send"),
];

/// One form, two methods: the same names and values once as the query, once
/// as content.
const FORM: &str = r#"<form method="post" action="/form">
<label for="name">Name</label>
<input id="name" name="name" value="Ada" autocomplete="off">
<label for="message">Message</label>
<textarea id="message" name="message" rows="2">two &amp; two</textarea>
<p class="buttons"><button formmethod="get">Send by GET</button> <button>Send by POST</button></p>
</form>
"#;

pub(super) fn page(seen: &Seen<'_>) -> String {
    let request = format!("{} {}", seen.head.method, visible(seen.raw_target()));
    let head = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}: your request, byte by byte</title>
<link rel="icon" href="data:,">
<style>
{CSS}{}</style>
</head>
<body>
<main>
<h1>Your browser sent this</h1>
"#,
        escape(&request),
        xray::CSS
    );
    let end = "</main>\n</body>\n</html>\n";
    [head, lead(seen), spans(seen), meaning(seen), try_more(seen), end.to_owned()].concat()
}

fn lead(seen: &Seen<'_>) -> String {
    let head = grouped(seen.raw_head.len() as u64);
    let content = match seen.content.length {
        0 => "and no content".to_owned(),
        length => format!("and {} bytes of content", grouped(length)),
    };
    format!(
        "<p>To show you this page, your browser sent a <strong>request</strong>: a head of {head} \
         bytes {content}. Here is every one of them, as it came over the connection, and what it \
         is. Then <a href=\"#try\">send another</a> and see what changes.</p>\n"
    )
}

fn spans(seen: &Seen<'_>) -> String {
    let content = match seen.content.length {
        0 => String::new(),
        _ => html_fragment(&seen.content.annotated()),
    };
    format!(
        "<section aria-labelledby=\"bytes\">\n<h2 id=\"bytes\">Byte by byte</h2>\n\
         <p class=\"quiet\">SP is a space. CR LF is the end of a line.</p>\n{}{content}</section>\n",
        html_fragment(&seen.annotated_head()),
    )
}

fn meaning(seen: &Seen<'_>) -> String {
    let rows = [
        ("Method", seen.head.method.as_str().as_bytes().to_vec()),
        ("Site", seen.site().to_vec()),
        ("Path", seen.path()),
        ("Version", format!("{:?}", seen.head.version).into_bytes()),
    ];
    let rows = rows.map(|(name, value)| {
        format!("<div><dt>{name}</dt><dd>{}</dd></div>\n", escape(&visible(&value)))
    });
    format!(
        "<section aria-labelledby=\"means\">\n<h2 id=\"means\">What it means</h2>\n\
         <dl>\n{}</dl>\n{}{}</section>\n",
        rows.concat(),
        table("The query", &seen.query_pairs()),
        table("The form in the content", &seen.form_pairs()),
    )
}

fn table(caption: &str, pairs: &[(Vec<u8>, Vec<u8>)]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let row = |(name, value): &(Vec<u8>, Vec<u8>)| {
        let (name, value) = (escape(&visible(name)), escape(&visible(value)));
        format!("<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>\n")
    };
    format!(
        "<table>\n<caption>{caption}, decoded</caption>\n\
         <thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Value</th></tr></thead>\n\
         <tbody>\n{}</tbody>\n</table>\n",
        pairs.iter().map(row).collect::<String>()
    )
}

fn try_more(seen: &Seen<'_>) -> String {
    let link = |(target, says): (&str, &str)| {
        let target = escape(target);
        format!("<li><a href=\"{target}\"><code>{target}</code></a> {}</li>\n", escape(says))
    };
    format!(
        "<section id=\"try\" aria-labelledby=\"another\">\n<h2 id=\"another\">Send another</h2>\n\
         <h3>Ask for something else</h3>\n<ul>\n{}</ul>\n\
         <h3>Send a form</h3>\n\
         <p>By GET, what you write becomes the query. By POST, it becomes the content.</p>\n{FORM}\
         <h3>Use another client</h3>\n\
         <p><code>curl http://{}/</code> gets this page as plain text. It may have to wait: this \
         server talks to one client at a time, until that one has been silent for a while, and \
         your browser keeps its connection open.</p>\n\
         <p>The terminal that the server runs in shows each exchange. Start the server with \
         <code>--xray</code>, and it shows both messages, byte by byte.</p>\n</section>\n",
        LINKS.map(link).concat(),
        escape(&visible(seen.site())),
    )
}
