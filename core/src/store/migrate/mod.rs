//! Making a foreign root ours: looked at first, then copied beside it and switched in one step.
//!
//! The copy is made in `.<root>.migrating` beside the root, converted, put on disk, and only then
//! exchanged with the root by one rename; the original is kept as `<root>.before-migration`. Before the
//! exchange the root is the old one, after it the new one, whatever dies in between; running it again
//! goes on where it ended.

mod convert;
mod copy;
mod mapping;
mod plan;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use rustix::fs::RenameFlags;
use serde::{Deserialize, Serialize};

use super::dir::Dir;
use super::error::{Result, StoreError, StoreErrorKind, optional};
use super::lock::OfdLock;
use super::root::{self, Root};
use super::yaml;
use crate::faults;
use crate::model::Limits;

pub use copy::LeftOut;
pub use plan::{Plan, Stage, plan};

const CONDUCTOR: &str = ".conductor";
const LOCK_FILE: &str = "migrate.lock";
const RECORD_FILE: &str = "migrate.yaml";
const WAIT: Duration = Duration::from_secs(5);
/// How often a root that changes while it is copied is copied again.
const TRIES: usize = 3;

/// What a migration did.
#[derive(Debug)]
pub struct Migrated {
    /// Id of the root that is ours now.
    pub root_id: String,
    /// Where the original is kept, whole.
    pub kept: PathBuf,
    /// Runs and tasks whose files could not be read; they were copied as they are.
    pub damaged: Vec<StoreError>,
}

/// `migrate.yaml`: which folder a copy is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    version: u32,
    started_at: Timestamp,
    source: PathBuf,
    source_device: u64,
    source_inode: u64,
}

impl Record {
    fn of(root: &Root) -> Result<Self> {
        let (source_device, source_inode) = identity(root.dir())?;
        let source = root.path().to_owned();
        Ok(Self { version: 1, started_at: Timestamp::now(), source, source_device, source_inode })
    }

    /// Whether the folder is the one that was copied.
    fn is_of(&self, dir: &Dir) -> Result<bool> {
        Ok(identity(dir)? == (self.source_device, self.source_inode))
    }
}

/// Does what was planned, or goes on with it. The tasks had no limits; they get these, for when they
/// are resumed.
///
/// # Errors
/// [`StoreErrorKind::StillRunning`] and [`StoreErrorKind::Changing`] while the root is in use. The root
/// is the old one then, and the copy is gone on with the next time.
pub fn execute(plan: &Plan, limits: &Limits) -> Result<Migrated> {
    let mut damaged = Vec::new();
    if plan.stage != Stage::Switched {
        damaged = build(plan, limits)?;
        faults::step("migrate.built");
        exchange(plan)?;
        faults::step("migrate.switched");
    }
    let root = Root::open(&plan.root)?;
    let root_id = root.id().unwrap_or_default().to_owned();
    Ok(Migrated { root_id, kept: keep(plan)?, damaged })
}

/// Makes the copy, whole and on disk.
fn build(plan: &Plan, limits: &Limits) -> Result<Vec<StoreError>> {
    let source = Root::open(&plan.root)?;
    if let Some(run) = plan::running(&source)? {
        return Err(StoreError::new(source.path(), StoreErrorKind::StillRunning { run }));
    }
    let staging = Dir::create_all(&plan.staging)?;
    let conductor = staging.make_sub(CONDUCTOR)?;
    let _lock = OfdLock::acquire(&conductor, LOCK_FILE, WAIT)?;
    begin(&source, &conductor)?;
    for _ in 0..TRIES {
        let before = copy::fingerprint(&source)?;
        copy::copy_all(&source, &staging)?;
        faults::step("migrate.copied");
        let damaged = convert::convert_all(&source, &staging, limits)?;
        faults::step("migrate.converted");
        if copy::fingerprint(&source)? == before {
            rustix::fs::syncfs(&staging)
                .map_err(|errno| StoreError::io(staging.path(), "sync", errno.into()))?;
            root::write_root_file(&conductor)?;
            return Ok(damaged);
        }
    }
    Err(StoreError::new(source.path(), StoreErrorKind::Changing))
}

/// Writes down what the copy is of; a copy of something else is left alone.
fn begin(source: &Root, conductor: &Dir) -> Result<()> {
    match optional(yaml::read::<Record>(conductor, RECORD_FILE))? {
        Some(record) if record.is_of(source.dir())? => Ok(()),
        Some(_) => Err(StoreError::new(conductor.path(), StoreErrorKind::AlreadyExists)),
        None => conductor.replace(RECORD_FILE, yaml::emit(&Record::of(source)?)?.as_bytes()),
    }
}

/// The one step that matters: the copy gets the root's name, the original the copy's.
fn exchange(plan: &Plan) -> Result<()> {
    let parent = Dir::open(&plan.parent)?;
    let failed = |error| StoreError::io(&plan.root, "exchange", error);
    rustix::fs::renameat_with(&parent, &plan.staging, &parent, &plan.root, RenameFlags::EXCHANGE)
        .map_err(|errno| failed(errno.into()))?;
    parent.sync()
}

/// Gives the original the name that a person will look for.
fn keep(plan: &Plan) -> Result<PathBuf> {
    let parent = Dir::open(&plan.parent)?;
    let record: Record = yaml::read(&Dir::open(&plan.root)?.sub(CONDUCTOR)?, RECORD_FILE)?;
    // What stands there must be the very folder that was copied, or it is not ours to rename.
    if !record.is_of(&Dir::open(&plan.staging)?)? {
        return Err(StoreError::new(&plan.staging, StoreErrorKind::AlreadyExists));
    }
    for number in 1..1000 {
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        let name = format!("{}.before-migration{suffix}", plan.name);
        let kept = plan.parent.join(&name);
        match rustix::fs::renameat_with(&parent, &plan.staging, &parent, &kept, RenameFlags::NOREPLACE) {
            Ok(()) => return parent.sync().map(|()| kept),
            Err(rustix::io::Errno::EXIST) => {}
            Err(errno) => return Err(StoreError::io(&kept, "rename", errno.into())),
        }
    }
    Err(StoreError::new(&plan.staging, StoreErrorKind::AlreadyExists))
}

fn identity(dir: &Dir) -> Result<(u64, u64)> {
    let stat = rustix::fs::fstat(dir).map_err(|errno| StoreError::io(dir.path(), "stat", errno.into()))?;
    Ok((stat.st_dev, stat.st_ino))
}
