//! Where use cases are carried out: on the files of a root by this process ([`local`]), or by a server
//! ([`remote`]). Both answer in the same wire types, so that a face shows the same whichever it is.
//!
//! Owns the way to a server: its address, its token, waiting until it answers, and its errors turned back into
//! [`ApiError`]s. Must know neither clap nor a terminal.

mod local;
pub mod remote;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::api::agents::AgentView;
use crate::api::changes::{ChangesView, PatchView, Wanted};
use crate::api::doctor::Finding;
use crate::api::dto::{AttentionItem, RunView, TaskDetail, TaskView};
use crate::api::feed::Moment;
use crate::api::messages::BusView;
use crate::api::news::NewsPage;
use crate::api::outcome::{
    AnsweredView, AskedView, DoneView, PausedView, ResumedView, StoppedView, ToldView,
};
use crate::api::recover::RecoveryView;
use crate::api::requests::{
    Allows, Answer, Ask, CreatedTask, Handle, NewTask, PageToken, Pause, Post, Resume, Stop,
};
use crate::api::settings::SettingsView;
use crate::api::talk::PostedView;
use crate::api::tasks::{RunList, TaskList};
use crate::api::tokens::TokenView;
use crate::api::{ApiError, App};
use crate::bus::Query;
use crate::model::{Message, TaskStatus};
use crate::store::RunFile;
pub use remote::Remote;

/// Which tasks or runs a list is of. The default is all of the project that is meant.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Of all projects.
    pub all: bool,
    /// Only in one of these statuses; all where empty.
    pub statuses: Vec<TaskStatus>,
    /// Only those that have not ended.
    pub active: bool,
    /// At most so many.
    pub limit: Option<usize>,
}

/// A root, and what can be done with it.
pub trait Host {
    /// This process's own application; none where a server does the work.
    fn app(&self) -> Option<&App>;

    /// Path of the root, as its machine knows it.
    ///
    /// # Errors
    /// When no server answers.
    fn root_path(&self) -> Result<String, ApiError>;

    /// The task that is meant: named, that of the calling run, of the current folder; none where none is.
    ///
    /// # Errors
    /// When the one that is named is not found, or is more than one.
    fn task_if_meant(&self, target: Option<&str>) -> Result<Option<Box<dyn HostTask + '_>>, ApiError>;

    /// The task of this name, slug or end of a name.
    ///
    /// # Errors
    /// As [`Host::task_if_meant`].
    fn named_task(&self, name: &str) -> Result<Box<dyn HostTask + '_>, ApiError>;

    /// The task that is meant.
    ///
    /// # Errors
    /// As [`Host::task_if_meant`], and when none is meant.
    fn task(&self, target: Option<&str>) -> Result<Box<dyn HostTask + '_>, ApiError> {
        self.task_if_meant(target)?.ok_or_else(crate::api::no_task_is_meant)
    }

    /// The tasks of several names, or the one that is meant without any.
    ///
    /// # Errors
    /// As [`Host::task`].
    fn tasks(&self, targets: &[String]) -> Result<Vec<Box<dyn HostTask + '_>>, ApiError> {
        match targets {
            [] => Ok(vec![self.task(None)?]),
            targets => targets.iter().map(|target| self.named_task(target)).collect(),
        }
    }

    /// Makes a task and starts a supervisor of its own for it.
    ///
    /// # Errors
    /// For the first thing that would keep it from ever completing.
    fn create(&self, new: NewTask) -> Result<CreatedTask, ApiError>;

    /// The agent of tasks that name none; none where it is not known.
    fn default_agent(&self) -> Option<String>;

    /// Tasks, newest first.
    ///
    /// # Errors
    /// When the root cannot be read, or the project that is named is not there.
    fn list(&self, query: &ListQuery) -> Result<TaskList, ApiError>;

    /// Runs, newest first.
    ///
    /// # Errors
    /// As [`Host::list`].
    fn list_runs(&self, query: &ListQuery) -> Result<RunList, ApiError>;

    /// What needs a person. `all`: also what was seen, snoozed or archived.
    ///
    /// # Errors
    /// As [`Host::list`].
    fn inbox(&self, all: bool) -> Result<Vec<AttentionItem>, ApiError>;

    /// Records what a person did with an item.
    ///
    /// # Errors
    /// When there is no such item.
    fn handle(&self, id: &str, how: Handle) -> Result<AttentionItem, ApiError>;

    /// What happens from now on, in the project that is named or in all of them; the name of that project.
    ///
    /// # Errors
    /// As [`Host::list`].
    fn news(&self) -> Result<(Option<String>, Box<dyn NewsReader + '_>), ApiError>;

    /// Goes on after a crash.
    ///
    /// # Errors
    /// When the root may not be written, or another recovery holds it.
    fn recover(&self, assume_dead: bool) -> Result<RecoveryView, ApiError>;

    /// The agents that can be named.
    ///
    /// # Errors
    /// When no server answers.
    fn agents(&self) -> Result<Vec<AgentView>, ApiError>;

    /// What is wrong with the machine, the configuration and the root.
    ///
    /// # Errors
    /// When no server answers.
    fn diagnose(&self) -> Result<Vec<Finding>, ApiError>;

    /// The configuration in force.
    ///
    /// # Errors
    /// When no server answers.
    fn settings(&self) -> Result<SettingsView, ApiError>;

    /// The buses of the project that is meant, or of the root.
    ///
    /// # Errors
    /// As [`Host::list`].
    fn buses(&self) -> Result<Vec<BusView>, ApiError>;

    /// The bus that is meant: the task's where one is, else the project's.
    ///
    /// # Errors
    /// When neither is meant or found.
    fn bus(&self, on_project: bool) -> Result<Box<dyn HostBus + '_>, ApiError>;

    /// The tokens of the server.
    ///
    /// # Errors
    /// When the list is damaged.
    fn tokens(&self) -> Result<Vec<TokenView>, ApiError>;

    /// Makes a token.
    ///
    /// # Errors
    /// For a name that is none or is taken.
    fn add_token(&self, name: &str, allows: Allows) -> Result<PageToken, ApiError>;

    /// Takes a token back.
    ///
    /// # Errors
    /// When there is none of this name.
    fn revoke_token(&self, name: &str) -> Result<(), ApiError>;

    /// A link that opens the server's dashboard once.
    ///
    /// # Errors
    /// When no server runs.
    fn dashboard_link(&self) -> Result<String, ApiError>;

    /// A link that opens the server's dashboard once, on another device.
    ///
    /// # Errors
    /// As [`Host::dashboard_link`], and where the server does not listen on the network.
    fn pairing_link(&self) -> Result<String, ApiError>;
}

/// A task, and what can be asked of it.
pub trait HostTask {
    /// Its project.
    fn project(&self) -> &str;

    /// Its id.
    fn id(&self) -> &str;

    /// What a list shows of it.
    ///
    /// # Errors
    /// When its files cannot be read.
    fn view(&self) -> Result<TaskView, ApiError>;

    /// Everything about it.
    ///
    /// # Errors
    /// As [`HostTask::view`].
    fn detail(&self) -> Result<TaskDetail, ApiError>;

    /// Folders that everything about it lies in, the longest first; none where they are not known.
    fn folders(&self) -> Vec<String>;

    /// Stops it and its children and returns when that is verified.
    ///
    /// # Errors
    /// When it has ended already.
    fn stop(&self, how: Stop) -> Result<StoppedView, ApiError>;

    /// Pauses it and its children.
    ///
    /// # Errors
    /// When it has ended.
    fn pause(&self, how: Pause) -> Result<PausedView, ApiError>;

    /// Lets it go on.
    ///
    /// # Errors
    /// When it is at work already.
    fn resume(&self, how: Resume) -> Result<ResumedView, ApiError>;

    /// Says that it is done.
    ///
    /// # Errors
    /// When it ended otherwise.
    fn done(&self, message: Option<String>) -> Result<DoneView, ApiError>;

    /// Asks the person, and waits for the answer as long as the question says.
    ///
    /// # Errors
    /// When the task has ended or the question makes no sense.
    fn ask(&self, question: Ask) -> Result<AskedView, ApiError>;

    /// Answers a question of it.
    ///
    /// # Errors
    /// When none is open, or another answer came first.
    fn answer(&self, answer: Answer) -> Result<AnsweredView, ApiError>;

    /// Says something to its agent, with files of this machine.
    ///
    /// # Errors
    /// When it cannot be written, or a file cannot be attached.
    fn tell(&self, text: &str, now: bool, files: &[PathBuf]) -> Result<ToldView, ApiError>;

    /// What it changed in its working folder.
    ///
    /// # Errors
    /// When its files cannot be read.
    fn changes(&self) -> Result<ChangesView, ApiError>;

    /// The lines that it changed.
    ///
    /// # Errors
    /// When nothing can be compared; for a path that did not change.
    fn patch(&self, wanted: &Wanted) -> Result<PatchView, ApiError>;

    /// What happens to it. `history`: what was before comes first.
    ///
    /// # Errors
    /// When its files cannot be read.
    fn moments(&self, history: bool) -> Result<Box<dyn MomentReader + '_>, ApiError>;

    /// The run that is meant: named by its id or the end of it, else the last one.
    ///
    /// # Errors
    /// When there is none.
    fn run(&self, name: Option<&str>) -> Result<Box<dyn HostRun + '_>, ApiError>;
}

/// A run and its files.
pub trait HostRun {
    /// What lists show of it now.
    ///
    /// # Errors
    /// When its record cannot be read.
    fn view(&self) -> Result<RunView, ApiError>;

    /// Its id.
    fn id(&self) -> &str;

    /// Path of a file of it, as its machine knows it.
    ///
    /// # Errors
    /// When no server answers.
    fn path(&self, file: RunFile) -> Result<String, ApiError>;

    /// A reader of a file, from its last lines on where `tail` says how many. With `follow` it need not be
    /// there yet.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    fn read(
        &self,
        file: RunFile,
        tail: Option<usize>,
        follow: bool,
    ) -> Result<Box<dyn FileReader + '_>, ApiError>;
}

/// A bus, and what can be done with it.
pub trait HostBus {
    /// Posts a message with files of this machine.
    ///
    /// # Errors
    /// When it cannot be appended, or a file cannot be attached.
    fn post(&self, post: Post, files: &[PathBuf]) -> Result<PostedView, ApiError>;

    /// Messages; those after `since`, an id or a cursor.
    ///
    /// # Errors
    /// When there is no such message or the bus cannot be read.
    fn read(&self, query: &Query, since: Option<&str>) -> Result<Vec<Message>, ApiError>;

    /// What [`HostBus::read`] finds, then what comes: each message once.
    ///
    /// # Errors
    /// As [`HostBus::read`].
    fn follow(&self, query: &Query, since: Option<&str>) -> Result<Box<dyn MessageReader + '_>, ApiError>;
}

/// Reads what happens to a task.
pub trait MomentReader {
    /// What happened since the last look. The first one tells where the task stands.
    ///
    /// # Errors
    /// When it cannot be read; it can be asked again.
    fn poll(&mut self) -> Result<Vec<Moment>, ApiError>;

    /// Waits until something may have happened, at most until `deadline`.
    fn wait(&mut self, deadline: Option<Instant>);
}

/// Reads what happens on a root.
pub trait NewsReader {
    /// What is new, or that the past is gone; waits for it at most so long.
    ///
    /// # Errors
    /// When it cannot be read; it can be asked again.
    fn next(&mut self, limit: Duration) -> Result<NewsPage, ApiError>;
}

/// Reads messages as they come.
pub trait MessageReader {
    /// The next ones; waits for them at most so long.
    ///
    /// # Errors
    /// When they cannot be read; it can be asked again.
    fn next(&mut self, limit: Duration) -> Result<Vec<Message>, ApiError>;
}

/// Reads a file that may grow.
pub trait FileReader {
    /// The next bytes; none where there are none now.
    ///
    /// # Errors
    /// When it cannot be read.
    fn next(&mut self) -> Result<Vec<u8>, ApiError>;

    /// Waits until there may be more, at most so long.
    fn wait(&mut self, limit: Duration);
}
