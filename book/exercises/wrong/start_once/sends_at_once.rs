//! Wrong: the head is sent with the first block, empty or not.
//!
//! Breaks PEP 3333, The start_response() Callable: nothing is sent before the first block that is not empty
//!
//! An empty block says "I am still working". With it the head would be gone, and with the
//! head the last moment in which an error can be told.

fn main() {}

impl Response {
    /// The application begins its response, or begins it anew because of an error.
    fn start(&mut self, status: &str, exc_info: Option<&'static str>) -> Result<(), Refused> {
        match exc_info {
            Some(error) if self.sent => return Err(Refused::Raised(error)),
            None if self.called => return Err(Refused::CalledAgain),
            _ => {}
        }
        self.called = true;
        self.kept = None;
        if !is_status(status) {
            return Err(Refused::BadStatus);
        }
        self.kept = Some(status.to_owned());
        Ok(())
    }

    /// A block of content: what is sent because of it. The head is sent as its status
    /// and a bar: `200 OK|`.
    fn block(&mut self, block: &str) -> Result<String, Refused> {
        if self.sent {
            return Ok(block.to_owned());
        }
        let status = self.kept.take().ok_or(Refused::NotStarted)?;
        self.sent = true;
        Ok(format!("{status}|{block}"))
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
