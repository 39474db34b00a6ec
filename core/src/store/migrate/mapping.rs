//! Where a file of a foreign root goes in one of ours.
//!
//! Everything keeps its place but two things: the seed's buses, which we read as they stand and do not
//! append to, become rotated segments; and the runs of the older shell tool get a task's folder.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::super::error::Result;
use super::super::foreign::{self, Layout};
use super::super::project::FLAT_TASK;
use super::super::root::Root;

/// The buses of the seed system, and the name of the segment that each becomes.
const BUSES: [(&str, &str); 3] = [
    ("TASK-MESSAGE-BUS.md", "TASK-MESSAGE-BUS.md"),
    ("PROJECT-MESSAGE-BUS.md", "PROJECT-MESSAGE-BUS.md"),
    ("MESSAGE-BUS.md", "TASK-MESSAGE-BUS.md"),
];

/// Where the files of one root go.
#[derive(Debug)]
pub(super) struct Mapping {
    /// Folders that move, the more particular first: from, to.
    moves: Vec<(PathBuf, PathBuf)>,
    /// The root itself is a `runs` folder of the shell tool: its run folders move.
    bare: bool,
}

impl Mapping {
    /// Finds out what moves.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub(super) fn of(root: &Root) -> Result<Self> {
        let mut moves = Vec::new();
        let whole = foreign::layout(root.dir());
        let task = Path::new(FLAT_TASK);
        if whole == Layout::Flat {
            moves.push((PathBuf::from("runs"), task.join(FLAT_TASK).join("runs")));
            moves.push((PathBuf::from("MESSAGE-BUS.md"), task.join(FLAT_TASK).join("MESSAGE-BUS.md")));
        }
        for project in
            root.projects()?.iter().filter(|project| whole == Layout::Nested || project.as_str() != FLAT_TASK)
        {
            let project = root.project(project)?;
            let folder = Path::new(project.id().as_str());
            if foreign::layout(project.dir()) == Layout::Flat {
                moves.push((folder.join("runs"), folder.join(FLAT_TASK).join("runs")));
                moves.push((folder.join("MESSAGE-BUS.md"), folder.join(FLAT_TASK).join("MESSAGE-BUS.md")));
            }
        }
        Ok(Self { moves, bare: whole == Layout::Bare })
    }

    /// Where a file goes; `modified` names the segment that a bus becomes.
    pub(super) fn target(&self, from: &Path, modified: Timestamp) -> PathBuf {
        let moved = self.moves.iter().find_map(|(source, target)| {
            let rest = from.strip_prefix(source).ok()?;
            // Joining nothing would leave a slash at the end of a file's name.
            Some(if rest.as_os_str().is_empty() { target.clone() } else { target.join(rest) })
        });
        let mut target = match moved {
            Some(moved) => moved,
            None if self.bare => Path::new(FLAT_TASK).join(FLAT_TASK).join("runs").join(from),
            None => from.to_owned(),
        };
        let bus = target.file_name().and_then(|name| BUSES.iter().find(|(bus, _)| name == *bus));
        // Only where a bus lies: a run's own file of that name is left alone.
        if let Some((_, segment)) = bus
            && target.components().count() <= 3
        {
            let stamp = modified.strftime("%Y%m%d-%H%M%S");
            target.set_file_name(format!("{segment}.{stamp}.archived"));
        }
        target
    }
}
