//! Dependencies between tasks: all of them must be completed before a task starts.
//!
//! Knows the tasks' files, not who waits for them or how.

use std::collections::HashSet;
use std::fmt;

use crate::model::task::OnDependencyFailure;
use crate::model::{IdError, ProjectId, TaskId, TaskSpec, TaskStatus};
use crate::store::{Root, StoreError};

/// How a task's dependencies stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dependencies {
    /// Nothing stands in the way; these failed and are ignored, as was asked.
    Ready(Vec<Unmet>),
    /// These are not completed yet.
    Waiting(Vec<Unmet>),
    /// These will not be completed: the task fails.
    Failed(Vec<Unmet>),
}

/// A dependency that is not completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// As the task names it.
    pub name: String,
    /// Its status; none when it has not started, or is not there any more.
    pub status: Option<TaskStatus>,
    /// Whether its folder is gone.
    pub missing: bool,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} ({})", self.name, status.words()),
            None if self.missing => write!(f, "{} (does not exist any more)", self.name),
            None => write!(f, "{} (not started)", self.name),
        }
    }
}

impl fmt::Display for Dependencies {
    /// For a task's reason: `waits for a (running), b (queued)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, unmet) = match self {
            Dependencies::Ready(unmet) if unmet.is_empty() => {
                return f.write_str("all dependencies are completed");
            }
            Dependencies::Ready(unmet) => ("goes on in spite of", unmet),
            Dependencies::Waiting(unmet) => ("waits for", unmet),
            Dependencies::Failed(unmet) => ("cannot start without", unmet),
        };
        let names: Vec<_> = unmet.iter().map(Unmet::to_string).collect();
        write!(f, "{words} {}", names.join(", "))
    }
}

/// Why a task may not depend on another: which one, and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("dependency {name:?}: {kind}")]
pub struct DependError {
    /// As the task names it.
    pub name: String,
    /// What is wrong with it.
    #[source]
    pub kind: DependErrorKind,
}

/// What is wrong with a dependency.
#[derive(Debug, thiserror::Error)]
pub enum DependErrorKind {
    /// It is not a name of a task.
    #[error(transparent)]
    Name(#[from] IdError),
    /// There is no such task.
    #[error("there is no such task")]
    Unknown,
    /// It depends on the task itself, through these.
    #[error("depends on this task itself ({})", .0.join(" → "))]
    Cycle(Vec<String>),
    /// Its files cannot be read.
    #[error(transparent)]
    Store(StoreError),
}

/// Checks what a new task depends on: every task is there, and none depends on the new one.
///
/// # Errors
/// For the first dependency that is unknown or leads back to the task.
pub fn check_new(root: &Root, spec: &TaskSpec) -> Result<(), DependError> {
    let own = (spec.project_id.clone(), spec.task_id.clone());
    for name in &spec.depends_on {
        let fail = |kind| DependError { name: name.clone(), kind };
        let target = locate(&spec.project_id, name).map_err(|error| fail(error.into()))?;
        if target != own && root.task(&target.0, &target.1).is_err() {
            return Err(fail(DependErrorKind::Unknown));
        }
        let mut trail = vec![own.1.to_string()];
        if leads_to(root, &target, &own, &mut trail, &mut HashSet::new()).map_err(|kind| fail(kind.into()))? {
            return Err(fail(DependErrorKind::Cycle(trail)));
        }
    }
    Ok(())
}

/// How the dependencies of a task stand now, with what was asked for when one fails.
///
/// # Errors
/// When a dependency's state is damaged.
pub fn look(root: &Root, spec: &TaskSpec) -> Result<Dependencies, StoreError> {
    let (mut waiting, mut failed) = (Vec::new(), Vec::new());
    for name in &spec.depends_on {
        let unmet = stand(root, spec, name)?;
        match unmet.status {
            Some(TaskStatus::Completed) => {}
            Some(status) if status.is_ended() => failed.push(unmet),
            None if unmet.missing => failed.push(unmet),
            _ => waiting.push(unmet),
        }
    }
    Ok(match spec.on_dependency_failure {
        OnDependencyFailure::Fail if !failed.is_empty() => Dependencies::Failed(failed),
        OnDependencyFailure::Wait if !failed.is_empty() => {
            failed.append(&mut waiting);
            Dependencies::Waiting(failed)
        }
        _ if !waiting.is_empty() => Dependencies::Waiting(waiting),
        _ => Dependencies::Ready(failed),
    })
}

/// The task that a dependency names: one of the same project, or `project/task`.
///
/// # Errors
/// When it is not a name of a task.
pub fn locate(project: &ProjectId, name: &str) -> Result<(ProjectId, TaskId), IdError> {
    match name.split_once('/') {
        Some((project, task)) => Ok((ProjectId::from_disk(project)?, TaskId::from_disk(task)?)),
        None => Ok((project.clone(), TaskId::from_disk(name)?)),
    }
}

fn stand(root: &Root, spec: &TaskSpec, name: &str) -> Result<Unmet, StoreError> {
    let gone = Unmet { name: name.to_owned(), status: None, missing: true };
    let Ok((project, task)) = locate(&spec.project_id, name) else { return Ok(gone) };
    match root.task(&project, &task) {
        Ok(task) => {
            let status = task.state()?.map(|state| state.status);
            Ok(Unmet { status, missing: false, ..gone })
        }
        Err(error) if error.is_not_found() => Ok(gone),
        Err(error) => Err(error),
    }
}

/// Whether `from` is `goal` or depends on it; `trail` then holds the way.
fn leads_to(
    root: &Root,
    from: &(ProjectId, TaskId),
    goal: &(ProjectId, TaskId),
    trail: &mut Vec<String>,
    seen: &mut HashSet<(ProjectId, TaskId)>,
) -> Result<bool, StoreError> {
    trail.push(from.1.to_string());
    if from == goal {
        return Ok(true);
    }
    if seen.insert(from.clone()) {
        let spec = match root.task(&from.0, &from.1).and_then(|task| task.spec()) {
            Ok(spec) => spec,
            Err(error) if error.is_not_found() => return Ok(pop(trail)),
            Err(error) => return Err(error),
        };
        for name in &spec.depends_on {
            let Ok(next) = locate(&spec.project_id, name) else { continue };
            if leads_to(root, &next, goal, trail, seen)? {
                return Ok(true);
            }
        }
    }
    Ok(pop(trail))
}

fn pop(trail: &mut Vec<String>) -> bool {
    trail.pop();
    false
}

impl From<StoreError> for DependErrorKind {
    fn from(error: StoreError) -> Self {
        DependErrorKind::Store(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::testbed::{make, root, set, spec, task_id};

    fn on(slug: &str, names: &[&str]) -> TaskSpec {
        TaskSpec { depends_on: names.iter().map(|name| task_id(name).to_string()).collect(), ..spec(slug) }
    }

    #[test]
    fn unknown_tasks_and_cycles_are_refused() {
        let (_folder, root) = root();
        let unknown = check_new(&root, &on("a", &["b"])).expect_err("there is no b");
        assert!(matches!(unknown.kind, DependErrorKind::Unknown), "{unknown}");
        let itself = check_new(&root, &on("a", &["a"])).expect_err("a is itself");
        assert!(matches!(itself.kind, DependErrorKind::Cycle(_)), "{itself}");
        make(&root, &on("c", &["a"]), None);
        make(&root, &on("b", &["c"]), None);
        let cycle = check_new(&root, &on("a", &["b"])).expect_err("a → b → c → a");
        let DependErrorKind::Cycle(trail) = cycle.kind else { panic!("{cycle}") };
        assert_eq!(trail, ["a", "b", "c", "a"].map(|slug| task_id(slug).to_string()));
        check_new(&root, &on("d", &["b", "c"])).expect("b and c do not lead to d");
        let name = check_new(&root, &TaskSpec { depends_on: vec!["x/..".to_owned()], ..spec("a") });
        assert!(matches!(name.expect_err("no task").kind, DependErrorKind::Name(_)));
    }

    #[test]
    fn all_dependencies_must_be_completed() {
        let (_folder, root) = root();
        let (first, second) = (make(&root, &spec("a"), None), make(&root, &spec("b"), None));
        let look = |root: &Root| look(root, &on("c", &["a", "b"])).expect("readable tasks");
        assert!(matches!(look(&root), Dependencies::Waiting(unmet) if unmet.len() == 2));
        set(&first, TaskStatus::Completed);
        set(&second, TaskStatus::Interrupted);
        let standing = look(&root);
        let words = format!("waits for {} (interrupted)", task_id("b"));
        assert_eq!(standing.to_string(), words);
        set(&second, TaskStatus::Completed);
        assert_eq!(look(&root), Dependencies::Ready(Vec::new()));
    }

    #[test]
    fn c12_a_failed_dependency_is_named_and_does_what_was_asked() {
        let (_folder, root) = root();
        make(&root, &spec("a"), Some(TaskStatus::Failed));
        make(&root, &spec("b"), Some(TaskStatus::Running));
        let mut dependent = on("c", &["b", "a"]);
        let failed = look(&root, &dependent).expect("readable tasks");
        assert_eq!(failed.to_string(), format!("cannot start without {} (failed)", task_id("a")));
        dependent.on_dependency_failure = OnDependencyFailure::Wait;
        let waits = look(&root, &dependent).expect("readable tasks");
        let words = format!("waits for {} (failed), {} (running)", task_id("a"), task_id("b"));
        assert_eq!(waits.to_string(), words);
        dependent.on_dependency_failure = OnDependencyFailure::Ignore;
        assert!(matches!(look(&root, &dependent), Ok(Dependencies::Waiting(unmet)) if unmet.len() == 1));
        dependent.depends_on = vec![format!("demo/{}", task_id("a")), task_id("gone").to_string()];
        let ready = look(&root, &dependent).expect("readable tasks");
        assert!(matches!(&ready, Dependencies::Ready(ignored) if ignored.len() == 2), "{ready}");
        dependent.on_dependency_failure = OnDependencyFailure::Fail;
        let gone = look(&root, &dependent).expect("readable tasks").to_string();
        assert!(gone.ends_with("gone (does not exist any more)"), "{gone}");
    }
}
