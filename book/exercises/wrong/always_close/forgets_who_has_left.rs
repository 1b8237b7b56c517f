//! Wrong: only errors of the application are thought of.
//!
//! Breaks PEP 3333, Specification Details: close() is called when the client has left
//!
//! Clients leave more often than applications fail.

fn main() {}

/// Sends all blocks, and closes the content.
fn send(content: &mut Content, client: &mut Client) -> Result<(), Broken> {
    loop {
        match content.next_block() {
            Ok(Some(block)) => client.take(block)?,
            Ok(None) => break,
            Err(error) => {
                content.close();
                return Err(error);
            }
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
