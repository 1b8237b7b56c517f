//! HEAD is answered as GET is, and 405 says what is allowed.
//!
//! Chapter 2 · RFC 9110 §9.3.2 · book/src/ch02-http/methods.md
//!
//! A link checker asks for ten thousand pages with HEAD: it wants to know what
//! is there and how large, not to read it. Your handler knows GET alone, so the
//! checker reports ten thousand broken links. Somebody mends it with an empty
//! 200; now every page is reported as zero bytes long.
//!
//! Another client sends DELETE and is told 404. It concludes that the page is
//! gone, and tells its user so.
//!
//! The handler runs on step 1's server. That takes the content off the answer to
//! a HEAD, whatever the handler returns; see `may_have_content` in its
//! `framing.rs`.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

const PAGE: &str = "<!DOCTYPE html><title>Tea</title><p>The tea is ready. 茶好了。\n";

fn main() {
    // A place to try things: `cargo run --bin head_and_allow`.
}

/// Answers a request for the page, which can be read and not be changed.
fn answer(request: &mut Request<'_>) -> Response {
    // TODO: answer GET and HEAD with the page (200), and every other method
    // with a 405 that says which methods are allowed.
    todo!("answer by the method of the request")
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::thread;
    use std::time::Duration;

    use step1_http_basics::connection::Service;
    use step1_http_basics::limits::Limits;
    use step1_http_basics::serve::Server;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What came back: the lines of the head, and all behind it.
    struct Answer {
        head: Vec<String>,
        content: String,
    }

    impl Answer {
        fn status(&self) -> &str {
            self.head[0].split(' ').nth(1).unwrap_or_default()
        }

        fn field(&self, name: &str) -> Option<&str> {
            let fields = self.head.iter().filter_map(|line| line.split_once(": "));
            fields
                .into_iter()
                .find(|(found, _)| found.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        }

        /// The members of `Allow`; `None` if there is no such field.
        fn allowed(&self) -> Option<Vec<&str>> {
            let list = self.field("Allow")?.split(',').map(str::trim);
            Some(list.filter(|member| !member.is_empty()).collect())
        }
    }

    /// Starts step 1's server with your handler on a port of its own, and asks it for the page.
    fn ask(method: &str) -> Answer {
        let service = Service::new(&answer, Limits::default());
        let server = Server::bind("127.0.0.1:0", 1, SECOND).unwrap();
        let received = thread::scope(|scope| {
            scope.spawn(|| server.serve(&service));
            let received = exchange(&server, method);
            server.stop();
            received
        });
        let text = received.expect("the server answers within some seconds");
        let (head, content) = text.split_once("\r\n\r\n").expect("an answer with a head");
        Answer { head: head.lines().map(str::to_owned).collect(), content: content.to_owned() }
    }

    fn exchange(server: &Server, method: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&server.address(), 5 * SECOND)?;
        stream.set_read_timeout(Some(5 * SECOND))?;
        write!(stream, "{method} / HTTP/1.1\r\nHost: me\r\nConnection: close\r\n\r\n")?;
        let mut received = String::new();
        stream.read_to_string(&mut received)?;
        Ok(received)
    }

    #[track_caller]
    fn compare(rule: &str, method: &str, what: &str, answer: &str, expected: &str) {
        assert!(
            answer == expected,
            "{rule}\n  request:     {method} / HTTP/1.1\n  your answer: {what} {answer}\n  expected:    {what} {expected}\n"
        );
    }

    #[test]
    fn get_is_answered_with_the_page() {
        let rule = "RFC 9110 §9.3.1: the answer to GET is the page: 200, its type, its content";
        let answer = ask("GET");
        compare(rule, "GET", "status", answer.status(), "200");
        let media_type = answer.field("Content-Type").unwrap_or("none");
        compare(rule, "GET", "Content-Type", media_type, "text/html; charset=utf-8");
        compare(rule, "GET", "content", &answer.content, PAGE);
    }

    #[test]
    fn head_has_the_status_and_the_fields_of_get() {
        let rule = "RFC 9110 §9.1: a general-purpose server supports GET and HEAD, both";
        let (get, head) = (ask("GET"), ask("HEAD"));
        compare(rule, "HEAD", "status", head.status(), "200");
        let rule = "RFC 9110 §9.3.2: the answer to HEAD has the fields of the answer to GET";
        let [of_head, of_get] = [&head, &get].map(|it| it.field("Content-Type").unwrap_or("none"));
        compare(rule, "HEAD", "Content-Type", of_head, of_get);
        let rule =
            "RFC 9110 §8.6: with HEAD, Content-Length is what GET would send, and never 0 instead";
        let [of_head, of_get] =
            [&head, &get].map(|it| it.field("Content-Length").unwrap_or("none"));
        compare(rule, "HEAD", "Content-Length", of_head, of_get);
        let rule = "RFC 9110 §9.3.2: no content follows the answer to HEAD";
        compare(rule, "HEAD", "content", &head.content, "");
    }

    #[test]
    fn other_methods_are_not_allowed() {
        let rule =
            "RFC 9110 §15.5.6: a method that the server knows and the page does not take: 405";
        for method in ["POST", "PUT", "DELETE"] {
            compare(rule, method, "status", ask(method).status(), "405");
        }
    }

    #[test]
    fn a_405_says_what_is_allowed() {
        let rule =
            "RFC 9110 §15.5.6: a method that the server knows and the page does not take: 405";
        let answer = ask("DELETE");
        compare(rule, "DELETE", "status", answer.status(), "405");
        let rule = "RFC 9110 §15.5.6: a 405 has the field Allow";
        let Some(mut allowed) = answer.allowed() else {
            return compare(rule, "DELETE", "Allow:", "none", "[\"GET\", \"HEAD\"]");
        };
        let rule = "RFC 9110 §10.2.1: Allow lists what this page takes, all of it and nothing else";
        // OPTIONS may be there: this handler does not answer it, but one could.
        allowed.retain(|&method| method != "OPTIONS");
        allowed.sort_unstable();
        compare(rule, "DELETE", "Allow:", &format!("{allowed:?}"), "[\"GET\", \"HEAD\"]");
    }
}
