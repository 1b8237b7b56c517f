//! Programs to be run: each is a function, and this crate's own binary runs it
//! as a process of its own, `step3-cgi sample NAME`.
//!
//! Chapter 4
//!
//! *Strategy*: a program of CGI can be written in any language. These are in
//! Rust, so that nothing has to be installed; `cgi-bin/` beside this crate has
//! the first of them in sh and in Python.

use std::fmt::Write;

use step2_static_server::error_page::{document, escape};

use crate::program::Function;

mod environment;
mod form;
mod form_data;
mod hello;
mod multipart;
mod redirect;
mod slow;
mod upload;

/// A program that comes with the step.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Its name in the URL, and behind `step3-cgi sample`.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub about: &'static str,
    /// The program.
    pub program: Function,
}

/// All of them, in the order in which to try them.
pub const SAMPLES: [Sample; 6] = [
    Sample {
        name: "hello",
        about: "A media type, an empty line, content. Reload: each answer is another process.",
        program: hello::answer,
    },
    Sample {
        name: "environment",
        about: "What a program is told about your request.",
        program: environment::answer,
    },
    Sample {
        name: "form",
        about: "A registration form, by GET and by POST.",
        program: form::answer,
    },
    Sample { name: "upload", about: "Send a file, and see what arrived.", program: upload::answer },
    Sample {
        name: "redirect",
        about: "Three ways to send a client elsewhere.",
        program: redirect::answer,
    },
    Sample {
        name: "slow",
        about: "Content that comes line by line, one each second.",
        program: slow::answer,
    },
];

/// The same hello in other languages, where there is a folder of them.
const IN_OTHER_LANGUAGES: [(&str, &str); 3] = [
    ("hello.sh", "Hello, from a shell."),
    ("hello.py", "Hello, from Python."),
    ("echo.sh", "What a shell was told, and what came on its standard input."),
];

/// The sample with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.name == name)
}

/// A page that lists them, for the folder in which they are mounted; with a
/// link to the path where one of them is kept, if it is.
#[must_use]
pub fn start_page(pool: Option<&str>) -> String {
    let samples = SAMPLES.iter().map(|sample| (sample.name, sample.about));
    let mut rows = String::new();
    for (name, about) in samples.chain(IN_OTHER_LANGUAGES) {
        // Writing to a String cannot fail.
        let _ =
            writeln!(rows, "<dt><a href=\"{name}\">{name}</a></dt>\n<dd>{}</dd>", escape(about));
    }
    let kept = pool.map(|path| {
        format!(
            "<p><a href=\"{path}\">{path}</a> is the same hello from one of two processes that are \
             kept: FastCGI.</p>\n"
        )
    });
    let kept = kept.unwrap_or_default();
    let content = format!(
        "<p>Behind each of these addresses is a program. The server starts it when you ask, \
         and sends you what it prints.</p>\n<dl>\n{rows}</dl>\n{kept}<p><a href=\"/\">Home</a></p>\n"
    );
    document("Programs", &content)
}
