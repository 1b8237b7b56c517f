//! What two runs of a transcript may differ in: one table, and nothing beside it.
//!
//! *Strategy*: two kinds of rule. Some things are *mapped*: the replayer chose them itself (the
//! port, the folder), so it puts what the reader sees in their place, exactly. The others are
//! *patterns*, which are replaced in the page and in the output alike before the two are compared.
//! The appendix "What is normalised" is printed from this table.
//!
//! ```
//! use check::transcripts::normalise::compared;
//! let page = "Date: Sun, 06 Nov 1994 08:49:37 GMT\nContent-Length: 5";
//! let run = "Date: Fri, 02 Jan 2026 10:00:00 GMT\r\nContent-Length: 5";
//! assert_eq!(compared(page), compared(run));
//! assert_ne!(compared(page), compared("Date: today\nContent-Length: 5"));
//! ```

use std::path::PathBuf;
use std::sync::LazyLock;

use regex_lite::Regex;

/// The port that the pages show.
pub const SHOWN_PORT: u16 = 8000;

/// The folder that the pages show.
pub const SHOWN_FOLDER: &str = "/path/to";

/// One thing that may differ.
pub struct Rule {
    /// Its name.
    pub what: &'static str,
    /// What the pages show, or what stands for it in a comparison.
    pub becomes: &'static str,
    /// What it looks like.
    pub example: &'static str,
    /// How it is found: `None` if the replayer knows it exactly.
    pub pattern: Option<&'static str>,
    /// Why it cannot be the same each time.
    pub why: &'static str,
}

/// The table.
pub const TABLE: &[Rule] = &[
    Rule {
        what: "port",
        example: "127.0.0.1:4711",
        becomes: "8000",
        pattern: None,
        why: "each server of the test takes a free port of four digits, so that byte counts stay the same",
    },
    Rule {
        what: "temporary path",
        example: "/tmp/check-4711-0/here",
        becomes: SHOWN_FOLDER,
        pattern: None,
        why: "commands run in a temporary folder with a copy of `www/`, whose files are dated 1 January 2026",
    },
    Rule {
        what: "carriage return",
        example: "\r\n",
        becomes: "\n",
        pattern: Some(r"\r\n"),
        why: "HTTP ends its lines with CR LF; a terminal does not show the CR",
    },
    Rule {
        what: "date of a field",
        example: "Sun, 06 Nov 1994 08:49:37 GMT",
        becomes: "DATE",
        pattern: Some(
            r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT\b",
        ),
        why: "`Date`, `Last-Modified` and the like tell the time of the run",
    },
    Rule {
        what: "date in the access log",
        example: "[06/Nov/1994:08:49:37 +0000]",
        becomes: "[DATE]",
        pattern: Some(
            r"\[\d\d/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]",
        ),
        why: "the Common Log Format tells when the request came",
    },
    Rule {
        what: "port of a client",
        example: "127.0.0.1:54321",
        becomes: "127.0.0.1:CLIENT",
        pattern: Some(r"\b127\.0\.0\.1:\d{5}\b"),
        why: "the system gives each outgoing connection a port of five digits",
    },
    Rule {
        what: "process id",
        example: "pid 4711",
        becomes: "pid PID",
        pattern: Some(r"\bpid[ =]\d+\b"),
        why: "the system numbers its processes",
    },
    Rule {
        what: "duration",
        example: " 0.31 ms",
        becomes: " DURATION",
        pattern: Some(r" *\b(\d+(\.\d+)? ?(ns|µs|us|ms)|\d+\.\d+ ?s)\b"),
        why: "no run takes as long as another (whole seconds are settings, and are compared)",
    },
    Rule {
        what: "version",
        example: "curl/8.14.1",
        becomes: "$name/VERSION",
        pattern: Some(r"\b(?<name>curl|Wget|step[1-5]-[a-z-]+)/\d+(\.\d+)+"),
        why: "ours grows with the course; curl is told to call itself `curl/8.14.1`, whatever it is",
    },
];

/// `text` as it is compared: every pattern of the table replaced.
#[must_use]
pub fn compared(text: &str) -> String {
    static PATTERNS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
        let compile = |rule: &Rule| Some((Regex::new(rule.pattern?).ok()?, rule.becomes));
        TABLE.iter().filter_map(compile).collect()
    });
    PATTERNS.iter().fold(text.to_owned(), |text, (pattern, becomes)| {
        pattern.replace_all(&text, *becomes).into_owned()
    })
}

/// What the replayer knows exactly, and the page shows otherwise.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Ports as the page shows them, and as they are.
    pub ports: Vec<(u16, u16)>,
    /// The temporary folder.
    pub folder: PathBuf,
}

impl Mapping {
    /// A command of the page as it is run.
    #[must_use]
    pub fn to_real(&self, command: &str) -> String {
        self.ports
            .iter()
            .fold(command.to_owned(), |text, &(shown, real)| replace_port(&text, shown, real))
    }

    /// Output as the page shows it.
    #[must_use]
    pub fn to_shown(&self, output: &str) -> String {
        let folder = self.folder.display().to_string();
        let text = match folder.as_str() {
            "" => output.to_owned(),
            folder => output.replace(folder, SHOWN_FOLDER),
        };
        self.ports.iter().fold(text, |text, &(shown, real)| replace_port(&text, real, shown))
    }
}

/// Replaces a port where it is seen to be one: after a loopback address, or after the word.
fn replace_port(text: &str, from: u16, to: u16) -> String {
    let before = r"((127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]):|\b[Pp]ort[ =])";
    match Regex::new(&format!(r"{before}{from}\b")) {
        Ok(pattern) => pattern.replace_all(text, format!("${{1}}{to}")).into_owned(),
        Err(_) => text.to_owned(),
    }
}

/// The table as Markdown, for the appendix.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(
        "<!-- Written by `UPDATE=1 cargo test -p check` from book/check/src/transcripts/normalise.rs. -->\n\n\
         | What | Such as | Its place takes | Why |\n|---|---|---|---|\n",
    );
    let code = |text: &str| format!("`{}`", text.trim());
    for Rule { what, example, becomes, why, .. } in TABLE {
        let (example, becomes) = match *example {
            "\r\n" => ("CR LF".to_owned(), "LF".to_owned()),
            example => (code(example), code(&becomes.replace("$name", "NAME"))),
        };
        page.push_str(&format!("| {what} | {example} | {becomes} | {why} |\n"));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(compared(text), expected);
    }

    #[test]
    fn every_pattern_of_the_table_finds_its_example() {
        for (rule, pattern) in TABLE.iter().filter_map(|rule| Some((rule, rule.pattern?))) {
            let pattern = Regex::new(pattern).unwrap();
            let found = pattern.find(rule.example).map(|found| found.as_str());
            assert_eq!(found, Some(rule.example), "{}", rule.what);
        }
    }

    #[test]
    fn what_differs_is_replaced() {
        check("Date: Sun, 06 Nov 1994 08:49:37 GMT", "Date: DATE");
        check("- - [10/Oct/2000:13:55:36 -0700] \"GET", "- - [DATE] \"GET");
        check("from 127.0.0.1:54321 to 127.0.0.1:8000", "from 127.0.0.1:CLIENT to 127.0.0.1:8000");
        check("pid 4711", "pid PID");
        check("connect   0.31 ms", "connect DURATION");
        check("connect 12.31 ms", "connect DURATION");
        check("took 1.5 s", "took DURATION");
        check("User-Agent: curl/8.5.0", "User-Agent: curl/VERSION");
        check("Server: step2-static-server/0.1.0", "Server: step2-static-server/VERSION");
        check("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n");
    }

    #[test]
    fn what_must_be_the_same_stays() {
        for text in [
            "Content-Length: 8000",
            "HTTP/1.1 200 OK",
            "10 s",
            "404",
            "ETag: \"1a-2b\"",
            "a\rb",
            "12 items",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn ports_and_folder_are_mapped_there_and_back() {
        let mapping = Mapping { ports: vec![(8000, 2345)], folder: "/tmp/check-1-0/here".into() };
        let command = "curl http://127.0.0.1:8000/8000 && x --port 8000";
        let real = mapping.to_real(command);
        assert_eq!(real, "curl http://127.0.0.1:2345/8000 && x --port 2345");
        assert_eq!(mapping.to_shown(&real), command);
        assert_eq!(
            mapping.to_shown("serving /tmp/check-1-0/here/www, 2345 bytes"),
            "serving /path/to/www, 2345 bytes"
        );
    }
}
