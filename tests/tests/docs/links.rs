//! Links between documents.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::pages::Page;

#[test]
fn every_link_leads_somewhere() {
    let pages = Page::all();
    let anchors: HashMap<PathBuf, Vec<String>> =
        pages.iter().map(|page| (page.path.clone(), anchors(page))).collect();
    let mut broken = Vec::new();
    for page in &pages {
        for link in links(&page.text).filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                page.path.clone()
            } else {
                let folder = page.path.parent().expect("a document's folder");
                folder.join(file).canonicalize().unwrap_or_default()
            };
            let known =
                anchor.is_empty() || anchors.get(&target).is_some_and(|all| all.iter().any(|a| a == anchor));
            if !target.exists() || !known {
                broken.push(format!("{}: {link}", page.name()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// What stands in `](…)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// The anchors of a page's headings, as they are made for a reader on the web.
fn anchors(page: &Page) -> Vec<String> {
    let headings = page.text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| -> String {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}
