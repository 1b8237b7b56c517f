//! The tables of the appendices on methods and status codes.
//!
//! *Strategy*: the commands `method` and `status` of step 1 print from a table in its library; these
//! appendices are written from the same one, so the two cannot differ.

use std::fmt::Write as _;

use step1_http_basics::reference::{self, Caching, Class, RequestContent, Section, Status};

/// The table of methods, as seen from the workspace.
pub const METHODS: &str = "book/figures/app-methods.md";

/// The tables of status codes, as seen from the workspace.
pub const STATUS_CODES: &str = "book/figures/app-status-codes.md";

/// The codes that one really meets.
const COMMON: &[u16] = &[
    100, 200, 201, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 410, 413,
    414, 416, 429, 431, 500, 501, 502, 503, 504, 505,
];

const WRITTEN: &str =
    "<!-- Written by `UPDATE=1 cargo test -p check` from step1_http_basics::reference. -->\n";

/// Methods with their promises, then those that other standards have added.
#[must_use]
pub fn methods() -> String {
    let mut page = format!(
        "{WRITTEN}\n| Method | The client says | Safe | Idempotent | Cacheable | Content in the request | Section |\n\
         |---|---|---|---|---|---|---|\n"
    );
    for method in reference::methods() {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            method.name,
            cell(method.meaning),
            yes_or_no(method.safe),
            yes_or_no(method.idempotent),
            match method.caching {
                Caching::Heuristically => "yes",
                Caching::WhenSaid => "if a field says so",
                Caching::Never => "no",
            },
            match method.request_content {
                RequestContent::Usual => "yes",
                RequestContent::Allowed => "allowed, rarely used",
                RequestContent::NoMeaning => "no meaning",
                RequestContent::Forbidden => "must not have any",
            },
            link(method.section)
        );
    }
    page.push_str("\nOthers are registered; most belong to WebDAV, which turns a server into a shared folder.\n\n");
    page.push_str(
        "| Method | The client says | Safe | Idempotent | Section |\n|---|---|---|---|---|\n",
    );
    for method in reference::also_registered() {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} |",
            method.name,
            cell(method.meaning),
            yes_or_no(method.safe),
            yes_or_no(method.idempotent),
            link(method.section)
        );
    }
    page
}

/// Status codes, class by class; those that one really meets in bold.
#[must_use]
pub fn status_codes() -> String {
    let mut page = WRITTEN.to_owned();
    for class in Class::ALL {
        let id = class as u16;
        let _ = write!(
            page,
            "\n## {class} {{#class-{id}}}\n\nAll of them say: {} ({}).\n\n\
             | Code | The server says | Where you meet it | Section |\n|---|---|---|---|\n",
            class.meaning(),
            link(class.section())
        );
        for status in reference::statuses().filter(|status| status.class() == class) {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} |",
                code(status),
                cell(status.meaning),
                cell(status.met),
                link(status.section)
            );
        }
    }
    page
}

fn code(status: &Status) -> String {
    match COMMON.contains(&status.code) {
        true => format!("**{} {}**", status.code, status.name),
        false => format!("{} {}", status.code, status.name),
    }
}

fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

fn link(section: Section) -> String {
    format!("[{section}]({})", section.url())
}

/// Text that stays in its cell and is not taken for Markdown.
fn cell(text: &str) -> String {
    text.replace('|', "&#124;").replace('*', "\\*").replace('_', "\\_").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_code_is_registered() {
        for code in COMMON {
            assert!(reference::status(*code).is_some(), "{code}");
        }
    }

    #[test]
    fn a_row_has_all_its_cells() {
        for table in [methods(), status_codes()] {
            let mut columns = 0;
            for line in table.lines().filter(|line| line.starts_with('|')) {
                let cells = line.matches(" |").count() + line.matches("|---").count();
                columns = if line.starts_with("|---") { cells } else { columns };
                assert!(
                    line.starts_with("| Code") || line.starts_with("| Method") || cells == columns,
                    "{line}"
                );
            }
        }
    }
}
