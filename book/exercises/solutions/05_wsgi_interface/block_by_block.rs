//! Middleware hands on something for each block that it gets.
//!
//! Chapter 5 · PEP 3333, Middleware Handling of Block Boundaries · book/src/ch05-wsgi-interface/middleware.md
//!
//! One block in, one block out: `next` asks the application once, and returns what whole
//! lines have come of it, perhaps none. The rest waits in `line`, and at the end it is
//! handed on as it is.

fn main() {}

impl<I: Iterator<Item = Vec<u8>>> Numbered<I> {
    /// The next block for the gateway; `None` at the end.
    fn next(&mut self) -> Option<Vec<u8>> {
        let Some(block) = self.application.next() else {
            let is_left = !std::mem::replace(&mut self.ended, true) && !self.line.is_empty();
            return is_left.then(|| self.take_line());
        };
        let mut out = Vec::new();
        for byte in block {
            self.line.push(byte);
            if byte == b'\n' {
                out.extend(self.take_line());
            }
        }
        Some(out)
    }

    /// The line that has come so far, with its number.
    fn take_line(&mut self) -> Vec<u8> {
        self.number += 1;
        [format!("{} ", self.number).into_bytes(), std::mem::take(&mut self.line)].concat()
    }
}

/// Numbers the lines of an application's content.
struct Numbered<I> {
    /// The application's blocks.
    application: I,
    /// The line of which the end has not come yet.
    line: Vec<u8>,
    /// The number of the last line that was handed on.
    number: usize,
    /// Whether the application has no more.
    ended: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;

    const ONE_EACH: &str = "PEP 3333, Middleware Handling of Block Boundaries: for each block of the application there is one, an empty one if need be";
    const NO_WAIT: &str = "PEP 3333, Middleware Handling of Block Boundaries: the next block is not asked for before something has been handed on";
    const ALL: &str = "PEP 3333, Middleware Handling of Block Boundaries: nothing is lost, and nothing is changed but what was meant to be";

    /// For each block that was handed on: how many had been asked for, and what it was.
    fn handed_on(blocks: &[&'static str]) -> Vec<(usize, String)> {
        let asked = Rc::new(Cell::new(0));
        let count = Rc::clone(&asked);
        let application = blocks.iter().copied().map(|block| block.as_bytes().to_vec());
        let application = application.inspect(move |_| count.set(count.get() + 1));
        let mut numbered = Numbered { application, line: Vec::new(), number: 0, ended: false };
        let mut all = Vec::new();
        while let Some(block) = numbered.next() {
            all.push((asked.get(), String::from_utf8_lossy(&block).into_owned()));
            assert!(all.len() < 100, "{ALL}\n  blocks: {blocks:?}\n  your answer has no end\n");
        }
        all
    }

    #[track_caller]
    fn check(rule: &str, blocks: &[&'static str], expected: &[(usize, &str)]) {
        let answer = handed_on(blocks);
        let expected: Vec<(usize, String)> =
            expected.iter().map(|(asked, block)| (*asked, (*block).to_owned())).collect();
        assert!(
            answer == expected,
            "{rule}\n  blocks:                 {blocks:?}\n  (asked for, handed on): {answer:?}\n  expected:               {expected:?}\n"
        );
    }

    /// All that was handed on, together.
    #[track_caller]
    fn check_whole(blocks: &[&'static str], expected: &str) {
        let answer: String = handed_on(blocks).into_iter().map(|(_, block)| block).collect();
        assert!(
            answer == expected,
            "{ALL}\n  blocks:      {blocks:?}\n  your answer: {answer:?}\n  expected:    {expected:?}\n"
        );
    }

    #[test]
    fn lines_are_numbered() {
        check_whole(&["a\nb\n"], "1 a\n2 b\n");
        check_whole(&["a\n\nb\n"], "1 a\n2 \n3 b\n");
        check_whole(&["a", "b\nc", "\n"], "1 ab\n2 c\n");
        check_whole(&[], "");
    }

    #[test]
    fn a_last_line_without_an_end_is_there_too() {
        check_whole(&["a\nb"], "1 a\n2 b");
        check_whole(&["a", "", "b"], "1 ab");
    }

    #[test]
    fn each_block_makes_one() {
        check(ONE_EACH, &["a\n", "b\n"], &[(1, "1 a\n"), (2, "2 b\n")]);
        check(ONE_EACH, &["a\nb\n"], &[(1, "1 a\n2 b\n")]);
        check(ONE_EACH, &["", "a\n"], &[(1, ""), (2, "1 a\n")]);
    }

    #[test]
    fn half_a_line_does_not_make_it_wait() {
        check(NO_WAIT, &["a", "b", "c\n"], &[(1, ""), (2, ""), (3, "1 abc\n")]);
        check(NO_WAIT, &["a\nb", "c\n"], &[(1, "1 a\n"), (2, "2 bc\n")]);
    }
}
