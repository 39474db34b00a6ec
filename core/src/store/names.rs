//! The shortest names that mean one task alone.

use std::collections::HashMap;

use super::root::Root;
use super::task::TaskDir;
use crate::model::{ProjectId, TaskId};

/// How many tasks of some roots answer to a slug or an id.
#[derive(Debug, Default)]
pub struct Names {
    tasks: HashMap<String, u32>,
}

impl Names {
    /// The names in these roots. A folder that cannot be read takes none: nobody finds a task there by its slug.
    pub fn of<'a>(roots: impl IntoIterator<Item = &'a Root>) -> Self {
        let mut names = Self::default();
        for root in roots {
            let projects = root.projects().unwrap_or_default();
            let listed = projects.iter().filter_map(|id| root.project(id).and_then(|one| one.names()).ok());
            for task in listed.flat_map(|names| names.tasks.into_iter().chain(names.links)) {
                names.add(task.as_str());
                if task.slug() != task.as_str() {
                    names.add(task.slug());
                }
            }
        }
        names
    }

    fn add(&mut self, name: &str) {
        match self.tasks.get_mut(name) {
            Some(tasks) => *tasks += 1,
            None => drop(self.tasks.insert(name.to_owned(), 1)),
        }
    }

    /// The slug, the id, or the id in its project: the first that no other task has.
    pub fn shortest(&self, project: &ProjectId, task: &TaskId) -> String {
        let is_its_own = |name: &str| self.tasks.get(name).is_none_or(|tasks| *tasks == 1);
        if is_its_own(task.slug()) {
            task.slug().to_owned()
        } else if is_its_own(task.as_str()) {
            task.to_string()
        } else {
            format!("{project}/{task}")
        }
    }
}

impl TaskDir {
    /// The shortest name that means this task alone on its root.
    pub fn shortest_name(&self) -> String {
        Names::of([self.root()]).shortest(self.project(), self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_as_long_as_it_must_be() {
        let mut names = Names::default();
        for name in ["one", "two", "two", "three", "three", "task-20261120-201300-three"] {
            names.add(name);
        }
        names.add("task-20261120-201300-three");
        let project = ProjectId::new("demo").expect("a project");
        let short = |task: &str| names.shortest(&project, &TaskId::from_disk(task).expect("a task"));
        assert_eq!(short("task-20261120-201300-one"), "one");
        assert_eq!(short("task-20261120-201300-two"), "task-20261120-201300-two");
        assert_eq!(short("task-20261120-201300-three"), "demo/task-20261120-201300-three");
    }
}
