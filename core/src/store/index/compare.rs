//! Compares what the index knows with the files, and reads again what is not as it was.
//!
//! Files are looked at, not read: a few system calls a task.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::database::{Change, Database, DatabaseError, Known, KnownRun};
use super::seen::{self, Reading};
use crate::model::{ProjectId, TaskId};
use crate::store::dir::Dir;
use crate::store::project::TaskNames;
use crate::store::root::Root;
use crate::store::walk::{self, Damaged};

/// Runs whose files are looked at, the newest first; with more, a list would take too long.
const RUNS: usize = 1_000;

/// Project and name.
type Key = (String, String);

/// Everything of a root, read from its files.
pub(super) fn read_all(root: &Root) -> Result<Vec<Reading>, DatabaseError> {
    let began = Timestamp::now();
    let mut folders = HashMap::new();
    let mut reading = |facts: walk::TaskFacts| {
        let folder = folders.entry(facts.project.clone());
        let folder =
            folder.or_insert_with_key(|id| root.project(id).ok().map(|project| project.dir().clone()));
        Reading::new(folder.as_ref(), facts, began)
    };
    Ok(walk::walk(root)?.tasks.into_iter().map(&mut reading).collect())
}

/// Puts into the index what the files say by now; gives back the projects that cannot be read.
pub(super) fn catch_up(root: &Root, database: &mut Database) -> Result<Vec<Damaged>, DatabaseError> {
    let mut look = Look { known: database.known_tasks()?, ..Look::default() };
    let mut tasks = Vec::new();
    for project in root.projects()?.into_iter().chain(root.links()?) {
        let opened = root.project(&project).and_then(|dir| Ok((dir.names()?, dir.dir().clone())));
        match opened {
            Ok((names, folder)) => {
                look.folders.insert(project.to_string(), folder);
                tasks.push((project, names));
            }
            Err(error) => {
                let folder = root.dir().join(project.as_str());
                look.damaged.push(Damaged::of_project(&project, &folder, &error));
            }
        }
    }
    let runs = database.known_runs(RUNS)?;
    let folders = look.folders.clone();
    // Looking is all that a list waits for, and two look in half the time.
    let changed = std::thread::scope(|scope| {
        let runs = scope.spawn(|| changed_runs(runs, &folders));
        tasks.iter().for_each(|(project, names)| look.tasks(project, names));
        runs.join().expect("looking at files does not panic")
    });
    look.changed.extend(changed.into_iter().filter(|task| look.met.contains(task)));
    look.gone();
    if !look.changed.is_empty() {
        database.replace(&look.changes(root))?;
    }
    Ok(look.damaged)
}

/// What was seen of a root's files.
#[derive(Default)]
struct Look {
    known: HashMap<Key, Known>,
    /// Tasks that are there.
    met: HashSet<Key>,
    /// Tasks that are not as they were.
    changed: HashSet<Key>,
    folders: HashMap<String, Dir>,
    damaged: Vec<Damaged>,
}

impl Look {
    fn tasks(&mut self, project: &ProjectId, names: &TaskNames) {
        let Some(folder) = self.folders.get(project.as_str()).cloned() else { return };
        for task in &names.tasks {
            self.task(project, task, seen::of_task(&folder, task));
        }
        for link in &names.links {
            self.task(project, link, seen::of_link(&folder, link));
        }
    }

    fn task(&mut self, project: &ProjectId, task: &TaskId, sum: seen::Sum) {
        let key = (project.to_string(), task.to_string());
        if self.known.get(&key).is_none_or(|known| known.seen != Some(sum.value)) {
            self.changed.insert(key.clone());
        }
        self.met.insert(key);
    }

    fn gone(&mut self) {
        self.changed.extend(self.known.keys().filter(|key| !self.met.contains(*key)).cloned());
    }

    /// Reads what changed.
    fn changes(&self, root: &Root) -> Vec<Change> {
        let began = Timestamp::now();
        let change = |key: &Key| {
            let (project, task) = (ProjectId::from_disk(&key.0).ok()?, TaskId::from_disk(&key.1).ok()?);
            let read = || Reading::new(self.folders.get(&key.0), walk::facts(root, &project, &task), began);
            let now = self.met.contains(key).then(read);
            Some(Change { before: self.known.get(key).copied(), now, project, task })
        };
        self.changed.iter().filter_map(change).collect()
    }
}

/// The tasks of runs whose files are not as they were.
fn changed_runs(runs: Vec<KnownRun>, folders: &HashMap<String, Dir>) -> Vec<Key> {
    let is_changed = |run: &KnownRun| {
        let folder = folders.get(&run.project);
        folder.is_some_and(|folder| run.seen != Some(seen::of_run(folder, &run.task, &run.run).value))
    };
    runs.into_iter().filter(is_changed).map(|run| (run.project, run.task)).collect()
}
