//! The words of the journal: what can happen to a task, its runs and its questions.

use super::TaskStatus;

/// Changes that are no status of a task.
const OTHERS: [&str; 13] = [
    "task.agent",
    ARCHIVED,
    ATTENTION,
    "task.awake",
    "task.mended",
    "task.settled",
    "task.stop_repeated",
    UNARCHIVED,
    "task.warning",
    "question.answered",
    RUN_STARTED,
    "run.adopted",
    RUN_ENDED,
];
/// A person saw, put off or put away what a task needs somebody for.
pub const ATTENTION: &str = "task.attention";
/// A person put a task away, and took it out again.
pub const ARCHIVED: &str = "task.archived";
/// See [`ARCHIVED`].
pub const UNARCHIVED: &str = "task.unarchived";
/// The supervisor of a task is gone: it left, or somebody saw that nobody holds its lock.
pub const INTERRUPTED: &str = "task.interrupted";
/// A run began.
pub const RUN_STARTED: &str = "run.started";
/// A run ended.
pub const RUN_ENDED: &str = "run.ended";
/// What a pattern ends with that stands for all changes of a kind of thing.
const ALL_OF: &str = ".*";

/// Every word: `task.<status>` for each status, then the others.
pub fn all() -> impl Iterator<Item = String> {
    let statuses = TaskStatus::all().map(|status| format!("task.{}", status.as_str()));
    statuses.chain(OTHERS.map(str::to_owned))
}

/// Everything that a filter may name: all words, and `task.*`, `run.*`, `question.*`.
pub fn patterns() -> Vec<String> {
    let groups = ["task", "run", "question"].map(|thing| format!("{thing}{ALL_OF}"));
    groups.into_iter().chain(all()).collect()
}

/// Whether a pattern means this word.
pub fn matches(pattern: &str, word: &str) -> bool {
    match pattern.strip_suffix(ALL_OF) {
        Some(thing) => word.strip_prefix(thing).is_some_and(|rest| rest.starts_with('.')),
        None => pattern == word,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_pattern_means_a_word_or_all_of_a_thing() {
        for (pattern, word, is_meant) in [
            ("task.failed", "task.failed", true),
            ("task.failed", "task.failed_again", false),
            ("task.*", "task.failed", true),
            ("task.*", "taskforce.failed", false),
            ("run.*", "task.failed", false),
        ] {
            assert_eq!(matches(pattern, word), is_meant, "{pattern} {word}");
        }
    }

    #[test]
    fn whatever_a_supervisor_commits_is_a_known_word() {
        let known: Vec<String> = all().collect();
        let supervisor = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/supervisor");
        let mut seen = 0;
        for folder in [supervisor.clone(), supervisor.join("intent")] {
            for entry in std::fs::read_dir(folder).expect("the sources") {
                let path = entry.expect("an entry").path();
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let product = text.split("#[cfg(test)]").next().unwrap_or_default();
                for word in product.split("commit(\"").skip(1).filter_map(|call| call.split('"').next()) {
                    assert!(known.iter().any(|one| one == word), "{word} in {}", path.display());
                    seen += 1;
                }
            }
        }
        assert!(seen > 10, "only {seen} commits");
    }
}
