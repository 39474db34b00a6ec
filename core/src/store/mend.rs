//! A root of ours that lost its `.conductor/`, or whose `root.yaml` is gone or torn: told by its tasks, made
//! whole again without touching them.

use jiff::Timestamp;

use super::dir::Dir;
use super::error::{Result, StoreErrorKind, optional};
use super::foreign;
use super::live::LIVE;
use super::root::{Root, RootKind, is_project};
use super::task::{SPEC_FILE, STATE_FILE, TaskDir};
use super::walk::{TaskFacts, walk};
use super::yaml;
use crate::model::TaskSpec;

/// The folder of `.conductor/` that holds [`LIVE`].
const STATE: &str = "state";

/// Whether a folder whose `root.yaml` says nothing is a root of ours: at least one task says that it is, or
/// there is such a file (`is_torn`), which no other system has; and no task is another system's.
pub(super) fn is_ours(root: &Dir, is_torn: bool) -> Result<bool> {
    let mut has_ours = is_torn;
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
    /// Makes `.conductor/` and `root.yaml` anew (a torn one stays as `root.yaml.damaged-<time>`), and names in `live/` the tasks that have not ended, so that
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
            let state = conductor.sub(STATE)?;
            let live = if has_lost_live(&state)? { fresh_live(&state) } else { state.sub(LIVE) };
            self.name_live(&tasks, &live?)
        })
    }

    /// Makes `state/live` anew where something that is no folder stands in its place, which is kept as
    /// `live.damaged-<time>`; whether it did. Under the lock of recovery.
    ///
    /// # Errors
    /// When the root may not be written, or its tasks cannot be listed.
    pub fn mend_live(&self) -> Result<bool> {
        let state = self.state_dir("")?;
        if !has_lost_live(&state)? {
            return Ok(false);
        }
        let tasks = walk(self)?.tasks;
        self.name_live(&tasks, &fresh_live(&state)?)?;
        Ok(true)
    }

    /// Names those of the tasks as live that have not ended.
    fn name_live(&self, tasks: &[TaskFacts], live: &Dir) -> Result<()> {
        for facts in tasks {
            let may_live = self.task(&facts.project, &facts.id).is_ok_and(|task| may_live(&task));
            if may_live {
                let folder = live.make_sub(facts.project.as_str())?;
                folder.create_new(facts.id.as_str(), b"")?;
            }
        }
        Ok(())
    }
}

/// Makes the folder of live tasks anew; what stands in its place is kept.
fn fresh_live(state: &Dir) -> Result<Dir> {
    // A file has its second name then, and this one still.
    state.keep_damaged(LIVE, Timestamp::now())?;
    state.remove(LIVE)?;
    state.make_sub(LIVE)
}

/// Whether the folder of live tasks cannot be one: it is gone, or something else stands in its place.
fn has_lost_live(state: &Dir) -> Result<bool> {
    match state.sub(LIVE) {
        Ok(_) => Ok(false),
        Err(error) if error.is_lost() || matches!(error.kind, StoreErrorKind::NotAFolder) => Ok(true),
        Err(error) => Err(error),
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
    use crate::store::StoreErrorKind;
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
    fn a_torn_root_file_is_as_good_as_none_and_kept_aside() {
        for torn in ["", "version: 1\nroot_", "\u{0}\u{0}", "- a list\n"] {
            let (_folder, root) = root();
            let live = task(&root, 1, TaskStatus::Running, 3);
            let file = root.path().join(".conductor/root.yaml");
            std::fs::write(&file, torn).expect("written");
            let found = Root::open(root.path()).expect("opens");
            assert_eq!(found.kind(), &RootKind::Damaged, "{torn:?}");
            assert_eq!(std::fs::read_to_string(&file).expect("a file"), torn, "looking changes nothing");
            let root = found.mend().expect("mended");
            root.writable().expect("ours again");
            assert_eq!(root.live_list().expect("listed"), [(live.project().clone(), live.id().clone())]);
            let names = root.conductor().and_then(|dir| dir.entries()).expect("listed");
            let kept = names.iter().find(|entry| entry.name.starts_with("root.yaml.damaged-"));
            let kept = root.path().join(".conductor").join(&kept.expect("kept").name);
            assert_eq!(std::fs::read_to_string(kept).expect("a file"), torn);
        }
    }

    #[test]
    fn a_torn_root_file_in_a_root_without_tasks_hinders_nobody() {
        let (_folder, root) = root();
        std::fs::write(root.path().join(".conductor/root.yaml"), "").expect("written");
        Root::open_or_init(root.path()).and_then(|root| root.writable()).expect("made anew");
        std::fs::create_dir(root.path().join("web")).expect("a project");
        std::fs::write(root.path().join(".conductor/root.yaml"), "").expect("written");
        assert_eq!(Root::open(root.path()).expect("opens").kind(), &RootKind::Damaged);
    }

    #[test]
    fn a_root_file_of_a_newer_version_is_never_taken_for_torn() {
        let (_folder, root) = root();
        let file = root.path().join(".conductor/root.yaml");
        let newer = "version: 2\nidentity: {name: X}\n";
        std::fs::write(&file, newer).expect("written");
        for opened in [Root::open(root.path()), Root::open_or_init(root.path())] {
            let kind = opened.expect_err("not known").kind;
            assert!(matches!(kind, StoreErrorKind::NewerVersion { found: 2, known: 1, .. }), "{kind}");
        }
        assert_eq!(std::fs::read_to_string(&file).expect("a file"), newer);
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
