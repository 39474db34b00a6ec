//! What the window's page is told without having asked: where to go.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use tauri::ipc::Channel;

/// What the page is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Told {
    /// To show this page: a link, a notification or the tray was clicked.
    Go {
        /// Its address in the dashboard: `/tasks/<project>/<task>`, `/new`.
        to: String,
    },
    /// What the person wanted to keep is a file now.
    Saved {
        /// Where it is; none: it could not be written.
        path: Option<String>,
    },
    /// The settings of the desktop, or what it is missing, are different now: ask for them again.
    Changed,
}

/// The way to the page. What is told while none listens is told to the next one; of several places to go, the last.
#[derive(Default)]
pub struct Listener(Mutex<State>);

#[derive(Default)]
struct State {
    channel: Option<Channel<Told>>,
    waiting: Option<Told>,
}

impl Listener {
    /// A page listens, from now on instead of the one before.
    pub fn listen(&self, channel: Channel<Told>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = state.waiting.take() {
            let _ = channel.send(told);
        }
        state.channel = Some(channel);
    }

    /// The page is gone.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).channel = None;
    }

    /// Tells the page to show another one.
    pub fn go(&self, to: &str) {
        self.tell(Told::Go { to: to.to_owned() });
    }

    /// Tells the page where a file was kept; none: it was not. Nobody asks for it later.
    pub fn saved(&self, path: Option<&Path>) {
        let path = path.map(|path| path.display().to_string());
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = state.channel.as_ref().map(|channel| channel.send(Told::Saved { path }));
    }

    /// Tells the page that the desktop is another one.
    pub fn changed(&self) {
        // A page that begins to listen asks anyway.
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = state.channel.as_ref().map(|channel| channel.send(Told::Changed));
    }

    fn tell(&self, told: Told) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = state.channel.as_ref().is_some_and(|channel| channel.send(told.clone()).is_ok());
        if !sent {
            state.waiting = Some(told);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tauri::ipc::InvokeResponseBody;

    use super::*;

    fn channel() -> (Channel<Told>, Arc<Mutex<Vec<String>>>) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = seen.clone();
        let channel = Channel::new(move |body| {
            if let InvokeResponseBody::Json(text) = body {
                told.lock().expect("no panic").push(text);
            }
            Ok(())
        });
        (channel, seen)
    }

    #[test]
    fn where_to_go_is_told_to_whoever_listens_first() {
        let listener = Listener::default();
        listener.go("/tasks/a/b");
        listener.go("/tasks/a/c");
        let (first, seen) = channel();
        listener.listen(first);
        listener.go("/new");
        let told = |to: &str| format!("{{\"kind\":\"go\",\"to\":\"{to}\"}}");
        assert_eq!(*seen.lock().expect("no panic"), [told("/tasks/a/c"), told("/new")]);
        listener.forget();
        listener.go("/fleet");
        assert_eq!(seen.lock().expect("no panic").len(), 2);
        let (second, seen) = channel();
        listener.listen(second);
        assert_eq!(*seen.lock().expect("no panic"), [told("/fleet")]);
    }
}
