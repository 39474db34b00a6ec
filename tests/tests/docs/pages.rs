//! The documents as text: pages, code blocks, tables.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository")
}

/// A document.
pub struct Page {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

impl Page {
    /// Reads `docs/<name>`, or `README.md`.
    pub fn open(name: &str) -> Self {
        let path = repository().join(name);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, text }
    }

    /// Every document of the repository.
    pub fn all() -> Vec<Self> {
        let docs = repository().join("docs");
        let mut paths = vec![repository().join("README.md")];
        for folder in [docs.clone(), docs.join("decisions")] {
            let entries = fs::read_dir(&folder).expect("a folder of documents");
            paths.extend(entries.map(|entry| entry.expect("an entry").path()));
        }
        paths.retain(|path| path.extension().is_some_and(|end| end == "md"));
        paths.sort();
        paths.into_iter().map(|path| Self::open(path.to_str().expect("a name of plain text"))).collect()
    }

    /// Its name, for messages.
    pub fn name(&self) -> String {
        self.path.strip_prefix(repository()).unwrap_or(&self.path).display().to_string()
    }

    /// Its blocks of code, fenced or indented.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        let mut before = "";
        for (index, line) in self.text.lines().enumerate() {
            let indented = line.strip_prefix("    ").filter(|_| !before.starts_with(['-', '|', '*']));
            match (&mut open, line.strip_prefix("```")) {
                (Some(block), Some(_)) if block.fenced => blocks.extend(open.take()),
                (Some(block), _) if block.fenced => block.push(line),
                (Some(block), _) if indented.is_some() => block.push(indented.unwrap_or_default()),
                (_, Some(language)) => {
                    blocks.extend(open.take());
                    open = Some(Block::new(language, index + 2, true));
                }
                (None, None) if indented.is_some() && before.is_empty() => {
                    let mut block = Block::new("", index + 1, false);
                    block.push(indented.unwrap_or_default());
                    open = Some(block);
                }
                _ => blocks.extend(open.take()),
            }
            before = line;
        }
        blocks.extend(open);
        blocks
    }

    /// The rows of its tables whose last column is headed by one of `headings`, as cells.
    pub fn rows(&self, headings: &[&str]) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let mut wanted = false;
        let mut in_table = false;
        for line in self.text.lines() {
            let Some(inner) = line.trim().strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
                in_table = false;
                continue;
            };
            let cells: Vec<String> = inner.split('|').map(|cell| cell.trim().to_owned()).collect();
            if !in_table {
                in_table = true;
                wanted = cells.last().is_some_and(|last| headings.contains(&last.as_str()));
            } else if wanted && !cells.iter().all(|cell| cell.trim_matches([':', '-']).is_empty()) {
                rows.push(cells);
            }
        }
        rows
    }
}

/// A block of code.
#[derive(Debug)]
pub struct Block {
    /// What stands behind the fence.
    pub language: String,
    /// Its first line in the document.
    pub line: usize,
    /// Its text.
    pub text: String,
    fenced: bool,
}

impl Block {
    fn new(language: &str, line: usize, fenced: bool) -> Self {
        Self { language: language.trim().to_owned(), line, text: String::new(), fenced }
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The words between backquotes.
pub fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}
