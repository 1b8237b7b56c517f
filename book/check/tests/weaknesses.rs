//! Promise 3: what each step still gets wrong is shown at that step, and not at the step named.
#![cfg(unix)]

use check::target::{self, Step};
use check::{summary, weaknesses};

#[test]
fn every_weakness_is_shown_and_put_right_where_the_book_says() {
    let list = weaknesses::list().unwrap();
    let mut steps: Vec<Step> =
        list.iter().flat_map(|weakness| [weakness.step, weakness.fixed_at]).collect();
    steps.sort();
    steps.dedup();
    let executables = target::build(&steps).unwrap();
    let findings: Vec<_> =
        list.iter().map(|weakness| weaknesses::examine(weakness, &executables)).collect();
    for finding in &findings {
        println!("{finding}");
    }
    let shown = findings.iter().filter(|finding| finding.shown.is_ok()).count();
    let put_right =
        findings.iter().filter(|finding| matches!(finding.put_right, Some(Ok(_)))).count();
    let pending: Vec<_> = findings
        .iter()
        .filter(|finding| finding.put_right.is_none())
        .map(|finding| finding.id.as_str())
        .collect();
    let count = pending.len();
    summary::print(&format!(
        "weaknesses: {shown} shown, {put_right} put right, {count} pending ({})",
        pending.join(", ")
    ));
    let problems: Vec<String> = findings.iter().flat_map(weaknesses::Finding::problems).collect();
    assert!(
        problems.is_empty(),
        "{} weaknesses are not as the book says:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn the_chapters_show_the_list() {
    let list = weaknesses::list().unwrap();
    for step in Step::BUILT {
        let path = format!("book/check/weaknesses/{}.md", step.file_name());
        summary::generated(&path, &weaknesses::markdown(step, &list)).unwrap();
    }
}
