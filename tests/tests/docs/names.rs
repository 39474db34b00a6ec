//! Tests that documents name: they exist, and what must have one has one.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::pages::{Page, quoted, repository};

/// Headings of columns that name tests.
const HEADINGS: &[&str] = &["Test", "Tests", "Held by"];

#[test]
fn every_test_that_a_document_names_exists() {
    let tests = tests();
    let mut missing = Vec::new();
    for page in Page::all() {
        for row in page.rows(HEADINGS) {
            let cell = row.last().expect("a cell");
            let names = quoted(cell).into_iter().filter(|name| !name.starts_with("npm "));
            missing.extend(
                names.filter(|name| !tests.contains(*name)).map(|name| format!("{}: {name}", page.name())),
            );
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_defect_and_every_question_has_a_test() {
    let defects = (1..=23).chain(25..=28).map(|number| format!("C{number}"));
    has_a_row_for_each("docs/defects.md", defects.chain(["A15".to_owned()]).collect());
    has_a_row_for_each("docs/questions.md", (1..=9).map(|number| format!("Q{number}")).collect());
}

fn has_a_row_for_each(page: &str, ids: Vec<String>) {
    let rows = Page::open(page).rows(HEADINGS);
    let named: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(named, ids, "{page}");
    for row in &rows {
        assert!(!quoted(row.last().expect("a cell")).is_empty(), "{page}: {} has no test", row[0]);
    }
}

/// The names of all tests of the workspace.
fn tests() -> HashSet<String> {
    let mut found = HashSet::new();
    for folder in ["core/src", "core/tests", "src-tauri/src", "tests/src", "tests/tests"] {
        collect(&repository().join(folder), &mut found);
    }
    assert!(found.len() > 100, "{} tests", found.len());
    found
}

fn collect(folder: &Path, found: &mut HashSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            of_file(&fs::read_to_string(&path).expect("a source"), found);
        }
    }
}

/// Functions below `#[test]` or `#[tokio::test…]`, and those that `proptest!` makes tests of.
fn of_file(text: &str, found: &mut HashSet<String>) {
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        }
        let function = line.split("fn ").nth(1).filter(|_| is_test);
        if let Some(name) = function.and_then(|rest| rest.split('(').next()) {
            found.insert(name.to_owned());
            is_test = false;
        }
    }
}
