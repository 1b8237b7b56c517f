//! What a transcript's opening line says: ```` ```console,id=c2-get,serve="step1-http-basics" ````.
//!
//! *Strategy*: a comma-separated list of `name`, `name=value` and `name="value, with anything"`.
//! A name that is not known is an error: a mistyped `sreve=` must not be passed over.

use std::time::Duration;

/// How a transcript is to be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// `id=`: the block's name, unique in the book.
    pub id: String,
    /// `serve="BIN ARGS"`: the server that runs while the block does, until the page's end.
    pub serve: Option<String>,
    /// `needs=PROGRAM`: foreign programs, which only the feature `peers` promises.
    pub needs: Vec<String>,
    /// `background`: the command is a server that keeps running until the page's end.
    pub background: bool,
    /// `of=ID`: no command; what that `background` block's server has printed since.
    pub of: Option<String>,
    /// `exit=N`: the status with which the last command ends; 0 unless said.
    pub exit: i32,
    /// `deadline=SECONDS`: how long the block may take; 10 s unless said.
    pub deadline: Duration,
}

impl Attributes {
    /// Reads the info string of a `console` block.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would be right.
    ///
    /// # Examples
    /// ```
    /// use check::transcripts::attributes::Attributes;
    /// let block = Attributes::parse(r#"console,id=c2-get,serve="step1-http-basics --quiet""#).unwrap();
    /// assert_eq!(block.id, "c2-get");
    /// assert_eq!(block.serve.as_deref(), Some("step1-http-basics --quiet"));
    /// assert!(Attributes::parse("console").is_err());
    /// ```
    pub fn parse(info: &str) -> Result<Self, String> {
        let mut id = None;
        let mut block = Self {
            id: String::new(),
            serve: None,
            needs: Vec::new(),
            background: false,
            of: None,
            exit: 0,
            deadline: Duration::from_secs(10),
        };
        for (name, value) in pairs(info)?.into_iter().skip(1) {
            match (name, value) {
                ("id", Some(value)) => id = Some(value.to_owned()),
                ("serve", Some(value)) => block.serve = Some(value.to_owned()),
                ("needs", Some(value)) => {
                    block.needs.extend(value.split_whitespace().map(str::to_owned));
                }
                ("background", None) => block.background = true,
                ("of", Some(value)) => block.of = Some(value.to_owned()),
                ("exit", Some(value)) => block.exit = number(name, value)?,
                ("deadline", Some(value)) => {
                    block.deadline = Duration::from_secs(number(name, value)?);
                }
                (name, _) => {
                    return Err(format!(
                        "`{name}` is not an attribute of a transcript, or has no value where it needs one; \
                         known are id=, serve=, needs=, background, of=, exit=, deadline="
                    ));
                }
            }
        }
        block.id = id.filter(|id| !id.is_empty()).ok_or(
            "a console block needs an id so that it can be replayed: ```console,id=c2-get; \
             text that is not a transcript takes another language (sh, text)",
        )?;
        if block.background && (block.serve.is_some() || block.of.is_some()) {
            return Err("`background` starts a server itself: leave out serve= and of=".into());
        }
        Ok(block)
    }
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name}={value}: a whole number is needed"))
}

/// The names and values of an info string.
fn pairs(info: &str) -> Result<Vec<(&str, Option<&str>)>, String> {
    let mut pairs = Vec::new();
    let mut rest = info.trim();
    while !rest.is_empty() {
        let name_end = rest.find([',', '=']).unwrap_or(rest.len());
        let name = rest[..name_end].trim();
        let (value, after) = match rest[name_end..].strip_prefix('=') {
            None => (None, &rest[name_end..]),
            Some(text) => match text.strip_prefix('"') {
                Some(quoted) => {
                    let end = quoted.find('"').ok_or(format!("{name}=\" is not closed"))?;
                    (Some(&quoted[..end]), &quoted[end + 1..])
                }
                None => {
                    let end = text.find(',').unwrap_or(text.len());
                    (Some(text[..end].trim()), &text[end..])
                }
            },
        };
        pairs.push((name, value));
        rest = match after.trim_start() {
            "" => "",
            more => more
                .strip_prefix(',')
                .ok_or(format!("a comma is needed before `{}`", more.trim()))?
                .trim_start(),
        };
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(info: &str, expected: &str) {
        let seen = match Attributes::parse(info) {
            Ok(block) => format!(
                "{} serve={:?} needs={:?} background={} of={:?} exit={} deadline={:?}",
                block.id,
                block.serve,
                block.needs,
                block.background,
                block.of,
                block.exit,
                block.deadline
            ),
            Err(message) => message,
        };
        assert!(seen.contains(expected), "{seen}");
    }

    #[test]
    fn attributes_are_read() {
        check("console,id=a", "a serve=None needs=[] background=false of=None exit=0 deadline=10s");
        check(r#"console,id=a,serve="x --y, z",exit=22"#, r#"serve=Some("x --y, z")"#);
        check("console, id=a, needs=wget, deadline=30", r#"needs=["wget"]"#);
        check("console,id=a,background", "background=true");
        check("console,id=a,of=b", r#"of=Some("b")"#);
    }

    #[test]
    fn mistakes_are_named() {
        check("console", "needs an id");
        check("console,id=", "needs an id");
        check("console,id=a,sreve=x", "`sreve` is not an attribute");
        check("console,id=a,background=yes", "`background` is not an attribute");
        check("console,id=a,serve=\"x", "is not closed");
        check("console,id=a,serve=\"x\"y", "a comma is needed");
        check("console,id=a,exit=one", "exit=one: a whole number");
        check("console,id=a,background,serve=x", "starts a server itself");
    }
}
