//! Promise 4: where a page speaks of bytes it shows them, as they were sent.
#![cfg(unix)]

use check::{call_views, record_views, refusals, run_view, summary, wire_views, workspace};

#[test]
fn every_view_is_what_is_sent_now() {
    let views = wire_views::named(&[]).unwrap();
    let executables = wire_views::build(&views).unwrap();
    let outcomes = views.iter().map(|view| {
        view.draw(&executables).and_then(|drawn| summary::generated(&view.file(), &drawn))
    });
    let problems: Vec<String> = outcomes.filter_map(Result::err).collect();
    summary::print(&format!("wire views: {} drawn", wire_views::VIEWS.len()));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_view_of_records_is_what_is_sent_now() {
    let outcomes = record_views::RECORD_VIEWS
        .iter()
        .map(|view| view.draw().and_then(|drawn| summary::generated(&view.file(), &drawn)));
    let problems: Vec<String> = outcomes.filter_map(Result::err).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_view_of_a_run_is_what_passes_now() {
    summary::or_fail(
        run_view::draw().and_then(|drawn| summary::generated(&run_view::file(), &drawn)),
    );
}

#[test]
fn the_view_of_calls_is_what_passes_now() {
    summary::or_fail(
        call_views::draw().and_then(|drawn| summary::generated(call_views::FILE, &drawn)),
    );
}

#[test]
fn every_view_is_on_a_page() {
    let pages = workspace::files(&workspace::root().join("book/src"), "md");
    let pages: Vec<String> = pages.iter().filter_map(|page| workspace::read(page).ok()).collect();
    let names = wire_views::VIEWS.iter().map(|view| view.name);
    let names = names.chain(record_views::RECORD_VIEWS.iter().map(|view| view.name));
    for name in names.chain([run_view::NAME]) {
        let include = format!("figures/{name}.html}}}}");
        assert!(pages.iter().any(|page| page.contains(&include)), "no page takes in {name}");
    }
}

#[test]
fn the_book_has_the_style_sheet_of_the_spans() {
    summary::generated(wire_views::STYLE_SHEET, &wire_views::style_sheet()).unwrap();
}

#[test]
fn the_list_of_refusals_is_the_corpus() {
    summary::generated(refusals::FILE, &refusals::markdown().unwrap()).unwrap();
}
