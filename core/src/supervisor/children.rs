//! The tasks that a task's runs started, found by what their own files say.
//!
//! Not by the process tree: a child has a supervisor of its own, in its own session, and outlives
//! whatever started it.

use std::collections::HashSet;
use std::path::Path;

use super::mend;
use crate::model::{ProjectId, RunId, TaskId, TaskSpec, TaskStatus};
use crate::store::{Root, StoreError, TaskDir};

/// A task that was started by a run of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildTask {
    /// Its project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// Its status; one that claims to be alive without a supervisor is `interrupted`.
    pub status: TaskStatus,
}

/// The children of a task that have not ended. Looks at live tasks only, so the size of the root does
/// not matter; a child whose state is damaged counts as `interrupted`. Whose child a task is without its task.yaml
/// is told by the journal.
///
/// # Errors
/// When the list of live tasks or the task's runs cannot be read.
pub fn active(root: &Root, project: &ProjectId, task: &TaskId) -> Result<Vec<ChildTask>, StoreError> {
    let live = root.live_list()?;
    Ok(among(root, project, task, live)?.into_iter().filter(|child| !child.status.is_ended()).collect())
}

/// All children of a task, ended ones included, oldest name first. Walks every task of the root.
///
/// # Errors
/// When the root cannot be read.
pub fn all(root: &Root, project: &ProjectId, task: &TaskId) -> Result<Vec<ChildTask>, StoreError> {
    let mut tasks = Vec::new();
    for id in root.projects()? {
        tasks.extend(root.project(&id)?.tasks()?.into_iter().map(|task| (id.clone(), task)));
    }
    among(root, project, task, tasks)
}

/// Other tasks that have not ended and work in the same folder.
///
/// # Errors
/// When the list of live tasks cannot be read.
pub fn same_folder(root: &Root, spec: &TaskSpec) -> Result<Vec<(ProjectId, TaskId)>, StoreError> {
    let mut found = Vec::new();
    for (project, task) in root.live_list()? {
        let own = project == spec.project_id && task == spec.task_id;
        let Ok(dir) = root.task(&project, &task) else { continue };
        let Ok(other) = dir.spec() else { continue };
        if !own && Path::new(&other.cwd) == Path::new(&spec.cwd) && !is_ended(&dir) {
            found.push((project, task));
        }
    }
    Ok(found)
}

/// The status as it is to be believed: who claims to be alive holds the task's lock.
///
/// # Errors
/// When state or lock cannot be read.
pub fn checked_status(task: &TaskDir) -> Result<TaskStatus, StoreError> {
    let status = task.status()?;
    if status.is_owned() && !task.is_supervised()? {
        // Between the two looks it may have ended as it should.
        let again = task.status()?;
        return Ok(if again.is_owned() && !task.is_supervised()? { TaskStatus::Interrupted } else { again });
    }
    Ok(status)
}

fn among(
    root: &Root,
    project: &ProjectId,
    task: &TaskId,
    tasks: Vec<(ProjectId, TaskId)>,
) -> Result<Vec<ChildTask>, StoreError> {
    let parent = format!("{project}/{task}");
    let runs: HashSet<RunId> = root.task(project, task)?.runs()?.into_iter().collect();
    let mut children = Vec::new();
    for (project, task) in tasks {
        let Ok(dir) = root.task(&project, &task) else { continue };
        let Ok((spec, _)) = mend::spec_or_stand_in(&dir) else { continue };
        let named = spec.parent_task.as_deref() == Some(&parent);
        if !named && !spec.parent_run_id.is_some_and(|run| runs.contains(&run)) {
            continue;
        }
        let status = match checked_status(&dir) {
            // Its processes may live all the same; who takes it next makes its state anew.
            Err(error) if error.is_lost() => TaskStatus::Interrupted,
            Err(_) => continue,
            Ok(status) => status,
        };
        children.push(ChildTask { project, task, status });
    }
    Ok(children)
}

fn is_ended(task: &TaskDir) -> bool {
    task.state().is_ok_and(|state| state.is_some_and(|state| state.status.is_ended()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RunInfo;
    use crate::supervisor::testbed::{make, project, root, set, spec, task_id};

    #[test]
    fn c9_children_are_found_wherever_their_folder_is() {
        let (_folder, root) = root();
        let parent = make(&root, &spec("parent"), Some(TaskStatus::Running));
        let run = RunId::generate();
        let info = RunInfo::new(project(), task_id("parent"), run.clone(), "fake");
        parent.create_run(&info).expect("a run");
        let elsewhere = ProjectId::new("elsewhere").expect("a project");
        root.create_project(&elsewhere, Path::new("/")).expect("a project");
        let far = TaskSpec { project_id: elsewhere.clone(), parent_run_id: Some(run), ..spec("far") };
        let near = TaskSpec { parent_task: Some(format!("demo/{}", task_id("parent"))), ..spec("near") };
        let (far, near) = (make(&root, &far, None), make(&root, &near, None));
        make(&root, &spec("stranger"), None);
        for slug in ["near", "stranger"] {
            root.live_add(&project(), &task_id(slug)).expect("an entry");
        }
        root.live_add(&elsewhere, &task_id("far")).expect("an entry");
        let names = |found: Vec<ChildTask>| found.into_iter().map(|child| child.task).collect::<Vec<_>>();
        let look = || active(&root, &project(), &task_id("parent")).expect("readable tasks");
        assert_eq!(names(look()), [task_id("near"), task_id("far")]);
        set(&far, TaskStatus::TimedOut);
        assert_eq!(names(look()), [task_id("near")], "a time-out is an end, not a wait");
        set(&near, TaskStatus::Running);
        assert_eq!(look()[0].status, TaskStatus::Interrupted, "nobody holds its lock");
        let every = all(&root, &project(), &task_id("parent")).expect("readable tasks");
        assert_eq!(names(every), [task_id("near"), task_id("far")]);
    }

    #[test]
    fn tasks_in_one_folder_know_of_each_other() {
        let (_folder, root) = root();
        for (slug, cwd, status) in [
            ("a", "/src/", TaskStatus::Running),
            ("b", "/src", TaskStatus::Failed),
            ("c", "/", TaskStatus::Running),
        ] {
            make(&root, &TaskSpec { cwd: cwd.to_owned(), ..spec(slug) }, Some(status));
            root.live_add(&project(), &task_id(slug)).expect("an entry");
        }
        let new = TaskSpec { cwd: "/src".to_owned(), ..spec("new") };
        let found = same_folder(&root, &new).expect("readable tasks");
        assert_eq!(found, [(project(), task_id("a"))]);
    }
}
