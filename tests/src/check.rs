//! What must hold of a root once everything on it has ended, whatever died before.

use std::collections::BTreeMap;

use conductor_core::bus::{Bus, Query};
use conductor_core::model::{MessageKind, ProjectId, TaskStatus};
use conductor_core::store::{Listed, Root, TaskDir};

/// What was read, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Look {
    /// Files of the formats that were read: state, run-info, buses.
    pub files: usize,
    /// Every PROGRESS message of every task, and how often it is there.
    pub bodies: BTreeMap<String, usize>,
    /// What is wrong, in words.
    pub wrong: Vec<String>,
}

/// Every task of a root, or what hides it.
pub fn tasks(root: &Root) -> Result<Vec<TaskDir>, String> {
    let mut all = Vec::new();
    for project in root.projects().map_err(|error| error.to_string())? {
        let project = root.project(&project).map_err(|error| error.to_string())?;
        for task in project.tasks().map_err(|error| error.to_string())? {
            all.push(project.task(&task).map_err(|error| error.to_string())?);
        }
    }
    Ok(all)
}

/// Tasks whose file claims a supervisor that does not live. `interrupted` claims none.
pub fn ownerless(root: &Root) -> Vec<String> {
    let all = match tasks(root) {
        Ok(all) => all,
        Err(error) => return vec![error],
    };
    let mut wrong = Vec::new();
    for task in all {
        match (task.state(), task.is_supervised()) {
            (Ok(Some(state)), Ok(false))
                if state.status.is_owned() && state.status != TaskStatus::Interrupted =>
            {
                wrong.push(format!("{} is {} without an owner", task.id(), state.status));
            }
            (Ok(_), Ok(_)) => {}
            (Err(error), _) | (_, Err(error)) => wrong.push(error.to_string()),
        }
    }
    wrong
}

/// Tasks that have not ended.
pub fn not_ended(root: &Root) -> Vec<String> {
    let open = |task: &TaskDir| !matches!(task.state(), Ok(Some(state)) if state.status.is_ended());
    match tasks(root) {
        Ok(all) => all.iter().filter(|task| open(task)).map(|task| task.id().to_string()).collect(),
        Err(error) => vec![error],
    }
}

/// Reads everything: every task ended as `expected`, said so `endings` times on its project's bus, none
/// of its runs is open, and no file is damaged.
pub fn everything(root: &Root, expected: TaskStatus, endings: usize) -> Look {
    let mut look = Look::default();
    if let Err(error) = look.at(root, expected, endings) {
        look.wrong.push(error);
    }
    let live = root.live_list().map_err(|error| error.to_string());
    match live {
        Ok(live) if live.is_empty() => {}
        live => look.wrong.push(format!("named as live after the end: {live:?}")),
    }
    look
}

impl Look {
    fn at(&mut self, root: &Root, expected: TaskStatus, endings: usize) -> Result<(), String> {
        let mut by_project: BTreeMap<ProjectId, usize> = BTreeMap::new();
        for task in tasks(root)? {
            *by_project.entry(task.project().clone()).or_default() += 1;
            self.state(&task, expected);
            self.runs(&task)?;
            for body in self.messages(&Bus::task(&task))? {
                *self.bodies.entry(body).or_default() += 1;
            }
        }
        for (project, tasks) in by_project {
            let project = root.project(&project).map_err(|error| error.to_string())?;
            self.facts(&Bus::project(&project), tasks, endings)?;
        }
        Ok(())
    }

    fn state(&mut self, task: &TaskDir, expected: TaskStatus) {
        self.files += 1;
        match task.state() {
            Ok(Some(state)) if state.status == expected => {}
            Ok(Some(state)) => self.wrong.push(format!(
                "{} ended as {}: {:?} {:?}",
                task.id(),
                state.status,
                state.reason,
                state.error
            )),
            Ok(None) => self.wrong.push(format!("{} has no state", task.id())),
            Err(error) => self.wrong.push(error.to_string()),
        }
    }

    fn runs(&mut self, task: &TaskDir) -> Result<(), String> {
        for listed in task.run_infos().map_err(|error| error.to_string())? {
            self.files += 1;
            match listed {
                Listed::Ok(info) if info.status.is_ended() => {}
                Listed::Ok(info) => {
                    self.wrong.push(format!("run {} of an ended task is {}", info.run_id, info.status));
                }
                Listed::Damaged { path, reason, .. } => {
                    self.wrong.push(format!("{}: {reason}", path.display()));
                }
            }
        }
        Ok(())
    }

    fn messages(&mut self, bus: &Bus) -> Result<Vec<String>, String> {
        self.files += 1;
        let query = Query::default().kind(MessageKind::PROGRESS);
        let read = bus.read(&query).map_err(|error| error.to_string())?;
        let problems = bus.verify().map_err(|error| error.to_string())?.problems;
        if !problems.is_empty() {
            self.wrong.push(format!("{}: {problems:?}", bus.path().display()));
        }
        Ok(read.into_iter().map(|message| message.body).collect())
    }

    /// One completion fact for each ending of a task, no more and no less.
    fn facts(&mut self, bus: &Bus, tasks: usize, endings: usize) -> Result<(), String> {
        self.files += 1;
        let query = Query::default().kind(MessageKind::TASK_DONE);
        let mut by_task: BTreeMap<String, usize> = BTreeMap::new();
        for message in bus.read(&query).map_err(|error| error.to_string())? {
            *by_task.entry(message.task_id.unwrap_or_default()).or_default() += 1;
        }
        if by_task.len() != tasks || by_task.values().any(|count| *count != endings) {
            self.wrong.push(format!("{tasks} tasks, completion facts {by_task:?}"));
        }
        Ok(())
    }
}
