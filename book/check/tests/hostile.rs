//! Promise 3: what is sent by no proper client makes no server of the book panic, hang or die.
#![cfg(unix)]

use check::hostile::items::ITEMS;
use check::hostile::{self, ALLOWED, Failure};
use check::summary::{self, or_fail};
use check::target::{self, Step};
use check::{weaknesses, workspace};

#[test]
fn no_server_panics_hangs_or_dies() {
    let servers = or_fail(target::build(&Step::BUILT));
    let columns = or_fail(hostile::run_all(&servers));
    println!("{}", hostile::table(&columns));
    summary::print(&format!(
        "hostile set: {} items against {} servers, {} admitted failures",
        ITEMS.len(),
        columns.len(),
        ALLOWED.len()
    ));
    let problems: Vec<_> =
        columns.iter().flat_map(|(step, rows)| hostile::problems(*step, rows, ALLOWED)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_admitted_failure_is_a_weakness_of_that_step() {
    let list = or_fail(weaknesses::list());
    for (step, item, _, id) in ALLOWED {
        assert!(ITEMS.iter().any(|known| known.name == *item), "there is no item `{item}`");
        let is_admitted = list.iter().any(|weakness| weakness.id == *id && weakness.step == *step);
        assert!(is_admitted, "{item}: the book does not admit `{id}` of {}", step.in_words());
    }
}

#[test]
fn a_server_that_dies_is_seen_to_die() {
    let fixture = workspace::find("fixture_server").unwrap();
    let built = or_fail(workspace::build(&[fixture].into()));
    // It gives up at the first line that is not text.
    let rows = or_fail(hostile::run(Step::Naive, &built[0].1));
    let died: Vec<_> =
        rows.iter().filter(|row| row.failure == Some(Failure::Died)).map(|row| row.item).collect();
    assert!(died.contains(&"garbage"), "{died:?}");
    assert!(!died.contains(&"?query"), "{died:?}");
    assert!(
        hostile::problems(Step::Naive, &rows, ALLOWED)
            .iter()
            .any(|problem| problem.contains("garbage: DIED"))
    );
}
