//! Puts a quiz where a page says `{{#quiz NAME}}`.
//!
//! Chapter 0 · `book/quizzes/NAME.toml`
//!
//! *Strategy.* One function changes a page; it is called two ways: in place by
//! [`crate::build`], and as a command by plain `mdbook build`, which sends the
//! whole book as JSON and reads it back.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext, parse_input};

use crate::quiz::{Question, Quiz};
use crate::quiz_html;

const DIRECTIVE: &str = "{{#quiz ";

/// What mdBook may ask before it sends a book.
#[derive(Subcommand)]
pub(crate) enum Ask {
    /// Say by the exit code whether the pages of RENDERER can have quizzes.
    Supports {
        /// The name of an mdBook output, such as html.
        renderer: String,
    },
}

/// Speaks mdBook's protocol for preprocessors on standard input and output.
///
/// # Errors
///
/// Input that is no book, or a quiz with a mistake.
pub(crate) fn answer(ask: Option<Ask>) -> Result<ExitCode> {
    if let Some(Ask::Supports { renderer }) = ask {
        return Ok(match renderer.as_str() {
            "html" => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        });
    }
    let (context, book) = parse_input(io::stdin().lock())
        .context("this is mdBook's to call; to build the book, run cargo run -p book")?;
    let book = QuizPreprocessor.run(&context, book)?;
    serde_json::to_writer(io::stdout().lock(), &book).context("writing the book")?;
    Ok(ExitCode::SUCCESS)
}

/// Puts quizzes into the pages of a book.
pub(crate) struct QuizPreprocessor;

impl Preprocessor for QuizPreprocessor {
    fn name(&self) -> &str {
        "quiz"
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let source = context.root.join(&context.config.book.src);
        let mut outcome = Ok(());
        book.for_each_mut(|item| {
            if let BookItem::Chapter(chapter) = item
                && outcome.is_ok()
            {
                outcome = fill(chapter, &context.root.join("quizzes"), &source);
            }
        });
        outcome.map(|()| book)
    }
}

/// Replaces the directives of one page.
fn fill(chapter: &mut Chapter, quizzes: &Path, source: &Path) -> Result<()> {
    let Some(page) = chapter.path.clone() else {
        return Ok(());
    };
    let up = "../".repeat(page.components().count().saturating_sub(1));
    let mut filled = String::new();
    let mut rest = chapter.content.as_str();
    while let Some((before, after)) = rest.split_once(DIRECTIVE) {
        let (name, after) = after.split_once("}}").with_context(|| {
            format!("{}: `{DIRECTIVE}` is not closed by `}}}}`", page.display())
        })?;
        let name = name.trim();
        let quiz = read(&quizzes.join(format!("{name}.toml")), source)
            .with_context(|| format!("{}: the quiz {name}", page.display()))?;
        filled.push_str(before);
        filled.push_str(&quiz_html::render(&quiz, name, &up));
        rest = after;
    }
    filled.push_str(rest);
    chapter.content = filled;
    Ok(())
}

/// Reads a quiz file, and the headings of the sections that it names.
fn read(file: &Path, source: &Path) -> Result<Quiz> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let mut quiz = Quiz::parse(&text).with_context(|| format!("in {}", file.display()))?;
    for (number, question) in (1..).zip(&mut quiz.questions) {
        question.title = title(question, source)
            .with_context(|| format!("in {}: question {number}", file.display()))?;
    }
    Ok(quiz)
}

/// The text of the heading that a question names.
fn title(question: &Question, source: &Path) -> Result<String> {
    let (page, heading) = question.target().context("it names no section")?;
    let text = fs::read_to_string(source.join(page))
        .with_context(|| format!("its section names {page}, which cannot be read"))?;
    let id = format!("{{#{heading}}}");
    text.lines()
        .filter(|line| line.starts_with('#'))
        .find_map(|line| line.trim_end().strip_suffix(&id))
        .map(|line| line.trim_matches(['#', ' ']).to_owned())
        .with_context(|| {
            format!("its section names {page}#{heading}; no heading there ends in {id}")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIZ: &str = r#"
[[question]]
ask = "Who asks?"
section = "ch01/roles.md#client"
answer = [
    { text = "The client", why = "Yes.", right = true },
    { text = "The server", why = "It answers." },
    { text = "Nobody", why = "Then nothing happens." },
]
"#;

    /// A page in a folder, with the text of the quiz and of the section given.
    fn filled(page: &str, quiz: &str, section: &str) -> Result<String> {
        let folder = tempfile::tempdir()?;
        let (quizzes, source) = (folder.path().join("quizzes"), folder.path().join("src"));
        fs::create_dir_all(&quizzes)?;
        fs::create_dir_all(source.join("ch01"))?;
        fs::write(quizzes.join("ch01.toml"), quiz)?;
        fs::write(source.join("ch01/roles.md"), section)?;
        let mut chapter = Chapter::new("Practice", page.to_owned(), "ch01/practice.md", vec![]);
        fill(&mut chapter, &quizzes, &source)?;
        Ok(chapter.content)
    }

    #[track_caller]
    fn refused(page: &str, quiz: &str, section: &str, expected: &str) {
        let error = filled(page, quiz, section).expect_err("a mistake passed");
        let message = format!("{error:#}");
        assert!(message.contains(expected), "{message:?} lacks {expected:?}");
    }

    #[test]
    fn the_directive_becomes_the_quiz_and_the_rest_stays() {
        let page = filled("before\n\n{{#quiz ch01}}\n\nafter", QUIZ, "# Client {#client}")
            .expect("nothing is wrong");
        assert!(page.starts_with("before\n\n<section class=\"quiz\""));
        assert!(page.ends_with("</section>\n\n\nafter"));
        assert!(page.contains("<a href=\"../ch01/roles.html#client\">Client</a>"));
    }

    #[test]
    fn a_page_without_a_quiz_is_unchanged() {
        assert_eq!(filled("text {{#x}}", QUIZ, "").expect("nothing to do"), "text {{#x}}");
    }

    #[test]
    fn mistakes_name_the_page_and_the_file() {
        refused("{{#quiz ch09}}", QUIZ, "", "ch01/practice.md: the quiz ch09: reading");
        refused("{{#quiz ch01", QUIZ, "", "is not closed");
        refused("{{#quiz ch01}}", "question = 1", "", "ch01.toml");
    }

    #[test]
    fn the_section_of_a_question_exists() {
        refused(
            "{{#quiz ch01}}",
            QUIZ,
            "# Client {#clients}",
            "question 1: its section names ch01/roles.md#client; no heading",
        );
    }
}
