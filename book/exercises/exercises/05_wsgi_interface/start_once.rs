//! To begin a response is not to send it.
//!
//! Chapter 5 · PEP 3333, The start_response() Callable · book/src/ch05-wsgi-interface/start-response.md
//!
//! An application has said "200 OK". Before its first block its database goes away. It
//! calls `start_response` again: "500", and the error as `exc_info`. Since nothing has been
//! sent, the client never hears of the 200.
//!
//! If the first block had been sent, it would be too late: the call fails with that very
//! error, the application lets it through, and the gateway cuts the connection.
//!
//! So a gateway keeps account of a response: was `start_response` called, what waits to be
//! sent, has the head been sent?
//!
//! [PEP 3333](https://peps.python.org/pep-3333/#the-start-response-callable) has the rules,
//! and an example that follows them.

fn main() {
    // A place to try things: `cargo run --bin start_once`.
}

impl Response {
    /// The application begins its response, or begins it anew because of an error.
    fn start(&mut self, status: &str, exc_info: Option<&'static str>) -> Result<(), Refused> {
        // TODO: refuse a second call without `exc_info`, and any call with it when the
        // head has been sent. Otherwise keep the status, if it is one.
        todo!("keep the account")
    }

    /// A block of content: what is sent because of it. The head is sent as its status
    /// and a bar: `200 OK|`.
    fn block(&mut self, block: &str) -> Result<String, Refused> {
        // TODO: send the head before the first block that is not empty.
        todo!("send what waits")
    }
}

/// What a gateway knows of a response.
#[derive(Default)]
struct Response {
    /// Whether `start` was called, with success or not.
    called: bool,
    /// The status that waits to be sent.
    kept: Option<String>,
    /// Whether the head has been sent.
    sent: bool,
}

/// Why not.
#[derive(Debug, PartialEq)]
enum Refused {
    /// `start` was called a second time without `exc_info`.
    CalledAgain,
    /// The status is no code, space and phrase, as `200 OK` is.
    BadStatus,
    /// Content came, and nothing to send before it.
    NotStarted,
    /// The error that `exc_info` was.
    Raised(&'static str),
}

/// Whether it is three digits, a space and a phrase.
fn is_status(status: &str) -> bool {
    let bytes = status.as_bytes();
    bytes.len() > 4 && bytes[..3].iter().all(u8::is_ascii_digit) && bytes[3] == b' '
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAITS: &str = "PEP 3333, The start_response() Callable: nothing is sent before the first block that is not empty";
    const ONCE: &str = "PEP 3333, The start_response() Callable: without exc_info it is called once, and a call that failed counts";
    const REPLACES: &str =
        "PEP 3333, The start_response() Callable: with exc_info, what is kept is replaced";
    const TOO_LATE: &str = "PEP 3333, The start_response() Callable: after the head has been sent, exc_info comes back as the error";

    const FORM: &str = "PEP 3333, The start_response() Callable: a status is a code, a space and a phrase, and nothing else can be sent";

    /// What is done, step by step, and what comes of it.
    fn story(steps: &[Step]) -> Vec<String> {
        let mut response = Response::default();
        let told = |step: &Step| match step {
            Step::Start(status, exc_info) => format!("{:?}", response.start(status, *exc_info)),
            Step::Block(block) => format!("{:?}", response.block(block)),
        };
        steps.iter().map(told).collect()
    }

    enum Step {
        Start(&'static str, Option<&'static str>),
        Block(&'static str),
    }
    use Step::{Block, Start};

    #[track_caller]
    fn check(rule: &str, steps: &[Step], expected: &[&str]) {
        let answer = story(steps);
        let shown: Vec<String> = steps
            .iter()
            .map(|step| match step {
                Start(status, None) => format!("start({status:?})"),
                Start(status, Some(error)) => format!("start({status:?}, exc_info: {error:?})"),
                Block(block) => format!("block({block:?})"),
            })
            .collect();
        assert!(
            answer == expected,
            "{rule}\n  calls:       {}\n  your answer: {}\n  expected:    {}\n",
            shown.join(", "),
            answer.join(", "),
            expected.join(", ")
        );
    }

    const OK: &str = "Ok(())";
    const NOTHING: &str = "Ok(\"\")";
    const AGAIN: &str = "Err(CalledAgain)";

    #[test]
    fn the_head_goes_with_the_first_content() {
        check(
            WAITS,
            &[Start("200 OK", None), Block("a"), Block("b")],
            &[OK, "Ok(\"200 OK|a\")", "Ok(\"b\")"],
        );
        check(
            WAITS,
            &[Start("200 OK", None), Block(""), Block("a")],
            &[OK, NOTHING, "Ok(\"200 OK|a\")"],
        );
    }

    #[test]
    fn content_before_the_beginning_is_refused() {
        check(WAITS, &[Block("a")], &["Err(NotStarted)"]);
        check(FORM, &[Start("200", None), Block("a")], &["Err(BadStatus)", "Err(NotStarted)"]);
    }

    #[test]
    fn a_second_call_is_refused() {
        check(
            ONCE,
            &[Start("200 OK", None), Start("404 Not Found", None), Block("a")],
            &[OK, AGAIN, "Ok(\"200 OK|a\")"],
        );
        check(
            ONCE,
            &[Start("200 OK", None), Block("a"), Start("404 Not Found", None)],
            &[OK, "Ok(\"200 OK|a\")", AGAIN],
        );
        check(
            ONCE,
            &[Start("200", None), Start("200 OK", None), Block("a")],
            &["Err(BadStatus)", AGAIN, "Err(NotStarted)"],
        );
    }

    #[test]
    fn an_application_may_change_its_mind() {
        let steps =
            [Start("200 OK", None), Block(""), Start("500 Oops", Some("no tea")), Block("a")];
        check(REPLACES, &steps, &[OK, NOTHING, OK, "Ok(\"500 Oops|a\")"]);
        let steps = [Start("200", None), Start("500 Oops", Some("bad status")), Block("a")];
        check(REPLACES, &steps, &["Err(BadStatus)", OK, "Ok(\"500 Oops|a\")"]);
        check(
            REPLACES,
            &[Start("500 Oops", Some("no tea")), Block("a")],
            &[OK, "Ok(\"500 Oops|a\")"],
        );
    }

    #[test]
    fn but_not_when_it_has_been_sent() {
        let steps =
            [Start("200 OK", None), Block("a"), Start("500 Oops", Some("no tea")), Block("b")];
        check(TOO_LATE, &steps, &[OK, "Ok(\"200 OK|a\")", "Err(Raised(\"no tea\"))", "Ok(\"b\")"]);
    }
}
