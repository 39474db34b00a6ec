//! One generation of the index: a SQLite file that follows the journal.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use serde::de::DeserializeOwned;

use super::filter::{RunFilter, TaskFilter, run_time, sort_runs, sort_tasks, task_time};
use super::seen::Reading;
use crate::model::{ProjectId, RunId, TaskId};
use crate::store::error::StoreError;
use crate::store::journal::{Journal, JournalCursor, JournalEntry, JournalError, JournalRead, JournalRecord};
use crate::store::root::Root;
use crate::store::summary::{RunSummary, TaskSummary};
use crate::store::walk::Damaged;

/// Version of the tables; a file of another one is built anew.
const VERSION: i32 = 4;
/// How long to wait for another process that applies the journal's tail.
const BUSY: Duration = Duration::from_secs(1);
/// Journal records read at once.
const BATCH: usize = 512;

const TABLES: &str = "
    CREATE TABLE place(cursor TEXT);
    CREATE TABLE tasks(
        project TEXT NOT NULL, task TEXT NOT NULL, revision INTEGER NOT NULL, made INTEGER NOT NULL,
        status TEXT NOT NULL, team TEXT, parent_run TEXT, body TEXT NOT NULL, seen INTEGER,
        PRIMARY KEY(project, task)) WITHOUT ROWID;
    CREATE INDEX newest_tasks ON tasks(made DESC, task DESC, project DESC);
    CREATE INDEX child_tasks ON tasks(parent_run) WHERE parent_run IS NOT NULL;
    CREATE TABLE runs(
        project TEXT NOT NULL, task TEXT NOT NULL, run TEXT NOT NULL, started INTEGER NOT NULL,
        status TEXT NOT NULL, body TEXT NOT NULL, seen INTEGER,
        PRIMARY KEY(project, task, run)) WITHOUT ROWID;
    CREATE INDEX newest_runs ON runs(started DESC, run DESC, task DESC, project DESC, seen);
    CREATE INDEX run_names ON runs(run);
    CREATE TABLE damaged(
        project TEXT NOT NULL, task TEXT NOT NULL, run TEXT NOT NULL, path TEXT NOT NULL,
        reason TEXT NOT NULL, seen INTEGER,
        PRIMARY KEY(project, task, run, path)) WITHOUT ROWID;
";

/// Why the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum DatabaseError {
    /// SQLite refused.
    #[error("index: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// What a row holds is not what was written.
    #[error("index row: {0}")]
    Row(#[from] serde_json::Error),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file cannot be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal goes on from another place: a new generation is needed.
    #[error("the index follows another journal")]
    Stale,
    /// The root keeps no journal, or another process builds the index.
    #[error("there is no index yet")]
    Missing,
}

type Result<T, E = DatabaseError> = std::result::Result<T, E>;

/// What is known of a task: which revision, and the sum of the files that it was read from.
///
/// No sum: the journal told of it, or its files may have changed while they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    revision: i64,
    pub(super) seen: Option<i64>,
}

/// A task of which the files may say something else than what is known.
pub(super) struct Change {
    /// What was known; none for one that is new.
    pub(super) before: Option<Known>,
    /// What the files say; none where there is no task.
    pub(super) now: Option<Reading>,
    pub(super) project: ProjectId,
    pub(super) task: TaskId,
}

/// A run that is known, and the sum of its file.
#[derive(Debug)]
pub(super) struct KnownRun {
    pub(super) project: String,
    pub(super) task: String,
    pub(super) run: String,
    pub(super) seen: Option<i64>,
}

/// An open generation.
#[derive(Debug)]
pub(super) struct Database {
    connection: Connection,
}

impl Database {
    /// Opens a generation that is whole.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version != VERSION {
            return Err(DatabaseError::Stale);
        }
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        Ok(Self { connection })
    }

    /// Makes a generation under a name that nobody opens yet.
    pub(super) fn create(path: &Path, place: Option<&JournalCursor>) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "user_version", VERSION)?;
        connection.execute_batch(TABLES)?;
        connection.execute("INSERT INTO place(cursor) VALUES (?1)", [place.map(ToString::to_string)])?;
        Ok(Self { connection })
    }

    /// Makes it a file that readers and one writer share, and closes it.
    pub(super) fn finish(self) -> Result<()> {
        self.connection.pragma_update(None, "journal_mode", "WAL")?;
        self.connection.close().map_err(|(_, error)| error)?;
        Ok(())
    }

    /// Stores many tasks and their runs at once.
    pub(super) fn fill(&mut self, readings: &[Reading]) -> Result<()> {
        let transaction = self.connection.transaction()?;
        readings.iter().try_for_each(|reading| put(&transaction, reading))?;
        Ok(transaction.commit()?)
    }

    /// Puts what the files say in place of what was known, but where another process knows more by now.
    pub(super) fn replace(&mut self, changes: &[Change]) -> Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for change in changes {
            let (project, task) = (change.project.as_str(), change.task.as_str());
            if known(&transaction, project, task)? != change.before {
                continue;
            }
            forget(&transaction, project, task)?;
            change.now.as_ref().map_or(Ok(()), |reading| put(&transaction, reading))?;
        }
        Ok(transaction.commit()?)
    }

    /// Every task that is known, by project and name.
    pub(super) fn known_tasks(&self) -> Result<HashMap<(String, String), Known>> {
        let mut select = self.connection.prepare(
            "SELECT project, task, -1, seen FROM damaged WHERE run = ''
             UNION ALL SELECT project, task, revision, seen FROM tasks",
        )?;
        let row = |row: &Row<'_>| {
            Ok(((row.get(0)?, row.get(1)?), Known { revision: row.get(2)?, seen: row.get(3)? }))
        };
        // A task whose prompt cannot be read stands in both tables: its own row comes later and counts.
        Ok(select.query_map([], row)?.collect::<Result<_, _>>()?)
    }

    /// The newest runs that are known, and all that were damaged.
    pub(super) fn known_runs(&self, newest: usize) -> Result<Vec<KnownRun>> {
        let mut select = self.connection.prepare(
            "SELECT project, task, run, seen FROM damaged WHERE run != ''
             UNION ALL SELECT * FROM (SELECT project, task, run, seen FROM runs
             ORDER BY started DESC, run DESC, task DESC, project DESC LIMIT ?1)",
        )?;
        let row = |row: &Row<'_>| {
            Ok(KnownRun { project: row.get(0)?, task: row.get(1)?, run: row.get(2)?, seen: row.get(3)? })
        };
        let runs = select.query_map([i64::try_from(newest).unwrap_or(i64::MAX)], row)?;
        Ok(runs.collect::<Result<_, _>>()?)
    }

    /// What cannot be read.
    pub(super) fn damaged(&self) -> Result<Vec<Damaged>> {
        let mut select = self.connection.prepare("SELECT project, task, run, path, reason FROM damaged")?;
        let mut rows = select.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (project, task, run): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let path: String = row.get(3)?;
            found.push(Damaged {
                project: ProjectId::from_disk(&project).map_err(|_| DatabaseError::Stale)?,
                task: TaskId::from_disk(&task).ok(),
                run: RunId::from_disk(&run).ok(),
                path: path.into(),
                reason: row.get(4)?,
            });
        }
        Ok(found)
    }

    /// Applies what the journal has beyond this index.
    pub(super) fn follow(&mut self, root: &Root) -> Result<()> {
        let journal = Journal::open(root)?;
        if place(&self.connection)? == journal.end()? {
            return Ok(());
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have applied the same meanwhile.
        let mut at = place(&transaction)?;
        loop {
            let entries = match journal.read(at.as_ref(), BATCH)? {
                JournalRead::Entries(entries) => entries,
                JournalRead::Resync(_) => return Err(DatabaseError::Stale),
            };
            let Some(last) = entries.last() else { break };
            at = Some(last.cursor);
            for entry in &entries {
                apply(&transaction, entry)?;
            }
        }
        // The end may be a record that is no change, such as the journal's first.
        let at = at.or(journal.end()?);
        transaction.execute("UPDATE place SET cursor = ?1", [at.map(|at| at.to_string())])?;
        Ok(transaction.commit()?)
    }

    pub(super) fn tasks(&self, filter: &TaskFilter) -> Result<Vec<TaskSummary>> {
        let mut query = Select::new("tasks");
        query.equals("project", filter.project.as_ref());
        query.equals("team", filter.group.as_ref());
        query.equals("parent_run", filter.parent_run.as_ref());
        query.among("status", filter.statuses.iter().map(word));
        if let Some((made, task, project)) = &filter.after {
            query.below(
                "(made, task, project)",
                [made.to_owned().into(), task.clone().into(), project.clone().into()],
            );
        }
        query.newest("made DESC, task DESC, project DESC", filter.limit);
        let mut tasks = query.run(&self.connection)?;
        sort_tasks(&mut tasks);
        Ok(tasks)
    }

    pub(super) fn runs(&self, filter: &RunFilter) -> Result<Vec<RunSummary>> {
        let mut query = Select::new("runs");
        query.equals("project", filter.project.as_ref());
        query.equals("task", filter.task.as_ref());
        query.among("status", filter.statuses.iter().map(word));
        if let Some((started, run, task, project)) = &filter.after {
            let mark =
                [started.to_owned().into(), run.clone().into(), task.clone().into(), project.clone().into()];
            query.below("(started, run, task, project)", mark);
        }
        query.newest("started DESC, run DESC, task DESC, project DESC", filter.limit);
        let mut runs = query.run(&self.connection)?;
        sort_runs(&mut runs);
        Ok(runs)
    }

    pub(super) fn places_of_run(&self, run: &RunId) -> Result<Vec<(ProjectId, TaskId)>> {
        let sql = "SELECT project, task FROM runs WHERE run = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map([run.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.map(|row| {
            let (project, task): (String, String) = row?;
            let ids = (ProjectId::from_disk(&project), TaskId::from_disk(&task));
            Ok((ids.0.map_err(|_| DatabaseError::Stale)?, ids.1.map_err(|_| DatabaseError::Stale)?))
        })
        .collect()
    }

    pub(super) fn revision(&self, project: &ProjectId, task: &TaskId) -> Result<Option<u64>> {
        revision(&self.connection, project, task)
    }
}

/// A query for the bodies of rows.
struct Select {
    sql: String,
    values: Vec<Value>,
}

impl Select {
    fn new(table: &str) -> Self {
        Self { sql: format!("SELECT body FROM {table} WHERE 1"), values: Vec::new() }
    }

    fn equals(&mut self, column: &str, value: Option<&impl ToString>) {
        if let Some(value) = value {
            self.values.push(value.to_string().into());
            self.sql.push_str(&format!(" AND {column} = ?"));
        }
    }

    fn among(&mut self, column: &str, values: impl Iterator<Item = String>) {
        let before = self.values.len();
        self.values.extend(values.map(Value::from));
        let marks = vec!["?"; self.values.len() - before].join(", ");
        if !marks.is_empty() {
            self.sql.push_str(&format!(" AND {column} IN ({marks})"));
        }
    }

    /// Those whose values come after these in a list, the newest first.
    fn below<const N: usize>(&mut self, columns: &str, mark: [Value; N]) {
        self.values.extend(mark);
        self.sql.push_str(&format!(" AND {columns} < ({})", ["?"; N].join(", ")));
    }

    /// The newest so many. All of them are quicker in the order in which they are stored.
    fn newest(&mut self, order: &str, limit: Option<usize>) {
        if let Some(limit) = limit {
            self.sql.push_str(&format!(" ORDER BY {order} LIMIT {limit}"));
        }
    }

    fn run<T: DeserializeOwned>(&self, connection: &Connection) -> Result<Vec<T>> {
        let mut statement = connection.prepare_cached(&self.sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(&self.values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            found.push(serde_json::from_str(body)?);
        }
        Ok(found)
    }
}

/// A status as it stands in files.
fn word(status: &impl serde::Serialize) -> String {
    match serde_json::to_value(status) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn place(connection: &Connection) -> Result<Option<JournalCursor>> {
    let text: Option<String> = connection.query_row("SELECT cursor FROM place", [], |row| row.get(0))?;
    match text {
        Some(text) => Ok(Some(JournalCursor::parse(&text).map_err(|_| DatabaseError::Stale)?)),
        None => Ok(None),
    }
}

fn revision(connection: &Connection, project: &ProjectId, task: &TaskId) -> Result<Option<u64>> {
    let sql = "SELECT revision FROM tasks WHERE project = ?1 AND task = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found: Option<i64> =
        statement.query_row([project.as_str(), task.as_str()], |row| row.get(0)).optional()?;
    Ok(found.map(i64::cast_unsigned))
}

/// As in [`Database::known_tasks`], of one task.
fn known(connection: &Connection, project: &str, task: &str) -> Result<Option<Known>> {
    let row = |row: &Row<'_>| Ok(Known { revision: row.get(0)?, seen: row.get(1)? });
    for sql in [
        "SELECT revision, seen FROM tasks WHERE project = ?1 AND task = ?2",
        "SELECT -1, seen FROM damaged WHERE project = ?1 AND task = ?2 AND run = ''",
    ] {
        let found = connection.prepare_cached(sql)?.query_row([project, task], row).optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Applies a record unless the index knows a later revision: what it was built from may be newer than
/// the place from which it follows the journal.
fn apply(transaction: &Transaction<'_>, entry: &JournalEntry) -> Result<()> {
    let task = &entry.record.task;
    if revision(transaction, &task.project, &task.task)?.is_some_and(|known| known > task.revision) {
        return Ok(());
    }
    if entry.record.kind == JournalRecord::DELETED {
        return forget(transaction, task.project.as_str(), task.task.as_str());
    }
    put_task(transaction, task, None)?;
    entry.record.run.as_ref().map_or(Ok(()), |run| put_run(transaction, run, None))
}

fn forget(connection: &Connection, project: &str, task: &str) -> Result<()> {
    for table in ["tasks", "runs", "damaged"] {
        let sql = format!("DELETE FROM {table} WHERE project = ?1 AND task = ?2");
        connection.prepare_cached(&sql)?.execute([project, task])?;
    }
    Ok(())
}

/// Stores a task as its files say.
fn put(connection: &Connection, reading: &Reading) -> Result<()> {
    let facts = &reading.facts;
    facts.task.as_ref().map_or(Ok(()), |task| put_task(connection, task, reading.seen))?;
    for (run, seen) in facts.runs.iter().zip(&reading.runs_seen) {
        put_run(connection, run, *seen)?;
    }
    for (damaged, seen) in facts.damaged.iter().zip(&reading.damaged_seen) {
        put_damaged(connection, damaged, *seen)?;
    }
    Ok(())
}

fn put_task(connection: &Connection, task: &TaskSummary, seen: Option<i64>) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO tasks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    connection.prepare_cached(sql)?.execute(params![
        task.project.as_str(),
        task.task.as_str(),
        task.revision.cast_signed(),
        task_time(task),
        word(&task.status),
        task.group,
        task.parent_run_id.as_ref().map(|run| run.as_str()),
        serde_json::to_string(task)?,
        seen,
    ])?;
    Ok(())
}

fn put_run(connection: &Connection, run: &RunSummary, seen: Option<i64>) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(sql)?.execute(params![
        run.project.as_str(),
        run.task.as_str(),
        run.run.as_str(),
        run_time(run),
        word(&run.status),
        serde_json::to_string(run)?,
        seen,
    ])?;
    Ok(())
}

fn put_damaged(connection: &Connection, damaged: &Damaged, seen: Option<i64>) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO damaged VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![
        damaged.project.as_str(),
        damaged.task.as_ref().map_or("", TaskId::as_str),
        damaged.run.as_ref().map_or("", RunId::as_str),
        damaged.path.to_string_lossy(),
        damaged.reason,
        seen,
    ])?;
    Ok(())
}
