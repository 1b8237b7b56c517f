//! Writes a quiz as HTML that needs no script to be read.
//!
//! Chapter 0 · HTML `fieldset`, `legend`, `details`
//!
//! *Strategy.* The browser's own elements carry the meaning: a `fieldset` whose
//! `legend` is the question, radio buttons with labels, and a `details` with
//! the reason for every answer, which works without script and on paper.
//! `assets/quiz.js` adds the "Check" button, which is hidden until then.
//! The result is one HTML block: Markdown ends a block at a blank line, so none
//! may stand in it.

use crate::quiz::{Answer, Question, Quiz};

/// The quiz `name` as one block of HTML; `up` leads from its page to `book/src`.
pub(crate) fn render(quiz: &Quiz, name: &str, up: &str) -> String {
    let questions = (1..)
        .zip(&quiz.questions)
        .map(|(number, question)| {
            render_question(question, &format!("{name}-q{number}"), number, up)
        })
        .collect::<String>();
    format!("<section class=\"quiz\" aria-label=\"Quiz\">\n{questions}</section>\n")
}

fn render_question(question: &Question, id: &str, number: usize, up: &str) -> String {
    let choices = (1..)
        .zip(&question.answers)
        .map(|(n, answer)| {
            format!(
                "<div class=\"quiz-answer\">\
                 <input type=\"radio\" name=\"{id}\" id=\"{id}-a{n}\" value=\"{n}\">\
                 <label for=\"{id}-a{n}\">{}</label></div>\n",
                inline(&answer.text)
            )
        })
        .collect::<String>();
    let reasons = (1..)
        .zip(&question.answers)
        .map(|(n, answer)| render_reason(answer, n))
        .collect::<String>();
    format!(
        "<fieldset class=\"quiz-question\" id=\"{id}\">\n\
         <legend>{number}. {}</legend>\n\
         {choices}\
         <button type=\"button\" class=\"quiz-check\" hidden>Check</button>\n\
         <p class=\"quiz-verdict\" role=\"status\"></p>\n\
         <details class=\"quiz-reasons\">\n\
         <summary>Every answer explained</summary>\n\
         <ol>\n{reasons}</ol>\n\
         <p>Read on: <a href=\"{up}{}\">{}</a></p>\n\
         </details>\n\
         </fieldset>\n",
        inline(&question.ask),
        escape(&question.section.replace(".md#", ".html#")),
        inline(&question.title),
    )
}

fn render_reason(answer: &Answer, number: usize) -> String {
    let (kind, word) =
        if answer.right { ("quiz-right", "Right.") } else { ("quiz-wrong", "Not so.") };
    format!(
        "<li class=\"{kind}\" data-answer=\"{number}\">\
         <span class=\"quiz-chosen\">{}</span> \
         <strong>{word}</strong> <span class=\"quiz-why\">{}</span></li>\n",
        inline(&answer.text),
        inline(&answer.why)
    )
}

/// Text with `` `code` `` in it as HTML; line breaks become spaces.
fn inline(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .split('`')
        .enumerate()
        .map(|(index, part)| match index % 2 {
            0 => escape(part),
            _ => format!("<code>{}</code>", escape(part)),
        })
        .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> String {
        let mut quiz = Quiz::parse(
            r#"
[[question]]
ask = """
What is `<p>`,

in a page?"""
section = "a/b.md#tag"
[[question.answer]]
text = "An element"
why = "Its start tag is `<p>`."
right = true
[[question.answer]]
text = "A field"
why = "Fields are HTTP's."
[[question.answer]]
text = "A & B"
why = "No."
"#,
        )
        .expect("the quiz is good");
        quiz.questions[0].title = "Elements & tags".to_owned();
        render(&quiz, "ch01", "../")
    }

    #[test]
    fn it_is_one_block_of_html() {
        assert!(!page().contains("\n\n"), "a blank line ends an HTML block");
    }

    #[test]
    fn markup_in_the_text_is_escaped() {
        let page = page();
        assert!(page.contains("<legend>1. What is <code>&lt;p&gt;</code>, in a page?</legend>"));
        assert!(page.contains("A &amp; B"));
    }

    #[test]
    fn every_button_has_a_label_and_a_reason() {
        let page = page();
        for n in 1..=3 {
            assert!(page.contains(&format!("name=\"ch01-q1\" id=\"ch01-q1-a{n}\"")));
            assert!(page.contains(&format!("<label for=\"ch01-q1-a{n}\">")));
            assert!(page.contains(&format!("data-answer=\"{n}\"")));
        }
        assert_eq!(page.matches("quiz-right").count(), 1);
        assert_eq!(page.matches("quiz-wrong").count(), 2);
    }

    #[test]
    fn the_section_is_linked_from_the_page() {
        assert!(page().contains("<a href=\"../a/b.html#tag\">Elements &amp; tags</a>"));
    }
}
