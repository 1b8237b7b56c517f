//! Figures with numbers: measured by a command, dated, and taken into the book as they are.
//!
//! Promise 6. *Strategy*: a figure is a function that starts the servers it compares, one after the
//! other, speaks to them over loopback for a bounded time, and gives the text of a file in
//! `book/figures`. The rounds of all servers alternate, and the median counts, because the machine
//! may be doing other work. Foreign servers take part when they are installed; a line says which
//! were not.
//!
//! ```sh
//! cargo run --release -p check -- figure            # prints all of them
//! cargo run --release -p check -- figure stall --update
//! ```

mod call;
mod connections;
mod files;
mod hostile;
mod idle;
mod kept_process;
mod large;
mod load;
mod peers;
mod python;
mod python_stage;
mod relay;
mod servers;
mod slow;
mod stall;
mod ways;

use std::time::{Duration, SystemTime};

use crate::workspace;

/// A figure: its name, and what measures it.
pub struct Figure {
    /// As the command names it, and the file: `book/figures/ch02-NAME.md`.
    pub name: &'static str,
    /// The chapter, as the file's name begins.
    pub chapter: &'static str,
    measure: fn() -> Result<String, String>,
}

/// All figures.
pub const FIGURES: &[Figure] = &[
    Figure { name: "peers", chapter: "ch02", measure: peers::measure },
    Figure { name: "connections", chapter: "ch03", measure: connections::measure },
    Figure { name: "stall", chapter: "ch03", measure: stall::measure },
    Figure { name: "idle", chapter: "ch03", measure: idle::measure },
    Figure { name: "hostile", chapter: "ch03", measure: hostile::measure },
    Figure { name: "files", chapter: "ch03", measure: files::measure },
    Figure { name: "large", chapter: "ch03", measure: large::measure },
    Figure { name: "call", chapter: "ch05", measure: call::measure },
    Figure { name: "kept-process", chapter: "ch04", measure: kept_process::measure },
    Figure { name: "loop", chapter: "ch06", measure: idle::measure_the_loop },
    Figure { name: "slow", chapter: "ch06", measure: slow::measure },
    Figure { name: "ways", chapter: "ch06", measure: ways::measure },
    Figure { name: "relay", chapter: "ch06", measure: relay::measure },
    Figure { name: "python", chapter: "ch06", measure: python::measure },
];

impl Figure {
    /// Its file, as seen from the workspace.
    #[must_use]
    pub fn file(&self) -> String {
        format!("book/figures/{}-{}.md", self.chapter, self.name)
    }

    /// The command that writes it.
    #[must_use]
    pub fn command(&self) -> String {
        format!("cargo run --release -p check -- figure {}", self.name)
    }

    /// Measures, and gives the text of the file.
    ///
    /// # Errors
    /// When a server of the workspace does not do what is measured.
    pub fn text(&self) -> Result<String, String> {
        let table = (self.measure)()?;
        let command = self.command();
        Ok(format!(
            "<!-- Written by `{command} --update`; not by hand. -->\n\n{table}\n*{}. To measure it on yours: `{command}`.*\n",
            when_and_where()
        ))
    }
}

/// The figures of these names, or all.
///
/// # Errors
/// A name that no figure has.
pub fn named(names: &[String]) -> Result<Vec<&'static Figure>, String> {
    let known = |name: &String| FIGURES.iter().any(|figure| figure.name == *name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let all: Vec<_> = FIGURES.iter().map(|figure| figure.name).collect();
        return Err(format!("there is no figure `{unknown}`; there are: {}", all.join(", ")));
    }
    let wanted = |figure: &&Figure| names.is_empty() || names.iter().any(|n| n == figure.name);
    Ok(FIGURES.iter().filter(wanted).collect())
}

/// Writes the text of a figure into its file.
///
/// # Errors
/// When it cannot be written.
pub fn write(figure: &Figure, text: &str) -> Result<(), String> {
    let path = workspace::root().join(figure.file());
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", figure.file()))
}

/// `Measured on 22 November 2026 on a Linux computer with 2 processor cores`
fn when_and_where() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cores =
        if cores == 1 { "one processor core".into() } else { format!("{cores} processor cores") };
    format!("Measured on {} on a Linux computer with {cores}", date(SystemTime::now()))
}

/// `22 November 2026`
fn date(time: SystemTime) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let value = step1_http_basics::clock::imf_fixdate(time);
    // Sun, 06 Nov 1994 08:49:37 GMT
    let mut words = value.to_str().unwrap_or_default().split(' ').skip(1);
    let (day, month, year) = (words.next(), words.next(), words.next());
    let month = MONTHS.iter().find(|name| month.is_some_and(|short| name.starts_with(short)));
    format!(
        "{} {} {}",
        day.unwrap_or_default().trim_start_matches('0'),
        month.unwrap_or(&""),
        year.unwrap_or_default()
    )
}

/// A table in Markdown; all columns but the first are numbers.
fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|---|{}\n", heads.join(" | "), "---:|".repeat(heads.len() - 1));
    for row in rows {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}

/// A line on the servers that are not installed here; nothing if all are.
fn left_out(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        names => format!("\nNot installed there, and so left out: {}.\n", names.join(", ")),
    }
}

/// Microseconds of processor time for each answer.
#[expect(clippy::cast_precision_loss, reason = "a count of a second's work")]
fn micros_each(used: Duration, answered: u64) -> f64 {
    used.as_secs_f64() * 1_000_000.0 / answered as f64
}

#[expect(clippy::cast_precision_loss, reason = "a few mebibytes")]
fn kibibytes_each(memory: u64, count: usize) -> f64 {
    memory as f64 / count as f64
}

/// The middle one; of an even number the lower of the two.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// Two digits that say something: `0.31`, `4.7`, `43`, `12,300`.
fn rounded(value: f64) -> String {
    match value {
        value if value < 0.995 => format!("{value:.2}"),
        value if value < 9.95 => format!("{value:.1}"),
        value if value < 99.5 => format!("{value:.0}"),
        value => {
            let step = 10_f64.powf(value.log10().floor() - 1.0);
            let mut digits = format!("{:.0}", (value / step).round() * step);
            for at in (1..digits.len())
                .rev()
                .filter(|at| (digits.len() - at) % 3 == 0)
                .collect::<Vec<_>>()
            {
                digits.insert(at, ',');
            }
            digits
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    #[test]
    fn every_figure_is_written_by_its_command_and_shown_on_a_page() {
        let pages = workspace::files(&workspace::root().join("book/src"), "md");
        let pages: String = pages.iter().map(|page| workspace::read(page).unwrap()).collect();
        for figure in FIGURES {
            let text = workspace::read(&workspace::root().join(figure.file())).unwrap();
            assert!(text.contains(&figure.command()), "{} was not written by it", figure.file());
            let name = figure.file().replace("book/", "");
            assert!(pages.contains(&name), "no page takes in {name}");
        }
    }

    #[test]
    fn a_name_that_no_figure_has_is_an_error() {
        assert_eq!(named(&[]).unwrap().len(), FIGURES.len());
        assert_eq!(named(&["stall".to_owned()]).unwrap()[0].name, "stall");
        assert!(named(&["stale".to_owned()]).is_err());
    }

    #[test]
    fn numbers_are_rounded_to_what_they_can_say() {
        for (value, expected) in [
            (0.312, "0.31"),
            (4.68, "4.7"),
            (9.97, "10"),
            (42.7, "43"),
            (123.0, "120"),
            (12_345.0, "12,000"),
            (1_250_000.0, "1,300,000"),
        ] {
            assert_eq!(rounded(value), expected);
        }
        assert_eq!(median(vec![3.0, 1.0, 2.0]).to_string(), "2");
    }

    #[test]
    fn a_date_is_written_in_words() {
        assert_eq!(date(UNIX_EPOCH + Duration::from_secs(784_111_777)), "6 November 1994");
    }
}
