//! How tasks belong together: what one waits for, what waits for it, and the tree that its runs started.

use serde::Serialize;

use super::dto::{RunView, TaskView};
use super::{ApiError, App};
use crate::model::{ProjectId, TaskId, TaskStatus};
use crate::store::TaskDir;
use crate::store::index::TaskFilter;
use crate::supervisor::{children, depend};

/// Tasks of a tree at most.
const NODES: usize = 1000;

/// What a task waits for, and what waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Relations {
    /// What must be completed first.
    pub depends_on: Vec<Related>,
    /// What waits for it.
    pub needed_by: Vec<Related>,
}

/// A task that another one is related to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Related {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// Its status, checked against its lock; absent for one that is not there any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<TaskStatus>,
}

/// A task with its runs and the tasks that they started.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema), schema(no_recursion))]
pub struct TreeView {
    /// The task.
    #[serde(flatten)]
    pub task: TaskView,
    /// Its runs, oldest first.
    pub run_list: Vec<RunView>,
    /// The tasks that they started.
    pub children: Vec<TreeView>,
}

impl App {
    /// What a task waits for, and what waits for it.
    ///
    /// # Errors
    /// When its files or the root cannot be read.
    pub fn relations(&self, task: &TaskDir) -> Result<Relations, ApiError> {
        let spec = task.spec()?;
        let (project, id) = (task.project(), task.id());
        let mut depends_on = Vec::new();
        for name in &spec.depends_on {
            let (project, task) = depend::locate(project, name)?;
            depends_on.push(self.related(project, task));
        }
        let all = self.with_index(task.root(), |index| index.tasks(&TaskFilter::default()))?;
        let waits = |names: &[String], of: &ProjectId| {
            let located = names.iter().filter_map(|name| depend::locate(of, name).ok());
            located.into_iter().any(|(at, name)| at == *project && name == *id)
        };
        let needed_by = all.into_iter().filter(|other| waits(&other.depends_on, &other.project));
        let needed_by = needed_by.map(|other| self.related(other.project, other.task)).collect();
        Ok(Relations { depends_on, needed_by })
    }

    fn related(&self, project: ProjectId, task: TaskId) -> Related {
        let status = self.task_at(&project, &task).and_then(|task| self.check(&task, None)).ok();
        Related {
            project: project.to_string(),
            task: task.to_string(),
            status: status.map(|checked| checked.status),
        }
    }

    /// A task with its runs and all that they started.
    ///
    /// # Errors
    /// When its files cannot be read. A damaged task below it is left out; `detail` of its parent names it.
    pub fn tree(&self, task: &TaskDir) -> Result<TreeView, ApiError> {
        self.tree_of(task, &mut 0)
    }

    fn tree_of(&self, task: &TaskDir, nodes: &mut usize) -> Result<TreeView, ApiError> {
        *nodes += 1;
        let root = task.root();
        let view = self.view(task)?;
        let runs = task.run_infos()?.into_iter().filter_map(crate::store::Listed::ok);
        let run_list = runs.map(|info| self.checked_run(root, RunView::from(&info))).collect();
        let mut below = Vec::new();
        for child in children::all(root, task.project(), task.id())? {
            if *nodes >= NODES {
                break;
            }
            let child = root.task(&child.project, &child.task).map_err(ApiError::from);
            below.extend(child.and_then(|child| self.tree_of(&child, nodes)).ok());
        }
        Ok(TreeView { task: view, run_list, children: below })
    }
}
