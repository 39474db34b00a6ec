//! What every command is given: its options, the application and the output.

use std::cell::OnceCell;

use super::args::Common;
use super::failure;
use super::output::Out;
use crate::api::{ApiError, App, Caller};

/// What every command is given.
pub struct Context {
    /// Where output goes.
    pub out: Out,
    common: Common,
    app: OnceCell<App>,
}

impl Context {
    /// For the options of one call.
    pub fn new(common: Common) -> Self {
        Self { out: Out::new(common.json), common, app: OnceCell::new() }
    }

    /// Who calls: this process, with what was named.
    pub fn caller(&self) -> Caller {
        let common = self.common.clone();
        Caller {
            root: common.root,
            project: common.project,
            task: common.task,
            config: common.config,
            ..Caller::of_this_process()
        }
    }

    /// The application, opened at the first call.
    ///
    /// # Errors
    /// When the configuration is wrong or the root cannot be read.
    pub fn app(&self) -> Result<&App, ApiError> {
        match self.app.get() {
            Some(app) => Ok(app),
            None => {
                let app = App::open(self.caller())?;
                self.out.hide(app.secrets());
                Ok(self.app.get_or_init(|| app))
            }
        }
    }

    /// The options of every command.
    pub fn common(&self) -> &Common {
        &self.common
    }

    /// Says on the standard error what a person should know and what stops nothing.
    pub fn warn(&self, warnings: &[String]) {
        for warning in warnings {
            failure::print_warning(&self.out.safe(warning));
        }
    }
}
