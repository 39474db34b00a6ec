//! What every command is given: its options, where it is carried out, and the output.

use std::cell::OnceCell;
use std::io::IsTerminal;

use jiff::Timestamp;
use secrecy::SecretString;

use super::args::Common;
use super::failure;
use super::output::{Out, show};
use crate::api::{ApiError, App, Caller};
use crate::host::remote::{Server, USUAL_PATIENCE};
use crate::host::{Host, Remote};

/// What every command is given.
pub struct Context {
    /// Where output goes.
    pub out: Out,
    common: Common,
    host: OnceCell<Opened>,
}

/// Who does the work.
enum Opened {
    Here(Box<App>),
    There(Box<Remote>),
}

impl Context {
    /// For the options of one call.
    pub fn new(common: Common) -> Self {
        Self { out: Out::new(common.json), common, host: OnceCell::new() }
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

    /// As [`Context::caller`], for what no server does.
    ///
    /// # Errors
    /// When a server is named.
    pub fn caller_here(&self) -> Result<Caller, ApiError> {
        let caller = self.caller();
        match self.server(&caller) {
            Some(server) => Err(here_alone(&server)),
            None => Ok(caller),
        }
    }

    /// Who does the work: a server where one is named, else this process. Opened at the first call.
    ///
    /// # Errors
    /// When the configuration is wrong or the root cannot be read; for an address that is none.
    pub fn host(&self) -> Result<&dyn Host, ApiError> {
        Ok(match self.opened()? {
            Opened::Here(app) => &**app,
            Opened::There(remote) => &**remote,
        })
    }

    /// The application of this process.
    ///
    /// # Errors
    /// As [`Context::host`], and when a server is named.
    pub fn app(&self) -> Result<&App, ApiError> {
        match self.opened()? {
            Opened::Here(app) => Ok(app),
            Opened::There(_) => Err(here_alone(&self.server(&self.caller()).unwrap_or_default())),
        }
    }

    /// How a command names a task, whatever it is called from: its slug, where no other task has that.
    pub fn name_of(&self, project: &str, task: &str) -> String {
        let in_project = || format!("{project}/{task}");
        let Ok(host) = self.host() else { return in_project() };
        match host.app() {
            Some(app) => app.shortest_name(project, task).unwrap_or_else(|_| in_project()),
            None => match host.named_task(show::slug(task)) {
                Ok(found) if found.project() == project && found.id() == task => show::slug(task).to_owned(),
                _ => in_project(),
            },
        }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
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

    fn opened(&self) -> Result<&Opened, ApiError> {
        if let Some(opened) = self.host.get() {
            return Ok(opened);
        }
        let caller = self.caller();
        let opened = match self.server(&caller) {
            Some(address) => Opened::There(Box::new(self.remote(address, caller)?)),
            None => {
                let app = App::open(caller)?;
                self.out.hide(app.secrets());
                Opened::Here(Box::new(app))
            }
        };
        Ok(self.host.get_or_init(|| opened))
    }

    /// The address of the server that is named.
    fn server(&self, caller: &Caller) -> Option<String> {
        let option = self.common.server.clone().filter(|address| !address.is_empty());
        option.or_else(|| caller.text("CONDUCTOR_SERVER").map(str::to_owned))
    }

    fn remote(&self, address: String, caller: Caller) -> Result<Remote, ApiError> {
        let token = self.token(&caller)?;
        self.out.hide(token.iter().cloned().collect());
        let waiting = Box::new(|words: &str| {
            if std::io::stderr().is_terminal() {
                eprintln!("{words}");
            }
        });
        let patience = self.common.server_wait.unwrap_or(USUAL_PATIENCE);
        Remote::new(Server { address, token, patience, waiting }, caller)
    }

    /// The token that was given; never as an argument, which every user of the machine can read.
    fn token(&self, caller: &Caller) -> Result<Option<SecretString>, ApiError> {
        let Some(file) = &self.common.token_file else {
            return Ok(caller.text("CONDUCTOR_TOKEN").map(SecretString::from));
        };
        let text = std::fs::read_to_string(file).map_err(|error| {
            ApiError::io(format_args!("read the token {}", file.display()), &error)
                .with_hint("name a file that you may read, with the token alone in it")
        })?;
        Ok(Some(text.trim().into()))
    }
}

fn here_alone(server: &str) -> ApiError {
    ApiError::usage(format_args!("this is done on this machine alone, and a server is named: {server}"))
        .with_hint("leave --server out and unset CONDUCTOR_SERVER, or call it on the server's machine")
}
