//! What the tests of this package stand on.

use conductor_core::api::Caller;
use conductor_core::api::dto::{AttentionItem, AttentionKind, TaskView};
use conductor_core::model::{TaskStatus, Workflow};

use crate::door::Door;

/// A root of its own, and the way to it.
pub struct Bed {
    /// The person's home, removed with it.
    _home: tempfile::TempDir,
    /// The way to it.
    pub door: Door,
}

impl Bed {
    /// An empty one.
    pub fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path();
        let env =
            [("HOME".into(), folder.as_os_str().to_owned()), ("PATH".into(), "/usr/bin:/bin".into())].into();
        let (root, cwd) = (Some(folder.join("root")), folder.to_owned());
        let door = Door::of(Caller { root, env, cwd, ..Caller::default() });
        Self { _home: home, door }
    }
}

/// A task of the project `shop`.
pub fn task(name: &str, status: TaskStatus) -> TaskView {
    TaskView {
        root: None,
        project: "shop".to_owned(),
        task: name.to_owned(),
        title: name.to_owned(),
        status,
        elsewhere: false,
        reason: None,
        agent: None,
        access: None,
        workflow: Workflow::default(),
        iteration: 0,
        runs: 0,
        created_at: None,
        started_at: None,
        updated_at: None,
        ended_at: None,
        cost_usd: None,
        keeps_awake: false,
        parent_task: None,
    }
}

/// An item of such a task.
pub fn item(name: &str, kind: AttentionKind) -> AttentionItem {
    AttentionItem {
        id: format!("{}-{name}", kind.as_str()),
        kind,
        project: "shop".to_owned(),
        task: name.to_owned(),
        text: String::new(),
        choices: Vec::new(),
        default: None,
        default_at: None,
        question: None,
        since: jiff::Timestamp::UNIX_EPOCH,
        hint: String::new(),
        seen: false,
    }
}
