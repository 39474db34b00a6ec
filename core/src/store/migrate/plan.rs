//! What a migration would do, found out without writing a byte.

use std::path::{Path, PathBuf};

use super::super::dir::Dir;
use super::super::error::{Listed, Result, StoreError, StoreErrorKind, optional};
use super::super::root::{Root, RootKind};
use super::super::yaml;
use super::copy::{self, LeftOut};
use super::{CONDUCTOR, LOCK_FILE, RECORD_FILE, Record};
use crate::model::RunStatus;

/// How far an earlier attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// There was none.
    New,
    /// A copy was begun; it is gone on with.
    Begun,
    /// The root is ours already; only the original has to get its name.
    Switched,
}

/// What a migration would do.
#[derive(Debug)]
pub struct Plan {
    /// The root.
    pub root: PathBuf,
    /// Where the copy is made.
    pub staging: PathBuf,
    /// How far an earlier attempt came.
    pub stage: Stage,
    /// Projects in it.
    pub projects: usize,
    /// Tasks in it.
    pub tasks: usize,
    /// Runs in it.
    pub runs: usize,
    /// Files to copy.
    pub files: u64,
    /// Bytes to copy.
    pub bytes: u64,
    /// Files that get another name, relative to the root: from, to.
    pub renamed: Vec<(PathBuf, PathBuf)>,
    /// What is not copied, and stays in the original only.
    pub left_out: Vec<LeftOut>,
    /// Runs and tasks whose files cannot be read; they are copied as they are.
    pub damaged: Vec<StoreError>,
    /// A run that still lives: nothing is done while it does.
    pub running: Option<String>,
    pub(super) parent: PathBuf,
    pub(super) name: String,
}

/// Looks at a foreign root and says what [`super::execute`] would do. Writes nothing.
///
/// # Errors
/// [`StoreErrorKind::NotForeign`] for a root that is ours already or empty;
/// [`StoreErrorKind::AlreadyExists`] when something else stands where the copy would be made.
pub fn plan(path: &Path) -> Result<Plan> {
    let mut plan = empty(path)?;
    let root = Root::open(&plan.root)?;
    plan.stage = stage(&root, &plan.staging)?;
    if plan.stage != Stage::Switched {
        count(&root, &mut plan)?;
        let totals = copy::survey(&root)?;
        (plan.files, plan.bytes, plan.left_out) = (totals.files, totals.bytes, totals.left_out);
        plan.renamed = totals.renamed;
        plan.running = running(&root)?;
    }
    Ok(plan)
}

fn empty(path: &Path) -> Result<Plan> {
    let root = std::fs::canonicalize(path).map_err(|error| StoreError::io(path, "resolve", error))?;
    let no_name = || StoreError::new(&root, StoreErrorKind::Escapes);
    let parent = root.parent().ok_or_else(no_name)?.to_owned();
    let name = root.file_name().and_then(|name| name.to_str()).ok_or_else(no_name)?.to_owned();
    Ok(Plan {
        staging: parent.join(format!(".{name}.migrating")),
        stage: Stage::New,
        projects: 0,
        tasks: 0,
        runs: 0,
        files: 0,
        bytes: 0,
        renamed: Vec::new(),
        left_out: Vec::new(),
        damaged: Vec::new(),
        running: None,
        root,
        parent,
        name,
    })
}

fn stage(root: &Root, staging: &Path) -> Result<Stage> {
    let beside = optional(Dir::open(staging))?;
    match (root.kind(), beside) {
        (RootKind::Foreign, None) => Ok(Stage::New),
        (RootKind::Foreign, Some(beside)) if is_our_copy(root, &beside)? => Ok(Stage::Begun),
        (RootKind::Foreign, Some(_)) => Err(StoreError::new(staging, StoreErrorKind::AlreadyExists)),
        (RootKind::Own { .. }, Some(beside)) if is_our_copy_of(root.dir(), &beside)? => Ok(Stage::Switched),
        (RootKind::Own { .. } | RootKind::Fresh | RootKind::Damaged, _) => {
            Err(StoreError::new(root.path(), StoreErrorKind::NotForeign))
        }
    }
}

/// Whether `copy` is one that an earlier attempt began for this root, however little of it is there.
fn is_our_copy(root: &Root, copy: &Dir) -> Result<bool> {
    if is_our_copy_of(copy, root.dir())? {
        return Ok(true);
    }
    let only_conductor = copy.entries()?.iter().all(|entry| entry.name == CONDUCTOR);
    let conductor = optional(copy.sub(CONDUCTOR))?;
    let only_lock = |dir: Dir| {
        Ok(dir.entries()?.iter().all(|entry| entry.name == LOCK_FILE || entry.name.starts_with('.')))
    };
    Ok(only_conductor && conductor.map_or(Ok(true), only_lock)?)
}

fn is_our_copy_of(copy: &Dir, original: &Dir) -> Result<bool> {
    let Some(conductor) = optional(copy.sub(CONDUCTOR))? else { return Ok(false) };
    match optional(yaml::read::<Record>(&conductor, RECORD_FILE))? {
        Some(record) => record.is_of(original),
        None => Ok(false),
    }
}

fn count(root: &Root, plan: &mut Plan) -> Result<()> {
    for project in root.projects()? {
        plan.projects += 1;
        let project = root.project(&project)?;
        for task in project.tasks()? {
            plan.tasks += 1;
            let task = project.task(&task)?;
            let runs = task.run_infos()?;
            plan.runs += runs.len();
            plan.damaged.extend(runs.into_iter().filter_map(|run| match run {
                Listed::Ok(_) => None,
                Listed::Damaged { reason, .. } => Some(reason),
            }));
            plan.damaged.extend(task.spec().err());
        }
    }
    Ok(())
}

/// A run that still lives, as `project/task/run`.
pub(super) fn running(root: &Root) -> Result<Option<String>> {
    for project in root.projects()? {
        let project = root.project(&project)?;
        for task in project.tasks()? {
            let infos = project.task(&task)?.run_infos()?;
            let alive =
                infos.into_iter().filter_map(Listed::ok).find(|info| info.status == RunStatus::Running);
            if let Some(info) = alive {
                return Ok(Some(format!("{}/{task}/{}", project.id(), info.run_id)));
            }
        }
    }
    Ok(None)
}

impl Plan {
    /// Whether the root can be migrated now.
    pub fn is_possible(&self) -> bool {
        self.running.is_none()
    }
}
