//! Promise 4: where a page speaks of bytes it shows them, as they were sent.
#![cfg(unix)]

use check::{refusals, summary, wire_views, workspace};

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
fn every_view_is_on_a_page() {
    let pages = workspace::files(&workspace::root().join("book/src"), "md");
    let pages: Vec<String> = pages.iter().filter_map(|page| workspace::read(page).ok()).collect();
    for view in wire_views::VIEWS {
        let include = format!("figures/{}.html}}}}", view.name);
        assert!(
            pages.iter().any(|page| page.contains(&include)),
            "no page takes in {}",
            view.file()
        );
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
