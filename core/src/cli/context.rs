//! What every command is given: its options, the environment and the output.

use super::args::Common;
use super::output::Out;

/// What every command is given.
pub struct Context {
    /// The options of every command.
    pub common: Common,
    /// Where output goes.
    pub out: Out,
}
