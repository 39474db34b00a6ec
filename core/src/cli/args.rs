//! The command line's grammar: global options and the list of commands.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand};

use super::commands::{
    agents, answer, ask, bus, completion, config, demo, diff, doctor, done, inbox, job, list, migrate,
    output, pause, recover, resume, status, stop, takeover, task, tell, watch, webhook,
};
#[cfg(feature = "server")]
use super::commands::{serve, service, token};
use super::{help, parse};

/// Runs AI coding agents until the work is really done, and says only what is true about them.
#[derive(Debug, Parser)]
#[command(name = "run-agent", version, arg_required_else_help = true)]
#[command(styles = help::STYLES, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Common {
    /// Folder that holds projects, tasks and runs
    ///
    /// Else: that of the run this is called from, CONDUCTOR_ROOT, the root that the current folder
    /// lies in, storage.runs_dir of the configuration, $XDG_DATA_HOME/conductor-loop/runs.
    #[arg(long, global = true, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Project; else that of the calling run or of the current folder
    #[arg(long, global = true, value_name = "NAME")]
    pub project: Option<String>,
    /// Task: its id, its slug or the end of its id; else that of the calling run or current folder
    #[arg(long, global = true, value_name = "TASK")]
    pub task: Option<String>,
    /// Configuration file; else CONDUCTOR_CONFIG, ./conductor.yaml, the user's config.yaml
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Let this server do it: http://127.0.0.1:14355, https://box:14355#fingerprint=…, unix:/path/server.sock
    ///
    /// Else CONDUCTOR_SERVER, else this process does it. Its token is CONDUCTOR_TOKEN or in --token-file;
    /// that of a server of your own root is found by itself.
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// File with the server's token; else CONDUCTOR_TOKEN
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// How long a server that does not answer is waited for; else 30s
    #[arg(long, global = true, value_name = "TIME", value_parser = parse::duration)]
    pub server_wait: Option<Duration>,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub json: bool,
}

/// The commands, in the order of the help's groups.
#[derive(Debug, Subcommand)]
pub enum Command {
    Task(task::TaskArgs),
    Job(job::JobArgs),
    Demo(demo::DemoArgs),
    List(list::ListArgs),
    Status(status::StatusArgs),
    Inbox(inbox::InboxArgs),
    Watch(watch::WatchArgs),
    Output(output::OutputArgs),
    Diff(diff::DiffArgs),
    Answer(answer::AnswerArgs),
    Tell(tell::TellArgs),
    Takeover(takeover::TakeoverArgs),
    Stop(stop::StopArgs),
    Pause(pause::PauseArgs),
    Resume(resume::ResumeArgs),
    Recover(recover::RecoverArgs),
    Done(done::DoneArgs),
    Ask(ask::AskArgs),
    Bus(bus::BusArgs),
    Agents(agents::AgentsArgs),
    Config(config::ConfigArgs),
    Webhook(webhook::WebhookArgs),
    Doctor(doctor::DoctorArgs),
    #[cfg(feature = "server")]
    Serve(serve::ServeArgs),
    #[cfg(feature = "server")]
    Service(service::ServiceArgs),
    #[cfg(feature = "server")]
    Token(token::TokenArgs),
    Migrate(migrate::MigrateArgs),
    Completion(completion::CompletionArgs),
}

/// The whole grammar, with the grouped list of commands in the top help.
pub fn command() -> clap::Command {
    help::grouped(Cli::command())
}
