//! Log files: following them while they grow, making them safe to show, noticing changes.
//!
//! Everything here works in bounded memory on files of any size, and never changes a file. What the
//! lines of a log mean is not known here. To show a log: [`Tailer`] reads it, [`Mask`] hides known
//! secrets in its bytes, [`Sanitiser`] makes text of them that cannot act on a terminal; [`Screen`]
//! is the last two together.

mod fill;
mod index;
mod lines;
mod mask;
mod sanitise;
mod screen;
mod sgr;
mod tail;
mod tailer;
pub mod watch;

pub use fill::fill;
pub use index::LineIndex;
pub use lines::{Line, LineReader, LineSplitter};
pub use mask::{LiveMask, Mask};
pub use sanitise::{Sanitiser, strip};
pub use screen::Screen;
pub use tail::{tail_lines, tail_offset};
pub use tailer::{Chunk, ChunkEvent, Tailer};
