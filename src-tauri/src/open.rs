//! What is opened outside of the window: an editor, a terminal, the browser.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use conductor_core::agent::quote;
use conductor_core::environment;
use tauri::Url;

use crate::refusal::Refusal;

/// Editors that are looked for where none is set, and how each opens a line of a file.
const EDITORS: [(&str, &str); 7] = [
    ("code", "code -g {file}:{line}"),
    ("codium", "codium -g {file}:{line}"),
    ("zed", "zed {file}:{line}"),
    ("idea", "idea --line {line} {file}"),
    ("subl", "subl {file}:{line}"),
    ("gnome-text-editor", "gnome-text-editor {file} +{line}"),
    ("kate", "kate --line {line} {file}"),
];
/// Terminals that are looked for where none is set, and how each runs a command.
const TERMINALS: [(&str, &str); 9] = [
    ("x-terminal-emulator", "x-terminal-emulator -e sh -c {command}"),
    ("gnome-terminal", "gnome-terminal -- sh -c {command}"),
    ("kgx", "kgx -- sh -c {command}"),
    ("konsole", "konsole -e sh -c {command}"),
    ("kitty", "kitty sh -c {command}"),
    ("alacritty", "alacritty -e sh -c {command}"),
    ("foot", "foot sh -c {command}"),
    ("xfce4-terminal", "xfce4-terminal -x sh -c {command}"),
    ("xterm", "xterm -e sh -c {command}"),
];

/// Opens a file or a folder in the editor, at a line of it.
///
/// # Errors
/// When it is not there, or no editor can be started.
pub fn in_editor(set: Option<&str>, path: &Path, line: Option<u32>) -> Result<(), Refusal> {
    if !path.is_absolute() || !path.exists() {
        return Err(Refusal::usage(format_args!("{} is no file or folder here", path.display())));
    }
    let Some(template) = set.map(str::to_owned).or_else(|| found(&EDITORS)) else {
        return start(&[OsString::from("xdg-open"), path.into()], None);
    };
    let file = path.as_os_str().to_string_lossy();
    let line = line.unwrap_or(1).to_string();
    start(&filled(&template, &[("{file}", &file), ("{line}", &line)])?, None)
}

/// Opens a terminal in a folder; with a command, that runs in it.
///
/// # Errors
/// When there is no such folder, or no terminal can be started.
pub fn terminal(set: Option<&str>, folder: &Path, command: Option<&[String]>) -> Result<(), Refusal> {
    if !folder.is_absolute() || !folder.is_dir() {
        return Err(Refusal::usage(format_args!("{} is no folder here", folder.display())));
    }
    let hint = "set the command of your terminal in the settings";
    let template = set.map(str::to_owned).or_else(|| found(&TERMINALS));
    let template = template.ok_or_else(|| Refusal::missing("no terminal was found", hint))?;
    let words =
        command.map(|words| words.iter().map(|word| quote(word).into_owned()).collect::<Vec<_>>().join(" "));
    let runs = words.unwrap_or_else(|| "\"${SHELL:-sh}\"".to_owned());
    let line = format!("cd {} && exec {runs}", quote(&folder.display().to_string()));
    start(&filled(&template, &[("{command}", &line)])?, Some(folder))
}

/// Opens an address in the browser.
///
/// # Errors
/// When it is none of the web, or no browser can be started.
pub fn link(url: &str) -> Result<(), Refusal> {
    let url = web(url).ok_or_else(|| Refusal::usage("only addresses of http and https are opened"))?;
    start(&["xdg-open".into(), url.as_str().into()], None)
}

/// An address of the web; none for any other.
fn web(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

fn found(known: &[(&str, &str)]) -> Option<String> {
    let path = environment::current().get(OsStr::new("PATH")).cloned().unwrap_or_default();
    let is_here = |name: &str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    known.iter().find(|(name, _)| is_here(name)).map(|(_, template)| (*template).to_owned())
}

/// The words of a command, its places filled. What is filled in stays one word, whatever is in it.
fn filled(template: &str, places: &[(&str, &str)]) -> Result<Vec<OsString>, Refusal> {
    let words = split(template).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| Refusal::usage(format_args!("{template:?} is no command")))?;
    let fill =
        |word: String| places.iter().fold(word, |word, (place, value)| word.replace(place, value)).into();
    let has_place = |words: &[String]| words.iter().any(|word| word.contains(places[0].0));
    if !has_place(&words) {
        return Err(Refusal::usage(format_args!("{template:?} has no {}", places[0].0)));
    }
    Ok(words.into_iter().map(fill).collect())
}

/// The words of a command line, with single and double quotes; none where one is not closed.
fn split(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// Starts a program that is nobody's child to wait for, in the person's own environment.
fn start(words: &[OsString], folder: Option<&Path>) -> Result<(), Refusal> {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env_clear().envs(environment::current());
    command.current_dir(folder.map_or_else(|| PathBuf::from("/"), Path::to_owned));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let program = words[0].to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Refusal::missing(
            format_args!("{program} is not installed"),
            "install it, or set another in the settings",
        ),
        _ => Refusal::io(format_args!("start {program}"), &error),
    })?;
    std::thread::spawn(move || drop(child.wait()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_stays_one_word() {
        let words =
            filled("my 'own editor' -g {file}:{line}", &[("{file}", "/a b/$(c).rs"), ("{line}", "7")]);
        assert_eq!(words.expect("words"), ["my", "own editor", "-g", "/a b/$(c).rs:7"]);
        for wrong in ["", "  ", "code 'x {file}", "code"] {
            assert!(filled(wrong, &[("{file}", "/a"), ("{line}", "1")]).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn only_addresses_of_the_web_are_opened() {
        for good in ["https://example.org/a?b#c", "http://127.0.0.1:8080"] {
            assert!(web(good).is_some(), "{good}");
        }
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "conductor://task/a/b",
            "mailto:a@b",
            "--help",
            "/bin/sh",
        ] {
            assert!(web(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_editor_gets_the_file_and_a_terminal_the_command() {
        let folder = tempfile::tempdir().expect("a folder");
        let told = folder.path().join("told");
        let wait = || {
            let began = std::time::Instant::now();
            while !told.exists() {
                assert!(began.elapsed().as_secs() < 20, "nothing was started");
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            let text = std::fs::read_to_string(&told).expect("what was told");
            std::fs::remove_file(&told).expect("removed");
            text
        };
        let write = format!("sh -c 'printf %s \"$1\" > {0}.part && mv {0}.part {0}' x", told.display());
        in_editor(Some(&format!("{write} {{file}}:{{line}}")), folder.path(), Some(3)).expect("started");
        assert_eq!(wait(), format!("{}:3", folder.path().display()));
        let command = ["agent".to_owned(), "--resume".to_owned(), "it's".to_owned()];
        terminal(Some(&format!("{write} {{command}}")), folder.path(), Some(&command)).expect("started");
        assert_eq!(
            wait(),
            format!("cd {} && exec agent --resume {}", folder.path().display(), quote("it's"))
        );
        assert_eq!(in_editor(None, Path::new("/no/such/file"), None).expect_err("none").code, "usage");
        assert_eq!(
            terminal(Some("no-such-terminal {command}"), folder.path(), None).expect_err("none").code,
            "missing"
        );
    }
}
