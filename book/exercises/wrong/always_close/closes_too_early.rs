//! Wrong: `close()` is called before the blocks are asked for.
//!
//! Breaks PEP 3333, Specification Details: close() is called once, after the last block
//!
//! A generator that is closed has no more blocks: the page is empty.

fn main() {}

/// Sends all blocks, and closes the content.
fn send(content: &mut Content, client: &mut Client) -> Result<(), Broken> {
    content.close();
    while let Some(block) = content.next_block()? {
        client.take(block)?;
    }
    Ok(())
}

/// Why an answer is not whole.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Broken {
    /// The application raised an error.
    Failed,
    /// The client has closed its connection.
    Gone,
}

/// What an application has returned.
struct Content {
    blocks: std::vec::IntoIter<Result<&'static str, Broken>>,
    /// How often it was closed, and after how many blocks were asked for.
    closed: Vec<usize>,
    asked: usize,
}

impl Content {
    /// Lets the application make its next block; there may be none any more.
    fn next_block(&mut self) -> Result<Option<&'static str>, Broken> {
        self.asked += 1;
        self.blocks.next().transpose()
    }

    /// Gives back what the application holds.
    fn close(&mut self) {
        self.closed.push(self.asked);
    }
}

/// Who waits for the answer.
struct Client {
    /// It leaves when it has seen so many blocks.
    patience: usize,
    seen: Vec<&'static str>,
}

impl Client {
    /// Sends a block, if the client is still there.
    fn take(&mut self, block: &'static str) -> Result<(), Broken> {
        if self.seen.len() == self.patience {
            return Err(Broken::Gone);
        }
        self.seen.push(block);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: &str =
        "PEP 3333, Specification Details: close() is called when the content has ended";
    const FAILED: &str =
        "PEP 3333, Specification Details: close() is called when the application fails on the way";
    const GONE: &str =
        "PEP 3333, Specification Details: close() is called when the client has left";
    const ONCE: &str =
        "PEP 3333, Specification Details: close() is called once, after the last block";

    #[track_caller]
    fn holds<S, E>(seen: S, expected: E, rule: &str)
    where
        S: PartialEq<E> + std::fmt::Debug,
        E: std::fmt::Debug,
    {
        assert!(seen == expected, "{rule}\n{seen:?} instead of {expected:?}");
    }

    /// Sends these blocks to a client that leaves after `patience`: what became of it, what the
    /// client saw, and when the content was closed.
    fn sent(
        blocks: &[Result<&'static str, Broken>],
        patience: usize,
    ) -> (Result<(), Broken>, String, Vec<usize>) {
        let blocks = Vec::from(blocks).into_iter();
        let mut content = Content { blocks, closed: Vec::new(), asked: 0 };
        let mut client = Client { patience, seen: Vec::new() };
        let result = send(&mut content, &mut client);
        (result, client.seen.concat(), content.closed)
    }

    #[track_caller]
    fn check(
        rule: &str,
        seen: &(Result<(), Broken>, String, Vec<usize>),
        (result, text, asked): (Result<(), Broken>, &str, usize),
    ) {
        holds((seen.0, seen.1.as_str()), (result, text), rule);
        holds(!seen.2.is_empty(), true, rule);
        holds(seen.2.as_slice(), [asked].as_slice(), ONCE);
    }

    #[test]
    fn at_the_end() {
        check(END, &sent(&[Ok("one "), Ok("two")], 9), (Ok(()), "one two", 3));
        check(END, &sent(&[], 9), (Ok(()), "", 1));
    }

    #[test]
    fn after_an_error() {
        let failed = Err(Broken::Failed);
        check(FAILED, &sent(&[Ok("one "), failed, Ok("two")], 9), (failed.map(drop), "one ", 2));
        check(FAILED, &sent(&[failed], 9), (failed.map(drop), "", 1));
    }

    #[test]
    fn without_a_client() {
        let gone = Err(Broken::Gone);
        check(GONE, &sent(&[Ok("one "), Ok("two"), Ok("three")], 1), (gone, "one ", 2));
        check(GONE, &sent(&[Ok("one "), Ok("two")], 0), (gone, "", 1));
    }
}
