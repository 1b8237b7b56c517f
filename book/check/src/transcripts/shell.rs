//! Reads a command line as `sh` would, as far as a transcript may go.
//!
//! *Strategy*: a transcript runs on the reader's machine and in every test run, so every command
//! word must be seen before `sh -c` sees the line. What would hide one (`$( )`, backticks,
//! variables, `;`, `&`, here-documents) is refused rather than understood. What is left is small:
//! words, quotes, `|`, `&&`, `<`, `>`, `>>`, `2>&1`.
//!
//! ```
//! use check::transcripts::shell;
//! let line = shell::read("printf 'a b' | curl -d @- http://127.0.0.1:8000/ > answer.txt").unwrap();
//! let words: Vec<_> = line.commands.iter().map(|command| command.name()).collect();
//! assert_eq!(words, ["printf", "curl"]);
//! assert_eq!(line.commands[0].words[1].text, "a b");
//! assert!(shell::read("curl $(cat url)").is_err());
//! ```

use std::ops::Range;

/// A line: simple commands, joined by `|` and `&&`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// In the order in which they stand.
    pub commands: Vec<Command>,
}

/// A simple command: its words, and where its output goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The command word and its arguments.
    pub words: Vec<Word>,
    /// Files named after `<`, `>` and `>>`.
    pub files: Vec<String>,
    /// Whether the output goes elsewhere than to the terminal: `>` or `|` follows.
    pub output_leaves: bool,
}

impl Command {
    /// The command word.
    #[must_use]
    pub fn name(&self) -> &str {
        self.words.first().map_or("", |word| &word.text)
    }
}

/// A word, without its quotes, and the bytes of the line where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What the program gets.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Range<usize>,
}

/// Reads a command line.
///
/// # Errors
/// A sentence that says what a transcript may not hold.
pub fn read(line: &str) -> Result<Line, String> {
    let mut reader = Reader { line, at: 0 };
    let mut read = Line::default();
    let mut command = Command::default();
    while let Some(c) = reader.skip_blanks() {
        let rest = &line[reader.at..];
        match c {
            _ if rest.starts_with("2>&1") => reader.at += 4,
            '|' | '&' if rest.starts_with("&&") || (c == '|' && !rest.starts_with("||")) => {
                reader.at += if c == '|' { 1 } else { 2 };
                command.output_leaves |= c == '|';
                read.push(std::mem::take(&mut command))?;
            }
            '<' | '>' if !rest.starts_with("<<") => {
                reader.at += if rest.starts_with(">>") { 2 } else { 1 };
                command.output_leaves |= c == '>';
                reader.skip_blanks();
                command.files.push(file(reader.word()?.text)?);
            }
            ';' | '&' | '|' | '(' | ')' | '{' | '}' | '<' | '#' | '!' => {
                return Err(format!(
                    "`{c}` may not stand here; `|`, `&&`, `<`, `>` are what a transcript may use. \
                     Quote it if it is part of a word"
                ));
            }
            _ => command.words.push(reader.word()?),
        }
    }
    read.push(command)?;
    Ok(read)
}

impl Line {
    fn push(&mut self, command: Command) -> Result<(), String> {
        if command.words.is_empty() {
            return Err("a command is missing".into());
        }
        self.commands.push(command);
        Ok(())
    }
}

/// A file of the transcript's own folder, or `/dev/null`.
fn file(path: String) -> Result<String, String> {
    let outside = path.starts_with(['/', '~']) || path.split('/').any(|part| part == "..");
    if path.is_empty() || (outside && path != "/dev/null") {
        return Err(format!("`{path}` is outside the folder in which a transcript runs"));
    }
    Ok(path)
}

struct Reader<'a> {
    line: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// The first character that is neither a blank nor an escaped line end.
    fn skip_blanks(&mut self) -> Option<char> {
        loop {
            if self.line[self.at..].starts_with("\\\n") {
                self.at += 2;
            } else if self.peek()?.is_whitespace() {
                self.next();
            } else {
                return self.peek();
            }
        }
    }

    fn word(&mut self) -> Result<Word, String> {
        let start = self.at;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            if c.is_whitespace() || "|&;<>()".contains(c) {
                break;
            }
            self.next();
            match c {
                '\'' => self.single_quoted(&mut text)?,
                '"' => self.double_quoted(&mut text)?,
                '\\' => text.extend(self.next().filter(|&c| c != '\n')),
                '$' | '`' => return Err(expansion(c)),
                c => text.push(c),
            }
        }
        Ok(Word { text, span: start..self.at })
    }

    fn single_quoted(&mut self, text: &mut String) -> Result<(), String> {
        loop {
            match self.next() {
                Some('\'') => return Ok(()),
                Some(c) => text.push(c),
                None => return Err("a quote is not closed".into()),
            }
        }
    }

    fn double_quoted(&mut self, text: &mut String) -> Result<(), String> {
        loop {
            match self.next() {
                Some('"') => return Ok(()),
                Some(c @ ('$' | '`')) => return Err(expansion(c)),
                Some('\\') => match self.next() {
                    Some('\n') => {}
                    Some(c @ ('"' | '\\' | '$' | '`')) => text.push(c),
                    Some(c) => text.extend(['\\', c]),
                    None => return Err("a quote is not closed".into()),
                },
                Some(c) => text.push(c),
                None => return Err("a quote is not closed".into()),
            }
        }
    }
}

fn expansion(c: char) -> String {
    format!("`{c}` would hide what is run; write out the value, or quote it with '…'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let seen = match read(line) {
            Ok(read) => read
                .commands
                .iter()
                .map(|c| {
                    let words: Vec<_> = c.words.iter().map(|w| w.text.as_str()).collect();
                    format!("{words:?} {:?}", c.files)
                })
                .collect::<Vec<_>>()
                .join(" "),
            Err(message) => message,
        };
        assert!(seen.contains(expected), "{seen}");
    }

    #[test]
    fn words_and_quotes() {
        check(r#"printf 'a\n' "b \"c\"" d\ e"#, r#"["printf", "a\\n", "b \"c\"", "d e"]"#);
        check("curl \\\n  -i http://h/?a=b", r#"["curl", "-i", "http://h/?a=b"]"#);
        check("curl 'http://h/?a=b&c=$d'", r#"["curl", "http://h/?a=b&c=$d"]"#);
    }

    #[test]
    fn pipes_and_files() {
        check("a | b && c", r#"["a"] [] ["b"] [] ["c"] []"#);
        check("a > x < y 2>&1 >> z", r#"["a"] ["x", "y", "z"]"#);
        check("curl -s h >/dev/null", r#"["/dev/null"]"#);
    }

    #[test]
    fn what_would_hide_a_command_is_refused() {
        check("a; b", "`;` may not stand here");
        check("a & b", "`&` may not stand here");
        check("curl http://h/?a=b&c=d", "`&` may not stand here");
        check("a || b", "`|` may not stand here");
        check("(a)", "`(` may not stand here");
        check("a <<E", "`<` may not stand here");
        check("a $(b)", "`$` would hide");
        check("a \"`b`\"", "`` ` `` would hide".replace("`` ` ``", "```").as_str());
        check("a $HOME", "`$` would hide");
        check("a 'b", "a quote is not closed");
        check("a > ../x", "outside the folder");
        check("a > /etc/x", "outside the folder");
        check("a | | b", "a command is missing");
        check("a &&", "a command is missing");
    }
}
