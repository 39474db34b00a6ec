//! A root of ours that lost its `.conductor/` or the `root.yaml` in it: told by its tasks, made whole
//! again without touching them.

use super::dir::Dir;
use super::error::{Result, optional};
use super::foreign;
use super::live::LIVE;
use super::root::{Root, RootKind, is_project};
use super::task::{SPEC_FILE, STATE_FILE, TaskDir};
use super::walk::walk;
use super::yaml;
use crate::model::TaskSpec;

/// Whether a folder without `root.yaml` is a root of ours: at least one task says that it is, and none
/// is another system's.
pub(super) fn is_ours(root: &Dir) -> Result<bool> {
    let mut has_ours = false;
    for project in root.entries()?.into_iter().filter(|entry| entry.is_dir && is_project(&entry.name)) {
        let Some(folder) = optional(root.sub(&project.name))? else { continue };
        for task in folder.entries()?.into_iter().filter(|entry| entry.is_dir) {
            if is_our_task(&folder, &project.name, &task.name) {
                has_ours = true;
            } else if foreign::is_task(&folder, &task.name) && !has_file_of_ours(&folder, &task.name) {
                return Ok(false);
            }
        }
    }
    Ok(has_ours)
}

/// Whether `task.yaml` says that it is this very task.
fn is_our_task(project: &Dir, project_name: &str, name: &str) -> bool {
    let spec: Result<TaskSpec> = yaml::read(project, &format!("{name}/{SPEC_FILE}"));
    spec.is_ok_and(|spec| spec.project_id.as_str() == project_name && spec.task_id.as_str() == name)
}

/// Whether it is a damaged task of ours.
fn has_file_of_ours(project: &Dir, name: &str) -> bool {
    [SPEC_FILE, STATE_FILE].iter().any(|file| project.exists(format!("{name}/{file}")).unwrap_or(false))
}

impl Root {
    /// Makes `.conductor/` and `root.yaml` anew, and names in `live/` the tasks that have not ended, so that
    /// recovery finds them. The tasks themselves are not touched.
    ///
    /// # Errors
    /// When the root is not ours, or cannot be written.
    pub fn mend(&self) -> Result<Root> {
        if *self.kind() != RootKind::Damaged {
            self.writable()?;
            return Ok(self.clone());
        }
        let tasks = walk(self)?.tasks;
        Self::initialise(self.dir(), |conductor| {
            let live = conductor.sub(format!("state/{LIVE}"))?;
            for facts in &tasks {
                let may_live = self.task(&facts.project, &facts.id).is_ok_and(|task| may_live(&task));
                if may_live {
                    let folder = live.make_sub(facts.project.as_str())?;
                    folder.create_new(facts.id.as_str(), b"")?;
                }
            }
            Ok(())
        })
    }
}

/// Whether a task has not ended, as far as can be told.
fn may_live(task: &TaskDir) -> bool {
    let ended = task.state().is_ok_and(|state| state.is_some_and(|state| state.status.is_ended()));
    !ended || task.is_supervised().unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TaskStatus;
    use crate::store::testkit::{root, task};

    fn lose(root: &Root) -> Root {
        std::fs::remove_dir_all(root.path().join(".conductor")).expect("there is one");
        Root::open(root.path()).expect("opens")
    }

    #[test]
    fn what_has_not_ended_is_found_by_recovery_afterwards() {
        let (_folder, root) = root();
        let (ended, live) =
            (task(&root, 1, TaskStatus::Completed, 3), task(&root, 2, TaskStatus::Running, 3));
        let root = lose(&root);
        assert_eq!((root.kind(), root.is_foreign()), (&RootKind::Damaged, false));
        assert!(root.writable().is_err() && root.project(ended.project()).is_ok());
        let root = root.mend().expect("mended");
        root.writable().expect("ours again");
        assert_eq!(root.live_list().expect("listed"), [(live.project().clone(), live.id().clone())]);
    }

    #[test]
    fn a_root_with_a_task_of_another_system_is_left_alone() {
        let (_folder, root) = root();
        let made = task(&root, 1, TaskStatus::Completed, 3);
        let other = made.path().with_file_name("task-20260110-101500-theirs");
        std::fs::create_dir_all(other.join("runs")).expect("made");
        std::fs::write(other.join("TASK.md"), "theirs").expect("written");
        let root = lose(&root);
        assert!(root.is_foreign() && root.mend().is_err());
        assert!(!root.path().join(".conductor").exists());
    }
}
