//! The page as HTML.

use super::Seen;
use crate::xray::{self, escape, grouped, html_fragment, visible};

/// The page's own style, beside that of the spans.
const CSS: &str = include_str!("page.css");

/// Targets to try, and what they show.
const LINKS: [(&str, &str); 5] = [
    ("/", "the shortest path"),
    ("/a/b?x=1&y=2", "a path and a query"),
    ("/%E4%BD%A0%E5%A5%BD", "a path that is not English"),
    ("/search?q=bread+%26+butter", "a query with spaces and an & in it"),
    ("/a/../b#there", "what the browser keeps to itself"),
];

pub(super) fn page(seen: &Seen<'_>) -> String {
    let request = format!("{} {}", seen.head.method, visible(seen.raw_target()));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}: your request, byte by byte</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<style>\n{CSS}{}</style>\n</head>\n<body>\n<main>\n\
         <h1>Your browser sent this</h1>\n{}{}{}{}{}</main>\n</body>\n</html>\n",
        xray::CSS,
        lead(seen),
        links(),
        spans(seen),
        meaning(seen),
        form(),
        title = escape(&request),
    )
}

fn lead(seen: &Seen<'_>) -> String {
    let content = match seen.content.length {
        0 => "There is no content after it".to_owned(),
        length => format!("{} bytes of content came after it", grouped(length)),
    };
    format!(
        "<p>To show you this page, your browser sent a <strong>request</strong> to the server: \
         a head of {} bytes. {content}. \
         Here they are, as they came over the connection, with the name of each part.</p>\n",
        grouped(seen.raw_head.len() as u64),
    )
}

fn links() -> String {
    let link = |(target, says): (&str, &str)| {
        let target = escape(target);
        format!("<li><a href=\"{target}\"><code>{target}</code></a> {}</li>\n", escape(says))
    };
    format!(
        "<nav aria-labelledby=\"ask\">\n<h2 id=\"ask\">Ask for something else</h2>\n<ul>\n{}</ul>\n</nav>\n",
        LINKS.map(link).concat()
    )
}

fn spans(seen: &Seen<'_>) -> String {
    format!(
        "<section aria-labelledby=\"bytes\">\n<h2 id=\"bytes\">Byte by byte</h2>\n\
         <p class=\"key\">␠ is a space, ␍␊ is CR LF, the end of a line.</p>\n{}{}</section>\n",
        html_fragment(&seen.annotated_head()),
        match seen.content.length {
            0 => String::new(),
            _ => html_fragment(&seen.content.annotated()),
        }
    )
}

fn meaning(seen: &Seen<'_>) -> String {
    let host = match seen.head.target.authority() {
        Some(authority) => authority.as_bytes(),
        None => seen.head.fields.get("host").map_or(&[][..], |host| host.as_bytes()),
    };
    let rows = [
        ("Method", seen.head.method.as_str().as_bytes().to_vec()),
        ("Site", host.to_vec()),
        ("Path", seen.path()),
        ("Version", format!("{:?}", seen.head.version).into_bytes()),
    ];
    let rows = rows.map(|(name, value)| {
        format!("<div><dt>{name}</dt><dd>{}</dd></div>\n", escape(&visible(&value)))
    });
    format!(
        "<section aria-labelledby=\"means\">\n<h2 id=\"means\">What it means</h2>\n<dl>\n{}</dl>\n{}{}</section>\n",
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
        "<table>\n<caption>{caption}, decoded</caption>\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Value</th></tr></thead>\n\
         <tbody>\n{}</tbody>\n</table>\n",
        pairs.iter().map(row).collect::<String>()
    )
}

/// One form, two methods: the same names and values once as a query and once
/// as content.
fn form() -> String {
    "<section aria-labelledby=\"send\">\n<h2 id=\"send\">Send something</h2>\n\
     <p>By GET a form becomes the query. By POST it becomes the content. Try both, and compare.</p>\n\
     <form method=\"post\" action=\"/form\">\n\
     <label for=\"name\">Name</label>\n<input id=\"name\" name=\"name\" value=\"Ada\" autocomplete=\"off\">\n\
     <label for=\"message\">Message</label>\n<textarea id=\"message\" name=\"message\" rows=\"2\">two &amp; two</textarea>\n\
     <p class=\"buttons\"><button formmethod=\"get\">Send by GET</button> <button>Send by POST</button></p>\n\
     </form>\n</section>\n"
        .to_owned()
}
