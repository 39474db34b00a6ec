//! Help is what newcomers read first: every word of it is looked at when it changes.

use clap::Command;

/// Columns that help is laid out for.
const WIDTH: usize = 100;

fn help(command: &Command) -> String {
    command.clone().term_width(WIDTH).render_long_help().to_string()
}

#[test]
fn the_top_help_lists_the_commands_in_groups() {
    let text = conductor_core::cli::command().term_width(WIDTH).render_help().to_string();
    insta::assert_snapshot!("help", text);
}

#[test]
fn every_command_explains_itself() {
    let mut top = conductor_core::cli::command();
    top.build();
    for command in top.get_subcommands() {
        let mut text = help(command);
        for sub in command.get_subcommands() {
            text.push_str(&format!("\n=== {} {}\n\n{}", command.get_name(), sub.get_name(), help(sub)));
        }
        insta::assert_snapshot!(format!("help_{}", command.get_name()), text);
    }
}
