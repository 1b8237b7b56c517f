//! Promise 3: what each step still gets wrong is shown at that step, and not at the step named.
#![cfg(unix)]

use check::summary::{self, or_fail};
use check::target::{self, Step};
use check::weaknesses::{self, Finding};

#[test]
fn every_weakness_is_shown_and_put_right_where_the_book_says() {
    let mut list = or_fail(weaknesses::list());
    let of_python = list.iter().filter(|weakness| weakness.needs_python()).count();
    let is_tried = cfg!(feature = "peers");
    list.retain(|weakness| is_tried || !weakness.needs_python());
    let executables = or_fail(target::build(&weaknesses::steps(&list)));
    let findings = weaknesses::examine_all(&list, &executables);
    assert_eq!(findings.len(), list.len(), "a probe panicked");
    for finding in &findings {
        println!("{finding}");
    }
    let not_tried = match is_tried {
        true => String::new(),
        false => format!(", {of_python} with Python not tried"),
    };
    summary::print(&format!("{}{not_tried}", Finding::summary(&findings)));
    let problems: Vec<String> = findings.iter().flat_map(Finding::problems).collect();
    assert!(
        problems.is_empty(),
        "{} weaknesses are not as the book says:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn the_chapters_show_the_list() {
    let list = or_fail(weaknesses::list());
    for step in Step::BUILT.into_iter().chain([Step::Four, Step::Python]) {
        let path = format!("book/check/weaknesses/{}.md", step.file_name());
        or_fail(summary::generated(&path, &weaknesses::markdown(step, &list)));
    }
}
