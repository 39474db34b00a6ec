//! `completion`: tab completion for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// Print tab completion for a shell
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionArgs {
    /// Shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  run-agent completion bash > ~/.local/share/bash-completion/completions/run-agent
  run-agent completion zsh > \"${fpath[1]}/_run-agent\"
  run-agent completion fish > ~/.config/fish/completions/run-agent.fish";

/// Prints the script.
pub fn run(args: &CompletionArgs, context: &Context) -> Result<u8, Failure> {
    let mut script = Vec::new();
    let mut command = crate::cli::args::Cli::command();
    clap_complete::generate(args.shell, &mut command, "run-agent", &mut script);
    context.out.raw(&script)?;
    Ok(0)
}
