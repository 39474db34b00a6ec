//! Finds the newest generation of the index, or builds one.

use ulid::Ulid;

use super::compare;
use super::database::{Database, DatabaseError};
use crate::store::dir::Dir;
use crate::store::journal::Journal;
use crate::store::lock::OfdLock;
use crate::store::root::Root;

const CACHE: &str = "cache";
const LOCK: &str = "index.lock";
const PREFIX: &str = "index-";
const SUFFIX: &str = ".db";
/// A generation that is not whole yet; nobody opens one.
const UNFINISHED: &str = "unfinished-";

/// Opens the newest generation and applies the journal's tail; builds one where none fits.
pub(super) fn open(root: &Root) -> Result<Database, DatabaseError> {
    if root.id().is_none() {
        return Err(DatabaseError::Missing);
    }
    let cache = root.conductor()?.make_sub(CACHE)?;
    match newest(&cache)? {
        Some(name) => open_current(root, &cache, &name).or_else(|_| build(root, &cache, Some(&name))),
        None => build(root, &cache, None),
    }
}

fn open_current(root: &Root, cache: &Dir, name: &str) -> Result<Database, DatabaseError> {
    let mut database = Database::open(&cache.join(name))?;
    database.follow(root)?;
    Ok(database)
}

/// The newest generation: their names sort by time.
fn newest(cache: &Dir) -> Result<Option<String>, DatabaseError> {
    let names = cache.entries()?.into_iter().map(|entry| entry.name);
    Ok(names.filter(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX)).max())
}

/// Builds a generation in place of `unfit`. While another process does, there is no index.
fn build(root: &Root, cache: &Dir, unfit: Option<&str>) -> Result<Database, DatabaseError> {
    let Some(_lock) = OfdLock::try_acquire(cache, LOCK)? else { return Err(DatabaseError::Missing) };
    // Another process may have built it while this one looked.
    let newest = newest(cache)?;
    if let Some(name) = newest.as_deref().filter(|name| Some(*name) != unfit)
        && let Ok(database) = open_current(root, cache, name)
    {
        return Ok(database);
    }
    let generation = Ulid::generate();
    let unfinished = format!("{UNFINISHED}{generation}{SUFFIX}");
    // The place is taken before the files are read: what changes meanwhile is applied afterwards.
    let place = Journal::open(root)?.end()?;
    let mut database = Database::create(&cache.join(&unfinished), place.as_ref())?;
    database.fill(&compare::read_all(root)?)?;
    database.finish()?;
    let name = format!("{PREFIX}{generation}{SUFFIX}");
    cache.rename(&unfinished, &name)?;
    remove_others(cache, &name)?;
    open_current(root, cache, &name)
}

/// Removes other generations and what builders that died left. Those who read them go on.
fn remove_others(cache: &Dir, keep: &str) -> Result<(), DatabaseError> {
    for entry in cache.entries()? {
        let is_ours = entry.name.starts_with(PREFIX) || entry.name.starts_with(UNFINISHED);
        if is_ours && !entry.name.starts_with(keep) {
            cache.remove(&entry.name)?;
        }
    }
    Ok(())
}
