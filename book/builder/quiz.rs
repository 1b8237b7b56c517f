//! Reads a quiz and refuses one that would leave a reader without an answer.
//!
//! Chapter 0 · `book/quizzes/chNN.toml`
//!
//! *Strategy.* A quiz is a list of questions with three or four answers, one of
//! them right, and a reason for every answer: a reader who chose the wrong one
//! learns why. The checks are here, on values; [`crate::preprocess`] reads the
//! file and [`crate::quiz_html`] writes the page.
//!
//! Why our own: `mdbook-quiz` 0.5.0 works with mdBook 0.5.4, but it has no
//! library to build on, so every reader would have to install a program of 147
//! crates; it brings 1.4 MB of script, shows nothing at all without it, and
//! keeps its reasons behind a modal window. This is a few hundred lines, works
//! with the radio buttons of the browser, and prints.
//!
//! ```toml
//! [[question]]
//! ask = "What does a browser send first?"
//! section = "ch01-press-enter/tcp.md#handshake"
//!
//! [[question.answer]]
//! text = "A request line"
//! why = "A request needs a connection to travel on."
//!
//! [[question.answer]]
//! text = "A SYN"
//! why = "It opens the connection; the request follows."
//! right = true
//! # …and a third
//! ```

use std::fmt;

use serde::Deserialize;

/// The questions of one chapter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quiz {
    #[serde(rename = "question", default)]
    pub(crate) questions: Vec<Question>,
}

/// One question and where the book answers it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// The question; `` `code` `` is set as code.
    pub(crate) ask: String,
    /// `PAGE.md#heading-id`, from `book/src`.
    pub(crate) section: String,
    /// The heading of that section; found when the file is read.
    #[serde(skip)]
    pub(crate) title: String,
    #[serde(rename = "answer", default)]
    pub(crate) answers: Vec<Answer>,
}

/// An answer to choose, and why it is right or wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) why: String,
    #[serde(default)]
    pub(crate) right: bool,
}

/// Why a quiz cannot be used.
#[derive(Debug, PartialEq)]
pub(crate) enum Mistake {
    /// The file is not TOML, or a key is missing or unknown.
    Form(String),
    /// There is no `[[question]]`.
    NoQuestion,
    /// A question is at fault: its number, from 1, and the reason.
    Question(usize, String),
}

impl Quiz {
    /// Reads the text of a quiz file and checks every question.
    ///
    /// # Errors
    ///
    /// The first [`Mistake`]; its message says which question and what to write.
    pub(crate) fn parse(text: &str) -> Result<Quiz, Mistake> {
        let quiz: Quiz = toml::from_str(text).map_err(|e| Mistake::Form(e.to_string()))?;
        if quiz.questions.is_empty() {
            return Err(Mistake::NoQuestion);
        }
        for (index, question) in quiz.questions.iter().enumerate() {
            question.check().map_err(|why| Mistake::Question(index + 1, why))?;
        }
        Ok(quiz)
    }
}

impl Question {
    fn check(&self) -> Result<(), String> {
        filled("ask", &self.ask)?;
        let (page, heading) = self.target().ok_or_else(|| {
            format!("section = {:?} has to be PAGE.md#heading-id, from book/src", self.section)
        })?;
        filled("section", page)?;
        filled("section", heading)?;
        if !(3..=4).contains(&self.answers.len()) {
            return Err(format!(
                "it has {} answers; write three or four [[question.answer]]",
                self.answers.len()
            ));
        }
        for (number, answer) in (1..).zip(&self.answers) {
            filled("text", &answer.text).map_err(|e| format!("answer {number}: {e}"))?;
            filled("why", &answer.why).map_err(|e| format!("answer {number}: {e}"))?;
            if self.answers[..number - 1].iter().any(|a| a.text == answer.text) {
                return Err(format!("answer {number} repeats an earlier one"));
            }
        }
        match self.answers.iter().filter(|answer| answer.right).count() {
            1 => Ok(()),
            0 => Err("no answer is right; mark one with right = true".to_owned()),
            n => Err(format!("{n} answers are right; mark only one with right = true")),
        }
    }

    /// The page and the heading id of the section that answers the question.
    pub(crate) fn target(&self) -> Option<(&str, &str)> {
        let (page, heading) = self.section.split_once('#')?;
        page.ends_with(".md").then_some((page, heading))
    }
}

fn filled(key: &str, value: &str) -> Result<(), String> {
    if value.trim().is_empty() {
        return Err(format!("`{key}` is empty"));
    }
    Ok(())
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mistake::Form(why) => write!(f, "{why}"),
            Mistake::NoQuestion => write!(f, "it holds no question; write [[question]]"),
            Mistake::Question(number, why) => write!(f, "question {number}: {why}"),
        }
    }
}

impl std::error::Error for Mistake {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A good quiz, to be spoilt in one place by each test.
    const GOOD: &str = r#"
[[question]]
ask = "Who speaks first?"
section = "ch01-press-enter/roles.md#client"
[[question.answer]]
text = "The server"
why = "A server waits."
[[question.answer]]
text = "The client"
why = "It opens the connection and asks."
right = true
[[question.answer]]
text = "Either"
why = "In HTTP a server only answers."
"#;

    #[track_caller]
    fn refused(from: &str, to: &str, expected: &str) {
        assert!(GOOD.contains(from), "the test spoils nothing");
        let mistake = Quiz::parse(&GOOD.replacen(from, to, 1)).expect_err("a spoilt quiz passed");
        let message = mistake.to_string();
        assert!(message.contains(expected), "{message:?} lacks {expected:?}");
    }

    #[test]
    fn a_good_quiz_is_read() {
        let quiz = Quiz::parse(GOOD).expect("the quiz is good");
        assert_eq!(quiz.questions.len(), 1);
        assert_eq!(quiz.questions[0].answers.len(), 3);
        assert!(quiz.questions[0].answers[1].right);
        assert_eq!(quiz.questions[0].target(), Some(("ch01-press-enter/roles.md", "client")));
    }

    #[test]
    fn an_empty_file_is_refused() {
        assert_eq!(Quiz::parse("").unwrap_err(), Mistake::NoQuestion);
    }

    #[test]
    fn exactly_one_answer_is_right() {
        refused("right = true", "", "question 1: no answer is right");
        refused("A server waits.\"", "x\"\nright = true", "2 answers are right");
    }

    #[test]
    fn every_answer_has_a_reason() {
        refused("why = \"A server waits.\"", "", "missing field `why`");
        refused("A server waits.", " ", "answer 1: `why` is empty");
    }

    #[test]
    fn three_or_four_different_answers() {
        let third =
            "[[question.answer]]\ntext = \"Either\"\nwhy = \"In HTTP a server only answers.\"\n";
        refused(third, "", "it has 2 answers; write three or four");
        let more = format!(
            "{third}{}{}",
            third.replace("Either", "Both"),
            third.replace("Either", "Neither")
        );
        refused(third, &more, "it has 5 answers");
        refused("Either", "The server", "answer 3 repeats an earlier one");
    }

    #[test]
    fn a_question_names_its_section() {
        refused("roles.md#client", "roles", "has to be PAGE.md#heading-id");
        refused("#client", "#", "`section` is empty");
        refused("Who speaks first?", "", "`ask` is empty");
    }

    #[test]
    fn an_unknown_key_is_named() {
        refused("right = true", "correct = true", "unknown field `correct`");
    }
}
