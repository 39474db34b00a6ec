//! The one door to the core: the API of the person's root, opened when it is first asked for.
//!
//! What keeps it from opening (a mistake in the configuration, a disk that is full) is the answer of every request
//! until it opens: the window is there all the same, and shows it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conductor_core::api::{ApiError, Caller};
use conductor_core::environment;
use conductor_core::server::Local;
use tokio::sync::Notify;

use crate::shell::{self, Reading};

/// The way to the core. Cheap to clone.
#[derive(Clone, Default)]
pub struct Door(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Who calls, where that is not this process with its login shell's environment.
    caller: Option<Caller>,
    /// Held by who opens, for seconds where a shell is slow.
    opening: Mutex<()>,
    /// Held for moments alone: whoever shows something looks here.
    opened: Mutex<Opened>,
    changed: Notify,
}

#[derive(Default)]
struct Opened {
    local: Option<Local>,
    /// How the login shell's environment was read; none: not yet.
    reading: Option<Reading>,
}

impl Door {
    /// One for a caller, whose environment is what it is.
    #[cfg(test)]
    pub fn of(caller: Caller) -> Self {
        Self(Arc::new(Inner { caller: Some(caller), ..Inner::default() }))
    }

    /// The API. Reads the login shell's environment before it is first opened, and goes on with tasks that have no
    /// supervisor.
    ///
    /// # Errors
    /// When the configuration is wrong, or the root cannot be used.
    pub async fn local(&self) -> Result<Local, ApiError> {
        if let Some(local) = &self.opened().local {
            return Ok(local.clone());
        }
        self.blocking(|door| door.open(false)).await
    }

    /// Reads the login shell's environment again, and lets it count from now on: streams end, and are opened
    /// again by the page.
    ///
    /// # Errors
    /// As [`Door::local`].
    pub async fn read_environment(&self) -> Result<Reading, ApiError> {
        self.blocking(|door| door.open(true)).await?;
        Ok(self.reading())
    }

    /// How the login shell's environment was read.
    pub fn reading(&self) -> Reading {
        self.opened().reading.clone().unwrap_or_default()
    }

    /// Whether this is still the API that requests go to.
    pub fn is_open(&self, local: &Local) -> bool {
        self.opened().local.as_ref().is_some_and(|opened| opened.is_same(local))
    }

    /// Says that something may be different now, of which no journal tells.
    pub fn nudge(&self) {
        self.0.changed.notify_one();
    }

    /// Resolves when something may be different.
    pub async fn nudged(&self) {
        self.0.changed.notified().await;
    }

    /// Ends all streams.
    pub fn close(&self) {
        let local = self.opened().local.take();
        if let Some(local) = local {
            local.close();
        }
    }

    async fn blocking(
        &self,
        work: impl FnOnce(&Self) -> Result<Local, ApiError> + Send + 'static,
    ) -> Result<Local, ApiError> {
        let door = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&door)).await;
        done.unwrap_or_else(|error| Err(ApiError::io("open the root", &std::io::Error::other(error))))
    }

    /// Of two that open at once, the second waits and finds it open.
    fn open(&self, anew: bool) -> Result<Local, ApiError> {
        let _one = self.0.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(local) = self.opened().local.as_ref().filter(|_| !anew) {
            return Ok(local.clone());
        }
        self.read_shell(anew);
        let usual = || Caller { cwd: PathBuf::from("/"), ..Caller::of_this_process() };
        let local = Local::open(self.0.caller.clone().unwrap_or_else(usual))?;
        local.recover();
        let before = self.opened().local.replace(local.clone());
        if let Some(before) = before {
            before.close();
        }
        self.nudge();
        Ok(local)
    }

    fn read_shell(&self, anew: bool) {
        if self.0.caller.is_none() && (anew || self.opened().reading.is_none()) {
            let (variables, reading) = shell::read_login(std::env::vars_os().collect());
            environment::replace(variables, reading.origin());
            self.opened().reading = Some(reading);
        }
    }

    fn opened(&self) -> MutexGuard<'_, Opened> {
        self.0.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
