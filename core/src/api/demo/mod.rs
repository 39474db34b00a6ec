//! The demo: a scripted agent in a scratch git repository, through the code that real agents go through. The
//! command shows it in the foreground, in a root of its own; a server starts it in its own root.

mod actor;
mod scratch;
mod script;

use super::create::{Ready, Wanted};
use super::once::OnceKey;
use super::requests::NewDemo;
use super::{ApiError, App, Caller};
use crate::model::Workflow;
pub use scratch::{Scratch, Setting};
pub use script::main as agent;

/// First argument that makes `run-agent` the scripted agent.
pub const AGENT_ARGUMENT: &str = "__demo-agent";

/// The name of the scripted agent in the demo's configuration.
const AGENT: &str = "demo";

/// The task of the demo.
pub fn wanted() -> Wanted {
    Wanted {
        prompt: Some(scratch::TASK.to_owned()),
        workflow: Workflow::Loop,
        agent: Some(AGENT.to_owned()),
        ..Wanted::default()
    }
}

impl App {
    /// Starts the demo in this root, each in a project of its own: its child tasks have the same names every time.
    ///
    /// # Errors
    /// As [`App::start_once`], and where the scratch repository cannot be made.
    pub fn start_demo(&self, key: Option<&OnceKey>, demo: NewDemo) -> Result<Ready, ApiError> {
        let (root, question) = (self.writable_root()?, demo.question()?);
        self.start_once_with(key, |request_id| {
            let scratch = Scratch::below(root, question)?;
            let there = App::open(self.caller_in(&scratch))?;
            // Where no task came to be, nothing would ever name the folder.
            let ready = there.prepare(Wanted { request_id, ..wanted() }).inspect_err(|_| scratch.remove())?;
            there.detach(&ready.task)?;
            Ok(ready)
        })
    }

    /// Whoever calls, as if in the scratch repository and with its configuration.
    fn caller_in(&self, scratch: &Scratch) -> Caller {
        Caller {
            root: Some(scratch.root.clone()),
            config: Some(scratch.config.clone()),
            cwd: scratch.repository.clone(),
            project: None,
            task: None,
            ..self.caller.clone()
        }
    }
}
