//! Promise 3: what each step still gets wrong is shown at that step, and not at the step named.
#![cfg(unix)]

use check::summary::{self, or_fail};
use check::target::{self, Step};
use check::weaknesses::{self, Finding};

#[test]
fn every_weakness_is_shown_and_put_right_where_the_book_says() {
    let list = or_fail(weaknesses::list());
    let executables = or_fail(target::build(&weaknesses::steps(&list)));
    let findings = weaknesses::examine_all(&list, &executables);
    assert_eq!(findings.len(), list.len(), "a probe panicked");
    for finding in &findings {
        println!("{finding}");
    }
    summary::print(&Finding::summary(&findings));
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
    for step in Step::BUILT.into_iter().chain([Step::Three, Step::Four]) {
        let path = format!("book/check/weaknesses/{}.md", step.file_name());
        or_fail(summary::generated(&path, &weaknesses::markdown(step, &list)));
    }
}
