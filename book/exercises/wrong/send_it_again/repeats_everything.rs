//! Wrong: every request is worth a second try.
//!
//! Breaks RFC 9110 §9.2.2: only a request with an idempotent method may be sent again by itself
//!
//! A POST that has booked a seat books another one.

fn main() {}

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
    let _ = method;
    sent != Sent::Answer
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
