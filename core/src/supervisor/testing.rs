//! What unit tests of the loop start from: tasks, states, and a world whose facts change one at a time.

use super::account::{self, RunEnd};
use super::apply;
use super::decide::{Facts, decide};
use super::step::{Concern, Markers, Needs, Step};
use crate::model::task::OpenQuestion;
use crate::model::{
    FailureClass, Limits, ProjectId, RunId, RunInfo, RunStatus, TaskId, TaskSpec, TaskState, TaskStatus,
};

/// A time that tests count from.
pub fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_800_000_000 + seconds).expect("a valid time")
}

/// A loop with the default limits.
pub fn spec() -> TaskSpec {
    TaskSpec {
        agent: Some("fake".to_owned()),
        limits: Limits {
            max_restarts: 50,
            max_failures: 5,
            idle_seconds: 900,
            wall_seconds: 28_800,
            depth: 3,
            ..Limits::default()
        },
        ..TaskSpec::new(
            ProjectId::new("demo").expect("a valid project"),
            TaskId::new("task-20261120-201300-fix-login").expect("a valid task"),
            at(0),
            "/src",
        )
    }
}

/// A task that was just asked for.
pub fn state() -> TaskState {
    TaskState::new(TaskStatus::Queued, at(0))
}

/// Facts that a test changes one at a time.
pub struct World {
    pub spec: TaskSpec,
    pub state: TaskState,
    pub last: Option<RunInfo>,
    pub now: i64,
    pub shutdown: bool,
    pub markers: Markers,
    pub needs: Needs,
    pub children: Vec<String>,
    pub reply: Option<String>,
    pub news: bool,
    pub word: bool,
    pub fallback: Option<String>,
}

impl World {
    pub fn new() -> Self {
        Self {
            spec: spec(),
            state: state(),
            last: None,
            now: 0,
            shutdown: false,
            markers: Markers::default(),
            needs: Needs::Met,
            children: Vec::new(),
            reply: None,
            news: false,
            word: false,
            fallback: None,
        }
    }

    /// After a run that ended with this status.
    pub fn after(status: RunStatus) -> Self {
        let mut world = Self::new();
        world.state.status = TaskStatus::Running;
        world.run_ends(status, None, true);
        world
    }

    pub fn decide(&self) -> Step {
        decide(&Facts {
            spec: &self.spec,
            state: &self.state,
            last: self.last.as_ref(),
            now: at(self.now),
            shutdown: self.shutdown,
            markers: self.markers,
            needs: &self.needs,
            children: &self.children,
            reply: self.reply.as_deref(),
            news: self.news,
            word: self.word,
            fallback: self.fallback.as_deref(),
        })
    }

    pub fn run_ends(&mut self, status: RunStatus, failure: Option<FailureClass>, changed: bool) {
        let mut info = RunInfo::new(
            self.spec.project_id.clone(),
            self.spec.task_id.clone(),
            RunId::generate(),
            self.state.agent.as_deref().unwrap_or("fake"),
        );
        info.status = status;
        info.failure = failure;
        let now = at(self.now);
        account::account(
            &mut self.state,
            &RunEnd {
                info: &info,
                seconds: 1,
                changed,
                fingerprint: None,
                question: None,
                answered: false,
                now,
            },
        );
        self.last = Some(info);
    }

    pub fn ask(&mut self, about: Option<Concern>) {
        let question = question_about(about, self.now);
        apply::ask(&mut self.state, question);
    }
}

pub fn question_about(about: Option<Concern>, now: i64) -> OpenQuestion {
    OpenQuestion {
        msg_id: crate::model::MessageId(Default::default()),
        text: "Which way?".to_owned(),
        choices: Vec::new(),
        default: Some("left".to_owned()),
        default_at: Some(at(now + 60)),
        asked_at: at(now),
        about: about.map(|concern| concern.as_str().to_owned()),
    }
}
