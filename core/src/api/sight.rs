//! What is told to who may know of one task and those below it alone: nothing by which another could be known.

use super::dto::{TaskDetail, TaskView};
use super::feed::{Moment, MomentPage};
use super::relations::{Related, Relations, TreeView};
use super::{ApiError, App};
use crate::model::task::TaskError;
use crate::model::{ProjectId, TaskId};
use crate::store::TaskDir;
use crate::supervisor::depend;
use crate::supervisor::intent::SAME_FOLDER;

/// The task that somebody may know of, with those below it; none for who may know of all.
pub type Own = Option<(ProjectId, TaskId)>;

impl App {
    /// As [`App::detail`], for who may know of this.
    ///
    /// # Errors
    /// As [`App::detail`].
    pub fn detail_within(&self, task: &TaskDir, own: &Own) -> Result<TaskDetail, ApiError> {
        let mut detail = self.detail(task)?;
        detail.depends_on.retain(|name| self.is_known_name(own, task.project(), name));
        let names = self.unknown_names(task, own)?;
        self.cut_view(&mut detail.task, &names, own);
        detail.error = detail.error.map(|error| cut_error(error, &names));
        detail.warnings = self.warnings_within(detail.warnings, own);
        Ok(detail)
    }

    /// As [`App::relations`], for who may know of this.
    ///
    /// # Errors
    /// As [`App::relations`].
    pub fn relations_within(&self, task: &TaskDir, own: &Own) -> Result<Relations, ApiError> {
        let mut relations = self.relations(task)?;
        let is_known = |other: &Related| {
            let place = ProjectId::from_disk(&other.project).ok().zip(TaskId::from_disk(&other.task).ok());
            place.is_some_and(|(project, task)| self.is_known(own, (&project, &task)))
        };
        relations.depends_on.retain(is_known);
        relations.needed_by.retain(is_known);
        Ok(relations)
    }

    /// As [`App::tree`], for who may know of this.
    ///
    /// # Errors
    /// As [`App::tree`].
    pub fn tree_within(&self, task: &TaskDir, own: &Own) -> Result<TreeView, ApiError> {
        let mut tree = self.tree(task)?;
        if own.is_some() {
            self.cut_tree(&mut tree, own)?;
        }
        Ok(tree)
    }

    /// Takes out of moments of a task what not everybody may know.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn cut_moments(&self, task: &TaskDir, page: &mut MomentPage, own: &Own) -> Result<(), ApiError> {
        let names = self.unknown_names(task, own)?;
        for moment in &mut page.items {
            if let Moment::Status(standing) = moment {
                standing.reason = standing.reason.take().filter(|reason| !tells(reason, &names));
                standing.error = standing.error.take().map(|error| cut_error(error, &names));
            }
        }
        Ok(())
    }

    /// Warnings about a task, without those that name others.
    pub fn warnings_within(&self, warnings: Vec<String>, own: &Own) -> Vec<String> {
        warnings.into_iter().filter(|warning| own.is_none() || !warning.starts_with(SAME_FOLDER)).collect()
    }

    /// Whether a task may be known; one that is not there is as unknown as another's.
    fn is_known(&self, own: &Own, task: (&ProjectId, &TaskId)) -> bool {
        own.as_ref().is_none_or(|own| self.is_at_or_below(task, (&own.0, &own.1)) && self.is_there(task))
    }

    fn is_there(&self, (project, task): (&ProjectId, &TaskId)) -> bool {
        self.task_at(project, task).is_ok()
    }

    /// As [`App::is_known`], of a task as a dependency of one of `project` names it.
    pub(super) fn is_known_name(&self, own: &Own, project: &ProjectId, name: &str) -> bool {
        let place = depend::locate(project, name);
        own.is_none() || place.is_ok_and(|(project, task)| self.is_known(own, (&project, &task)))
    }

    /// The names of what a task waits for that may not be known.
    fn unknown_names(&self, task: &TaskDir, own: &Own) -> Result<Vec<String>, ApiError> {
        if own.is_none() {
            return Ok(Vec::new());
        }
        let names = task.spec()?.depends_on.into_iter();
        Ok(names.filter(|name| !self.is_known_name(own, task.project(), name)).collect())
    }

    fn cut_view(&self, view: &mut TaskView, names: &[String], own: &Own) {
        view.reason = view.reason.take().filter(|reason| !tells(reason, names));
        let parent = view.parent_task.take();
        view.parent_task = parent.filter(|parent| {
            let project = ProjectId::from_disk(&view.project);
            project.is_ok_and(|project| self.is_known_name(own, &project, parent))
        });
    }

    fn cut_tree(&self, tree: &mut TreeView, own: &Own) -> Result<(), ApiError> {
        let place = (ProjectId::from_disk(&tree.task.project)?, TaskId::from_disk(&tree.task.task)?);
        let names = self.unknown_names(&self.task_at(&place.0, &place.1)?, own)?;
        self.cut_view(&mut tree.task, &names, own);
        tree.children.iter_mut().try_for_each(|child| self.cut_tree(child, own))
    }
}

/// Whether a text names one of these.
fn tells(text: &str, names: &[String]) -> bool {
    names.iter().any(|name| text.contains(name.as_str()))
}

fn cut_error(error: TaskError, names: &[String]) -> TaskError {
    match tells(&error.message, names) {
        true => TaskError { message: "a task it depends on did not complete".to_owned(), ..error },
        false => error,
    }
}
