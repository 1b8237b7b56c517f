//! The server is gone. May the balancer send the request to the other one?
//!
//! Chapter 6 · RFC 9110 §9.2.2 · book/src/ch06-wsgi-server/balancer.md
//!
//! A balancer has a request, and something has gone wrong with the server that it chose. There
//! is another server. If the balancer asks that one, the client never learns of the accident; but
//! perhaps the first server had done what it was asked, before it died, and now it is done twice.
//!
//! Two things decide: how far the balancer had come, and what the method promises. `Sent::Nothing`
//! means that there was no connection, so the server cannot have heard of the request.
//! `Sent::Request` means that the request, or some of it, was sent. `Sent::Answer` means that bytes
//! of an answer have come, and were passed on to the client.
//!
//! [RFC 9110 §9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2) says which methods may be
//! repeated. A method that you do not know promises nothing.

fn main() {
    // A place to try things: `cargo run --bin send_it_again`.
}

/// How far the balancer had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// There was no connection.
    Nothing,
    /// The request was sent, or some of it.
    Request,
    /// Bytes of an answer have been passed on to the client.
    Answer,
}

/// Whether the other server may be asked.
fn may_be_sent_again(method: &str, sent: Sent) -> bool {
    // TODO: nothing sent: always. An answer has begun: never. Between the two, the method
    // decides: the safe ones (GET, HEAD, OPTIONS, TRACE), PUT and DELETE may be repeated.
    todo!("may the other server be asked?")
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDEMPOTENT: &str =
        "RFC 9110 §9.2.2: only a request with an idempotent method may be sent again by itself";
    const ALL_OF_THEM: &str =
        "RFC 9110 §9.2.2: PUT and DELETE are idempotent, like all safe methods";
    const NOT_SENT: &str = "RFC 9110 §9.2.2: what has certainly not reached the server may be sent, whatever the method";
    const BEGUN: &str =
        "RFC 9112 §9.3.1: an answer that has begun cannot be begun anew by another server";

    #[track_caller]
    fn check(rule: &str, method: &str, sent: Sent, expected: bool) {
        let answer = may_be_sent_again(method, sent);
        assert!(
            answer == expected,
            "{rule}\n  method {method}, sent: {sent:?}\n  your answer: {answer}\n  expected:    {expected}\n"
        );
    }

    #[test]
    fn what_was_sent_is_repeated_if_its_method_allows_it() {
        for method in ["POST", "PATCH", "CONNECT", "BOOK", "get"] {
            check(IDEMPOTENT, method, Sent::Request, false);
        }
    }

    #[test]
    fn every_idempotent_method_allows_it() {
        for method in ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"] {
            check(ALL_OF_THEM, method, Sent::Request, true);
        }
    }

    #[test]
    fn what_was_not_sent_is_not_repeated_but_sent() {
        for method in ["GET", "POST", "BOOK"] {
            check(NOT_SENT, method, Sent::Nothing, true);
        }
    }

    #[test]
    fn an_answer_is_not_begun_twice() {
        for method in ["GET", "PUT", "POST"] {
            check(BEGUN, method, Sent::Answer, false);
        }
    }
}
