//! The command line as the documents have it: `docs/cli.md` names all of it, and every command that any
//! document shows is one.

use crate::pages::{Block, Page};

#[test]
fn every_command_and_option_is_documented() {
    let page = Page::open("docs/cli.md");
    let command = conductor_core::cli::command();
    let mut missing = Vec::new();
    for command in command.get_subcommands() {
        check(&page, command, command.get_name(), &mut missing);
    }
    let common = command.get_arguments().filter_map(clap::Arg::get_long);
    let everywhere = section(&page.text, "## Everywhere");
    missing.extend(common.filter(|long| !names(everywhere, long)).map(|long| format!("--{long}")));
    assert!(missing.is_empty(), "not in docs/cli.md: {missing:#?}");
}

fn check(page: &Page, command: &clap::Command, path: &str, missing: &mut Vec<String>) {
    let text = section(&page.text, &format!("### {path}\n"));
    if text.is_empty() {
        missing.push(path.to_owned());
        return;
    }
    if !text.contains(&format!("run-agent {path}")) {
        missing.push(format!("{path}: an example"));
    }
    let options =
        command.get_arguments().filter(|argument| !argument.is_global_set() && !argument.is_hide_set());
    for long in options.filter_map(clap::Arg::get_long).filter(|long| *long != "help") {
        if !names(text, long) {
            missing.push(format!("{path} --{long}"));
        }
    }
    for inner in command.get_subcommands() {
        check(page, inner, &format!("{path} {}", inner.get_name()), missing);
    }
}

/// Whether a text names an option, and not only a longer one.
fn names(text: &str, long: &str) -> bool {
    let option = format!("--{long}");
    text.match_indices(&option).any(|(at, _)| {
        !text[at + option.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
    })
}

/// The text between a heading and the next one.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let Some((_, rest)) = text.split_once(heading) else { return "" };
    // A comment in a block of commands begins like a heading of the first level.
    rest.split("\n##").next().unwrap_or_default()
}

#[test]
fn every_command_that_a_document_shows_is_one() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in Page::all() {
        for block in
            page.blocks().iter().filter(|block| ["", "sh", "console"].contains(&block.language.as_str()))
        {
            for words in commands(block) {
                seen += 1;
                if let Err(error) = conductor_core::cli::command().try_get_matches_from(&words)
                    && error.use_stderr()
                {
                    let said = error.to_string();
                    wrong.push(format!("{}:{}: {}: {said}", page.name(), block.line, words.join(" ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 40, "only {seen} commands");
}

/// The calls of `run-agent` in a block, as words.
fn commands(block: &Block) -> Vec<Vec<String>> {
    let text = block.text.replace("\\\n", " ");
    let mut calls = Vec::new();
    for line in text.lines() {
        let words = words(line.trim().trim_start_matches("$ "));
        for call in words.split(|word| word.ends()) {
            let begin = call.iter().position(|word| word.text == "run-agent");
            // Behind other words it is an argument, such as of `echo`; behind a variable it is a call.
            let begin = begin.filter(|at| call[..*at].iter().all(|word| word.text.contains('=')));
            calls.extend(begin.map(|at| call[at..].iter().map(|word| word.text.clone()).collect::<Vec<_>>()));
        }
    }
    calls
}

/// A word of a shell's line.
#[derive(Debug, Default, Clone)]
struct Word {
    text: String,
    bare: bool,
}

impl Word {
    /// Whether it ends a command.
    fn ends(&self) -> bool {
        self.bare && ["|", "||", "&&", "&", ";", ">", ">>", "2>"].contains(&self.text.as_str())
    }
}

/// As much of a shell as the documents need: quotes, comments, and what ends a command.
fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote = None;
    let line = line.replace("$(", " ; ").replace(')', if line.contains("$(") { " ; " } else { ")" });
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), c) => word.get_or_insert_default().text.push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default().bare = false;
            }
            (None, '#') if word.is_none() => break,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => {
                let word = word.get_or_insert(Word { text: String::new(), bare: true });
                word.text.push(c);
            }
        }
    }
    words.extend(word);
    words
}
