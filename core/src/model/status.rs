//! The one table of statuses: words, exit codes and allowed steps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The state of a task (`docs/ARCHITECTURE.md`, "Statuses").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// On dependencies.
    Waiting,
    /// For a slot.
    Queued,
    /// A supervisor lives and works; back-off and waiting for child tasks are this with a reason.
    Running,
    /// Asked, and waits for a person or for the default's time.
    WaitingAnswer,
    /// Until the agent's usage limit resets.
    WaitingQuota,
    /// Gates are passed; waits for a person to look or merge.
    WaitingReview,
    /// By a person: frozen, or without a process after its turn.
    Paused,
    /// Stop was asked and is not yet verified.
    Stopping,
    /// The supervisor is gone (crash, shutdown); `recover` goes on.
    Interrupted,
    /// Ended: the agent's word, and the gates' where there are any.
    Completed,
    /// Ended: it cannot go on; the reason is recorded.
    Failed,
    /// Ended: a person stopped it and nothing of it is left.
    Stopped,
    /// Ended: its wall time is over.
    TimedOut,
}

/// One row of the table of task statuses.
struct TaskRow {
    status: TaskStatus,
    word: &'static str,
    exit: Option<u8>,
    ended: bool,
    /// A supervisor lives in this status.
    owned: bool,
    next: &'static [TaskStatus],
}

use TaskStatus::{
    Completed, Failed, Interrupted, Paused, Queued, Running, Stopped, Stopping, TimedOut, Waiting,
    WaitingAnswer, WaitingQuota, WaitingReview,
};

/// Where a live task may always go: it can be stopped, fail, be completed by DONE, or lose its owner.
macro_rules! next {
    ($($more:ident),*) => {
        &[Stopping, Stopped, Failed, Completed, TimedOut, Interrupted, Paused, $($more),*]
    };
}

const TASK_TABLE: [TaskRow; 13] = [
    TaskRow {
        status: Waiting,
        word: "waiting",
        exit: Some(7),
        ended: false,
        owned: true,
        next: next!(Queued, Running, WaitingAnswer, WaitingQuota),
    },
    TaskRow {
        status: Queued,
        word: "queued",
        exit: Some(7),
        ended: false,
        owned: true,
        next: next!(Running, Waiting, WaitingAnswer, WaitingQuota),
    },
    TaskRow {
        status: Running,
        word: "running",
        exit: None,
        ended: false,
        owned: true,
        next: next!(Queued, WaitingAnswer, WaitingQuota, WaitingReview),
    },
    TaskRow {
        status: WaitingAnswer,
        word: "waiting for an answer",
        exit: Some(7),
        ended: false,
        owned: true,
        next: next!(Queued, Running, WaitingQuota),
    },
    TaskRow {
        status: WaitingQuota,
        word: "waiting for its usage limit",
        exit: Some(7),
        ended: false,
        owned: true,
        next: next!(Queued, Running, WaitingAnswer),
    },
    TaskRow {
        status: WaitingReview,
        word: "waiting for review",
        exit: Some(7),
        ended: false,
        owned: true,
        next: next!(Queued, Running),
    },
    TaskRow {
        status: Paused,
        word: "paused",
        exit: Some(7),
        ended: false,
        owned: true,
        next: &[
            Stopping,
            Stopped,
            Failed,
            Completed,
            TimedOut,
            Interrupted,
            Waiting,
            Queued,
            Running,
            WaitingAnswer,
            WaitingQuota,
            WaitingReview,
        ],
    },
    TaskRow {
        status: Stopping,
        word: "stopping",
        exit: None,
        ended: false,
        owned: true,
        next: &[Stopped, Failed, Interrupted],
    },
    TaskRow {
        status: Interrupted,
        word: "interrupted",
        exit: Some(7),
        ended: false,
        owned: false,
        next: &[
            Stopping,
            Stopped,
            Failed,
            Completed,
            TimedOut,
            Waiting,
            Queued,
            Running,
            Paused,
            WaitingAnswer,
            WaitingQuota,
            WaitingReview,
        ],
    },
    TaskRow {
        status: Completed,
        word: "completed",
        exit: Some(0),
        ended: true,
        owned: false,
        next: &[Waiting, Queued, Running],
    },
    TaskRow {
        status: Failed,
        word: "failed",
        exit: Some(1),
        ended: true,
        owned: false,
        next: &[Waiting, Queued, Running],
    },
    TaskRow {
        status: Stopped,
        word: "stopped",
        exit: Some(5),
        ended: true,
        owned: false,
        next: &[Waiting, Queued, Running],
    },
    TaskRow {
        status: TimedOut,
        word: "timed out",
        exit: Some(6),
        ended: true,
        owned: false,
        next: &[Waiting, Queued, Running],
    },
];

impl TaskStatus {
    /// Every status, in the order of the table.
    pub fn all() -> impl Iterator<Item = TaskStatus> {
        TASK_TABLE.iter().map(|row| row.status)
    }

    fn row(self) -> &'static TaskRow {
        &TASK_TABLE[self as usize]
    }

    /// The word of files and JSON: `waiting_answer`.
    pub fn as_str(self) -> &'static str {
        match self {
            WaitingAnswer => "waiting_answer",
            WaitingQuota => "waiting_quota",
            WaitingReview => "waiting_review",
            TimedOut => "timed_out",
            other => other.row().word,
        }
    }

    /// The words that a person reads: "waiting for an answer".
    pub fn words(self) -> &'static str {
        self.row().word
    }

    /// The exit code of a command that waited for the task; none while the wait goes on.
    pub fn exit_code(self) -> Option<u8> {
        self.row().exit
    }

    /// Whether the task has ended. An ended task can be resumed or followed up.
    pub fn is_ended(self) -> bool {
        self.row().ended
    }

    /// Whether a supervisor lives in this status; if its lock is free, it is really `interrupted`.
    pub fn is_owned(self) -> bool {
        self.row().owned
    }

    /// Whether the table allows the step. Staying (same status, other reason) is always allowed.
    pub fn can_become(self, next: TaskStatus) -> bool {
        self == next || self.row().next.contains(&next)
    }
}

impl std::fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for TaskStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::all().find(|status| status.as_str() == text).ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// A word that names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown status {0:?}")]
pub struct UnknownStatus(pub String);

/// The state of a run. A killed run is never shown as completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Its process lives, or lived when this was last looked at.
    Running,
    /// It ended well, judged by its events, its exit and its artefact.
    Completed,
    /// It ended badly, or was killed by something other than a stop.
    Failed,
    /// A stop, a pause for takeover or DONE's grace ended it.
    Stopped,
    /// Its idle or the task's wall time ended it.
    TimedOut,
    /// Nobody saw it end: another boot, or its end was not recorded.
    Lost,
}

impl RunStatus {
    /// Every status.
    pub const ALL: [RunStatus; 6] = [
        RunStatus::Running,
        RunStatus::Completed,
        RunStatus::Failed,
        RunStatus::Stopped,
        RunStatus::TimedOut,
        RunStatus::Lost,
    ];

    /// The word of files, JSON and output.
    pub fn as_str(self) -> &'static str {
        match self {
            RunStatus::Running => "running",
            RunStatus::Completed => "completed",
            RunStatus::Failed => "failed",
            RunStatus::Stopped => "stopped",
            RunStatus::TimedOut => "timed_out",
            RunStatus::Lost => "lost",
        }
    }

    /// Whether the run has ended.
    pub fn is_ended(self) -> bool {
        self != RunStatus::Running
    }

    /// Whether the table allows the step: a run ends once and stays as it ended.
    pub fn can_become(self, next: RunStatus) -> bool {
        self == next || self == RunStatus::Running
    }
}

impl std::fmt::Display for RunStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for RunStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_statuses() {
        for (index, row) in TASK_TABLE.iter().enumerate() {
            assert_eq!(row.status as usize, index);
            assert_eq!(row.status.as_str().parse(), Ok(row.status));
            let json = serde_json::to_string(&row.status).expect("a word");
            assert_eq!(json.trim_matches('"'), row.status.as_str());
        }
    }

    #[test]
    fn exit_codes_are_those_of_the_table() {
        let codes: Vec<_> = TaskStatus::all().map(TaskStatus::exit_code).collect();
        let expected = [
            Some(7),
            Some(7),
            None,
            Some(7),
            Some(7),
            Some(7),
            Some(7),
            None,
            Some(7),
            Some(0),
            Some(1),
            Some(5),
            Some(6),
        ];
        assert_eq!(codes, expected);
    }

    #[test]
    fn a_stopping_task_is_never_completed() {
        assert!(!Stopping.can_become(Completed));
        for ended in TaskStatus::all().filter(|status| status.is_ended()) {
            assert!(ended.can_become(Queued) && !ended.can_become(Interrupted), "{ended}");
        }
    }
}
