//! Wrong: an answer that broke off is reported as whole.
//!
//! Breaks PEP 3333, Specification Details: close() is called when the client has left
//!
//! The server goes on with a connection whose client has left, or ends a broken answer as if it
//! were whole.

fn main() {}

/// Sends all blocks, and closes the content.
fn send(content: &mut Content, client: &mut Client) -> Result<(), Broken> {
    while let Ok(Some(block)) = content.next_block() {
        if client.take(block).is_err() {
            break;
        }
    }
    content.close();
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
