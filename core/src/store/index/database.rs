//! One generation of the index: a SQLite file that follows the journal.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::de::DeserializeOwned;

use super::filter::{RunFilter, TaskFilter, run_time, task_time};
use crate::model::{ProjectId, TaskId};
use crate::store::error::StoreError;
use crate::store::journal::{Journal, JournalCursor, JournalEntry, JournalError, JournalRead};
use crate::store::root::Root;
use crate::store::summary::{RunSummary, TaskSummary};

/// Version of the tables; a file of another one is built anew.
const VERSION: i32 = 2;
/// How long to wait for another process that applies the journal's tail.
const BUSY: Duration = Duration::from_secs(1);
/// Journal records read at once.
const BATCH: usize = 512;

const TABLES: &str = "
    CREATE TABLE place(cursor TEXT);
    CREATE TABLE tasks(
        project TEXT NOT NULL, task TEXT NOT NULL, revision INTEGER NOT NULL, made INTEGER NOT NULL,
        status TEXT NOT NULL, team TEXT, parent_run TEXT, body TEXT NOT NULL,
        PRIMARY KEY(project, task)) WITHOUT ROWID;
    CREATE INDEX newest_tasks ON tasks(made DESC, task DESC, project DESC);
    CREATE INDEX child_tasks ON tasks(parent_run) WHERE parent_run IS NOT NULL;
    CREATE TABLE runs(
        project TEXT NOT NULL, task TEXT NOT NULL, run TEXT NOT NULL, started INTEGER NOT NULL,
        status TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY(project, task, run)) WITHOUT ROWID;
    CREATE TABLE damaged(name TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE INDEX newest_runs ON runs(started DESC, run DESC, task DESC, project DESC);
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
    pub(super) fn fill<'a>(
        &mut self,
        facts: impl Iterator<Item = (&'a TaskSummary, &'a [RunSummary])>,
    ) -> Result<()> {
        let transaction = self.connection.transaction()?;
        for (task, runs) in facts {
            put_task(&transaction, task)?;
            for run in runs {
                put_run(&transaction, run)?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Notes what could not be read when this was built.
    pub(super) fn note_damaged(&self, names: &[String]) -> Result<()> {
        let mut insert = self.connection.prepare("INSERT OR IGNORE INTO damaged VALUES (?1)")?;
        names.iter().try_for_each(|name| insert.execute([name]).map(drop))?;
        Ok(())
    }

    pub(super) fn damaged(&self) -> Result<Vec<String>> {
        let mut select = self.connection.prepare("SELECT name FROM damaged")?;
        let names = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(names)
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
        query.newest("made DESC, task DESC, project DESC", filter.limit);
        query.run(&self.connection)
    }

    pub(super) fn runs(&self, filter: &RunFilter) -> Result<Vec<RunSummary>> {
        let mut query = Select::new("runs");
        query.equals("project", filter.project.as_ref());
        query.equals("task", filter.task.as_ref());
        query.among("status", filter.statuses.iter().map(word));
        query.newest("started DESC, run DESC, task DESC, project DESC", filter.limit);
        query.run(&self.connection)
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

    fn newest(&mut self, order: &str, limit: Option<usize>) {
        self.sql.push_str(&format!(" ORDER BY {order}"));
        if let Some(limit) = limit {
            self.sql.push_str(&format!(" LIMIT {limit}"));
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

/// Applies a record unless the index knows a later revision: what it was built from may be newer than
/// the place from which it follows the journal.
fn apply(transaction: &Transaction<'_>, entry: &JournalEntry) -> Result<()> {
    let task = &entry.record.task;
    if revision(transaction, &task.project, &task.task)?.is_some_and(|known| known > task.revision) {
        return Ok(());
    }
    put_task(transaction, task)?;
    entry.record.run.as_ref().map_or(Ok(()), |run| put_run(transaction, run))
}

fn put_task(connection: &Connection, task: &TaskSummary) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO tasks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        task.project.as_str(),
        task.task.as_str(),
        task.revision.cast_signed(),
        task_time(task),
        word(&task.status),
        task.group,
        task.parent_run_id.as_ref().map(|run| run.as_str()),
        serde_json::to_string(task)?,
    ])?;
    Ok(())
}

fn put_run(connection: &Connection, run: &RunSummary) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![
        run.project.as_str(),
        run.task.as_str(),
        run.run.as_str(),
        run_time(run),
        word(&run.status),
        serde_json::to_string(run)?,
    ])?;
    Ok(())
}
