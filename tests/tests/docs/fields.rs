//! `docs/formats.md` names every field of every file.

use std::fs;

use crate::pages::{Page, repository};

/// Sources, and the structures in them that are files or parts of files.
const FILES: &[(&str, &[&str])] = &[
    ("model/run.rs", &["RunInfo"]),
    (
        "model/task.rs",
        &["TaskSpec", "TaskState", "Limits", "OpenQuestion", "StopEvidence", "TaskError", "Session"],
    ),
    ("model/snapshot.rs", &["Snapshot", "LeftOut", "SnapshotFailure"]),
    ("model/message.rs", &["Message", "Parent", "Link"]),
    ("model/event.rs", &["Event", "Usage"]),
    ("store/marker.rs", &["Intent"]),
    ("store/lock.rs", &["Holder"]),
    ("store/root.rs", &["RootFile"]),
    ("store/attention.rs", &["AttentionRecord"]),
    ("store/certificate.rs", &["CertificateFile"]),
    ("store/journal/record.rs", &["JournalRecord"]),
    ("supervisor/slots/mod.rs", &["Occupant"]),
    ("agent/choose.rs", &["State", "Share", "Chosen"]),
    ("notify/files.rs", &["FeedFile", "ReceiverFile"]),
    ("notify/delivery.rs", &["Delivery", "Attempt"]),
];
/// What is no key: the rest of a file, an enumeration's own name, what is only in memory.
const NO_KEYS: &[&str] = &["extra", "kind", "plain", "msg_id", "ts"];

#[test]
fn every_field_of_every_file_is_documented() {
    let page = Page::open("docs/formats.md");
    let mut missing = Vec::new();
    let mut seen = 0;
    for (source, names) in FILES {
        let path = repository().join("core/src").join(source);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for name in *names {
            let fields = fields(&text, name);
            assert!(!fields.is_empty(), "no {name} in {source}");
            seen += fields.len();
            let unknown =
                fields.into_iter().filter(|field| !NO_KEYS.contains(field) && !is_named(&page, field));
            missing.extend(unknown.map(|field| format!("{name}.{field}")));
        }
    }
    assert!(missing.is_empty(), "not in docs/formats.md: {missing:#?}");
    assert!(seen > 120, "only {seen} fields");
}

fn is_named(page: &Page, field: &str) -> bool {
    let forms = [format!("`{field}`"), format!("{field}:"), format!("\"{field}\""), format!("meta.{field}")];
    forms.iter().any(|form| page.text.contains(form.as_str())) || page.text.contains(&format!(" {field},"))
}

/// The fields of a structure.
fn fields<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    let Some((_, rest)) = source.split_once(&format!("struct {name} {{")) else { return Vec::new() };
    let body = rest.split("\n}").next().unwrap_or_default();
    let lines = body.lines().map(str::trim).filter(|line| !line.starts_with(['/', '#']));
    let field = |line: &'a str| {
        let line = line.trim_start_matches("pub(super) ").trim_start_matches("pub ");
        let (name, _) = line.split_once(':')?;
        name.chars().all(|c| c.is_ascii_lowercase() || c == '_').then_some(name)
    };
    lines.filter_map(field).collect()
}
