//! A transcript's body: the commands, and below each what it printed.
//!
//! *Strategy*: a line that begins `$ ` is a command. The shell asks for more with `> ` while a
//! command is not complete (a backslash at the end, an open quote, a pipe that leads nowhere), and
//! only then is a line that begins `> ` part of the command; elsewhere it is output.
//!
//! ```
//! use check::transcripts::exchange::Exchange;
//! let body = ["$ printf 'one\\ntwo\\n' |", "> head -n 1", "one"].map(String::from);
//! let exchanges = Exchange::read(&body).unwrap();
//! assert_eq!(exchanges[0].command, "printf 'one\\ntwo\\n' |\nhead -n 1");
//! assert_eq!(exchanges[0].output, ["one"]);
//! ```

/// One command and what it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The lines of the page that hold the command, with their prompts.
    pub prompt: Vec<String>,
    /// The command as a shell reads it.
    pub command: String,
    /// The lines below.
    pub output: Vec<String>,
}

impl Exchange {
    /// The exchanges of a block's body.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the block.
    pub fn read(body: &[String]) -> Result<Vec<Self>, String> {
        let mut exchanges: Vec<Self> = Vec::new();
        for line in body {
            let elided = line.contains('…') || matches!(line.trim(), "..." | "[...]" | "[..]");
            if elided {
                return Err(format!(
                    "`{line}`: a transcript is whole; `…` stands for what a reader cannot check. \
                     Choose a command that prints less (`| head -n 5`)"
                ));
            }
            match (line.strip_prefix("$ "), exchanges.last_mut()) {
                (Some(command), _) => exchanges.push(Self {
                    prompt: vec![line.clone()],
                    command: command.to_owned(),
                    output: Vec::new(),
                }),
                (None, Some(last)) if last.output.is_empty() && is_unfinished(&last.command) => {
                    last.prompt.push(line.clone());
                    last.command.push('\n');
                    last.command.push_str(line.strip_prefix("> ").unwrap_or(line));
                }
                (None, Some(last)) => last.output.push(line.clone()),
                (None, None) => return Err(format!("`{line}` stands before the first `$ ` line")),
            }
        }
        if exchanges.is_empty() {
            return Err(
                "there is no `$ ` line: a transcript shows a command and what it prints".into()
            );
        }
        if let Some(open) = exchanges.iter().find(|e| is_unfinished(&e.command)) {
            return Err(format!("`{}` is not complete", open.command));
        }
        Ok(exchanges)
    }
}

/// Whether a shell would ask for another line.
fn is_unfinished(command: &str) -> bool {
    let mut quote = None;
    let mut characters = command.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => match characters.next() {
                None => return true,
                Some(_) => continue,
            },
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            _ => {}
        }
    }
    let end = command.trim_end();
    quote.is_some() || end.ends_with('|') || end.ends_with("&&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &str) {
        let lines: Vec<String> = body.lines().map(str::to_owned).collect();
        let seen = match Exchange::read(&lines) {
            Ok(all) => all
                .iter()
                .map(|e| format!("{:?} -> {:?}", e.command, e.output))
                .collect::<Vec<_>>()
                .join("; "),
            Err(message) => message,
        };
        assert!(seen.contains(expected), "{seen}");
    }

    #[test]
    fn commands_and_output_are_told_apart() {
        check("$ a\nx\n\ny\n$ b", r#""a" -> ["x", "", "y"]; "b" -> []"#);
        check("$ a \\\n  -b\nx", r#""a \\\n  -b" -> ["x"]"#);
        check("$ a \\\n> -b\nx", r#""a \\\n-b" -> ["x"]"#);
        check("$ printf 'a\n> b'\nx", r#""printf 'a\nb'" -> ["x"]"#);
        check("$ curl -v x\n> GET / HTTP/1.1", r#""curl -v x" -> ["> GET / HTTP/1.1"]"#);
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        check("", "there is no `$ ` line");
        check("hello\n$ a", "before the first");
        check("$ a\nx\n…", "a transcript is whole");
        check("$ a\nHost: …", "a transcript is whole");
        check("$ a\n[...]", "a transcript is whole");
        check("$ echo 'a", "is not complete");
    }
}
