//! How help looks: colours, and the commands in groups.

use std::fmt::Write;

use clap::builder::styling::{AnsiColor, Styles};

/// Colours of help and of clap's own words.
pub const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Headings of the top help and the commands below them. Every command stands in one.
const GROUPS: &[(&str, &[&str])] = &[
    ("Start work", &["task", "job", "demo"]),
    ("See what happens", &["list", "status", "inbox", "watch", "output", "diff"]),
    ("Steer it", &["answer", "tell", "takeover", "stop", "pause", "resume", "recover"]),
    ("For agents", &["done", "ask", "bus"]),
    #[cfg(feature = "server")]
    ("From elsewhere", &["serve", "service", "token"]),
    ("Set up", &["agents", "config", "webhook", "doctor", "migrate", "completion"]),
];

const START: &str = "\
Start with:
  run-agent demo                             watch the whole of it work, without a key
  run-agent task \"Fix the failing test\"      start an agent on the current folder
  run-agent list                             what runs, what waits, what needs you";

/// Gives the top help its groups.
pub fn grouped(command: clap::Command) -> clap::Command {
    let (head, name, reset) = (STYLES.get_header(), STYLES.get_literal(), "\u{1b}[0m");
    let mut text = String::new();
    for (heading, names) in GROUPS {
        let _ = writeln!(text, "{}{heading}:{reset}", head.render());
        for word in *names {
            let about = command.find_subcommand(word).and_then(clap::Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {}{word:<12}{reset}{about}", name.render());
        }
        text.push('\n');
    }
    let _ = write!(text, "{}Everywhere:{reset}", head.render());
    let template = format!(
        "{{about}}\n\n{{usage-heading}} run-agent <COMMAND> [OPTIONS]\n\n{text}\n{{options}}{{after-help}}"
    );
    command.help_template(template).after_help(START)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_stands_in_one_group() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        let command = super::super::args::Cli::command();
        let mut all: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        grouped.sort_unstable();
        all.sort_unstable();
        assert_eq!(grouped, all);
    }

    #[test]
    fn the_grammar_is_sound_and_every_command_has_an_example() {
        let mut command = super::super::args::command();
        command.clone().debug_assert();
        command.build();
        for sub in command.get_subcommands() {
            let help = sub.clone().render_long_help().to_string();
            assert!(help.contains("Examples:") || sub.has_subcommands(), "{}", sub.get_name());
        }
    }
}
