//! What clients ask, as JSON: the bodies of requests, shared by the server that reads them and the client
//! that sends them. What is not known is refused by name.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ApiError;
use super::create::{Wanted, WantedLimits};
use super::steer::Question;
use crate::model::task::{Continuation, OnDependencyFailure};
use crate::model::{Access, Link, MessageKind, NewMessage, Parent, Workflow};

/// Seconds at most for which a request that is sent again and again waits for something to tell: less than what
/// stands between a client and a server lets a quiet request live.
pub const LONGEST_POLL: u64 = 10;

/// A task that is asked for. What is absent comes from the configuration.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewTask {
    /// What to do; absent only where a task is named that was interrupted, to take it up.
    pub prompt: Option<String>,
    /// Its project; absent: that of the folder, made where it is new.
    pub project: Option<String>,
    /// Its name, or words to make one of; absent: made of the prompt.
    pub task: Option<String>,
    /// `loop` until it is done, or `once`.
    pub workflow: Workflow,
    /// Agent.
    pub agent: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// What the agent may do.
    pub access: Option<Access>,
    /// Folder that it works in, absolute; absent: the project's.
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub cwd: Option<PathBuf>,
    /// Folder that it is asked from, absolute, on the server's machine: says the project where none is named,
    /// and its `conductor.yaml` counts. Absent: `cwd`.
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub folder: Option<PathBuf>,
    /// Tasks that must be completed first.
    pub depends_on: Vec<String>,
    /// What happens when one of them failed.
    pub on_dependency_failure: OnDependencyFailure,
    /// The run that starts it.
    pub parent_run: Option<String>,
    /// Name of a group.
    pub group: Option<String>,
    /// Whether turns continue the agent's session.
    pub continuation: Continuation,
    /// Whether one more turn gathers what child tasks found.
    pub gather: bool,
    /// Limits that differ from the configured ones.
    pub limits: NewLimits,
}

/// Limits that differ from the configured ones.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewLimits {
    /// Runs after the first.
    pub max_restarts: Option<u32>,
    /// Failed runs in a row.
    pub max_failures: Option<u32>,
    /// Seconds without a sign of life; 0: no limit.
    pub idle_seconds: Option<u64>,
    /// Seconds of work; 0: no limit.
    pub wall_seconds: Option<u64>,
    /// Tokens.
    pub tokens: Option<u64>,
    /// US dollars.
    #[cfg_attr(feature = "server", schema(minimum = 0.0))]
    pub cost_usd: Option<f64>,
}

impl NewTask {
    /// The task that is asked for.
    ///
    /// # Errors
    /// For a sum that is none.
    pub fn wanted(self) -> Result<Wanted, ApiError> {
        let limits = self.limits;
        if limits.cost_usd.is_some_and(|sum| !sum.is_finite() || sum < 0.0) {
            return Err(ApiError::usage("limits.cost_usd is no sum of US dollars").with_hint("write 2.50"));
        }
        Ok(Wanted {
            prompt: self.prompt,
            workflow: self.workflow,
            agent: self.agent,
            model: self.model,
            access: self.access,
            cwd: self.cwd,
            depends_on: self.depends_on,
            on_dependency_failure: self.on_dependency_failure,
            parent_run: self.parent_run,
            parent_task: None,
            request_id: None,
            group: self.group,
            continuation: self.continuation,
            gather: self.gather,
            limits: WantedLimits {
                restarts: limits.max_restarts,
                failures: limits.max_failures,
                idle: limits.idle_seconds.map(Duration::from_secs),
                wall: limits.wall_seconds.map(Duration::from_secs),
                tokens: limits.tokens,
                cost_usd: limits.cost_usd,
            },
        })
    }
}

/// A demo that is asked for.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewDemo {
    /// Seconds that its question waits for a person before its default counts; absent: 60.
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 86400))]
    pub question_seconds: Option<u64>,
}

impl NewDemo {
    /// Seconds for a person at most: a day.
    const LONGEST: u64 = 86_400;

    /// How long its question waits.
    ///
    /// # Errors
    /// For no time, and for more than a day.
    pub fn question(self) -> Result<Option<u64>, ApiError> {
        match self.question_seconds {
            Some(seconds) if seconds == 0 || seconds > Self::LONGEST => {
                Err(ApiError::usage("question_seconds must be 1 to 86400")
                    .with_hint("leave it out for a minute"))
            }
            seconds => Ok(seconds),
        }
    }
}

/// A task that was made and has a supervisor.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CreatedTask {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// What a person should know.
    pub warnings: Vec<String>,
}

/// How to stop.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Stop {
    /// Kill at once, without time to end.
    pub force: bool,
    /// Why; recorded and shown.
    pub reason: Option<String>,
}

/// How to pause.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Pause {
    /// Let the turn end first.
    pub after_turn: bool,
    /// Why; recorded and shown.
    pub reason: Option<String>,
}

/// How to go on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Resume {
    /// Another agent, which begins a fresh session.
    pub agent: Option<String>,
}

/// What to say with it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Done {
    /// A word about it.
    pub message: Option<String>,
}

/// A word to an agent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// The word.
    pub text: String,
    /// Interrupt the turn for it.
    #[serde(default)]
    pub now: bool,
    /// What the upload of attachments answered.
    #[serde(default)]
    pub attachments: Vec<Link>,
}

/// A question to the person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Its text.
    pub question: String,
    /// Answers to choose from.
    #[serde(default)]
    pub choices: Vec<String>,
    /// What is answered when nobody does.
    pub default: Option<String>,
    /// Seconds after which the default takes effect.
    pub after_seconds: Option<u64>,
    /// The asker waits so many seconds for the answer. A request lasts 10 of them at most; `questions/{id}`
    /// waits on.
    pub wait_seconds: Option<u64>,
    /// The run that asks.
    pub run: Option<String>,
}

impl Ask {
    /// The question, and for how long one request waits.
    pub fn question(self) -> Question {
        Question {
            text: self.question,
            choices: self.choices,
            default: self.default,
            after: self.after_seconds.map(Duration::from_secs),
            wait: self.wait_seconds.map(Duration::from_secs),
            hold: Some(Duration::from_secs(LONGEST_POLL)),
            run: self.run,
        }
    }
}

/// An answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Its text, or one of the choices.
    pub text: String,
    /// The question; absent: the open one.
    pub question: Option<String>,
}

/// Whether to put it away.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// Whether lists leave it out from now on; false takes it out again.
    pub archived: bool,
}

/// A message to be posted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Its type: an open word in capitals; INFO where it is absent.
    #[serde(rename = "type", default = "info")]
    pub kind: String,
    /// Its text.
    pub body: String,
    /// What it follows from.
    #[serde(default)]
    pub parents: Vec<Parent>,
    /// What it refers to.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Anything else, one value a key.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub meta: BTreeMap<String, serde_json::Value>,
    /// The run that posts it: one of the task whose bus it is, or of a task of the project.
    #[serde(default)]
    pub run: Option<String>,
    /// Answer only when it is on disk.
    #[serde(default)]
    pub sync: bool,
}

fn info() -> String {
    MessageKind::INFO.to_owned()
}

impl Post {
    /// The message.
    pub fn message(self) -> NewMessage {
        let Self { kind, body, parents, links, meta, .. } = self;
        NewMessage { parents, links, meta, ..NewMessage::new(&kind, body) }
    }
}

/// What a person does with an item.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Handle {
    /// It was looked at.
    Seen {},
    /// It shall come back after so many seconds.
    Snooze {
        /// Seconds.
        seconds: u64,
    },
    /// It shall not come back.
    Archive {},
}

/// How to recover.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Recover {
    /// Runs that another machine or pid namespace owned count as dead.
    pub assume_dead: bool,
}

/// A token that is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WantedToken {
    /// Its name.
    pub name: String,
    /// What it shall allow.
    pub allows: Allows,
}

/// What a token shall allow.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Allows {
    /// Everything.
    Full,
    /// Looking.
    Read,
    /// Acting for one task and its children.
    Task {
        /// Its project.
        project: String,
        /// The task.
        task: String,
    },
}

/// A token that was made.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PageToken {
    /// Sent as `Authorization: Bearer <token>`.
    pub token: String,
    /// Its name, to take it back by.
    pub name: String,
}
