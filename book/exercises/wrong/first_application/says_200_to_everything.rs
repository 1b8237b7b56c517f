//! Wrong: there is one status for all.
//!
//! Breaks PEP 3333, The start_response() Callable: start_response is called once, when it is known what to say
//!
//! A page that says "not found" with 200 is found: by search engines, by caches, by every
//! program that looks at the status and not at the words.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

fn main() {}

/// The menu at `/menu`; nothing else.
fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let found = environ.get_or_empty("PATH_INFO") == "/menu";
    let content = if found { MENU } else { "404 Not Found\n" };
    let length = content.len().to_string();
    let headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", &*length)];
    start_response("200 OK", &headers, None)?;
    Ok([content.as_bytes()].into())
}

/// What there is.
const MENU: &str = "thé     3 €\ncafé    2 €\ngâteau  4 €\n";

#[cfg(test)]
mod tests {
    use super::*;
    use step4_wsgi_interface::gateway::{self, Memory};

    const START: &str =
        "PEP 3333, Specification Details: start_response is called before the content";
    const ONCE: &str = "PEP 3333, The start_response() Callable: start_response is called once, when it is known what to say";
    const FORM: &str =
        "PEP 3333, The start_response() Callable: a status is a code, a space and a phrase";
    const WHOLE: &str =
        "PEP 3333, environ Variables: PATH_INFO is the whole path within the application";
    const LENGTH: &str = "PEP 3333, Handling the Content-Length Header: Content-Length is the number of bytes of the content";

    /// The status, the length that was said, and the content; or what the gateway objects to.
    fn answer(path: &str) -> std::result::Result<(String, Option<u64>, String), String> {
        let mut environ = Environ::new();
        environ.set("REQUEST_METHOD", b"GET");
        environ.set("PATH_INFO", path.as_bytes());
        let (memory, outcome) = gateway::run(&application, environ, Memory::default());
        let head = memory.head.unwrap_or_default();
        let content = String::from_utf8_lossy(&memory.content).into_owned();
        let told = head.header("content-length").and_then(|value| value.to_string().parse().ok());
        outcome
            .map(|()| (head.status().to_string(), told, content))
            .map_err(|error| error.to_string())
    }

    #[track_caller]
    fn check(
        rule: &str,
        path: &str,
        is_right: impl Fn(&(String, Option<u64>, String)) -> bool,
        expected: &str,
    ) {
        let answer = answer(path);
        let rule = match &answer {
            Err(objection) if objection.contains("before start_response") => START,
            Err(objection) if objection.contains("called again") => ONCE,
            Err(objection) if objection.contains("Content-Length") => LENGTH,
            Err(_) => FORM,
            Ok(_) => rule,
        };
        assert!(
            answer.as_ref().is_ok_and(is_right),
            "{rule}\n  PATH_INFO:   {path}\n  your answer: {answer:?}\n  expected:    {expected}\n"
        );
    }

    #[test]
    fn the_menu_is_there() {
        check(
            START,
            "/menu",
            |(status, _, content)| status == "200 OK" && content == MENU,
            "200 OK, the menu",
        );
    }

    #[test]
    fn the_menu_has_its_length_in_bytes() {
        let bytes = MENU.len() as u64;
        check(
            LENGTH,
            "/menu",
            |(_, told, _)| *told == Some(bytes),
            &format!("Content-Length: {bytes}"),
        );
    }

    #[test]
    fn nothing_else_is_there() {
        for path in ["/", ""] {
            check(
                ONCE,
                path,
                |(status, _, content)| status.starts_with("404 ") && content != MENU,
                "404 Not Found",
            );
        }
    }

    #[test]
    fn a_path_is_compared_as_a_whole() {
        for path in ["/menu/", "/menus"] {
            check(
                WHOLE,
                path,
                |(status, _, content)| status.starts_with("404 ") && content != MENU,
                "404 Not Found",
            );
        }
    }
}
