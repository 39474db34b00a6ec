//! A stand-in for the system's bus and the login manager on it: it tells who keeps the machine awake.

use std::io::{ErrorKind, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::fdo;
use zbus::zvariant::OwnedFd;

use crate::env::TestEnv;

/// The manager. It lives as long as the process of its test.
#[derive(Debug, Clone)]
pub struct Logind(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// How many asked.
    asked: usize,
    refuses: bool,
    held: Vec<(Inhibitor, UnixStream)>,
    clients: Vec<Connection>,
}

/// What somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inhibitor {
    /// What does not happen, separated by colons.
    pub what: String,
    /// Who holds it.
    pub who: String,
    /// Why.
    pub why: String,
    /// `block` or `delay`.
    pub mode: String,
}

impl Logind {
    /// Starts it where the programs of a world look for it.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn start(env: &TestEnv) -> Self {
        let listener = UnixListener::bind(env.system_bus()).expect("a bus");
        let logind = Self(Arc::default());
        let manager = logind.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (manager, client) = (manager.clone(), client.expect("a client"));
                std::thread::spawn(move || manager.serve(client));
            }
        });
        logind
    }

    /// Refuses whatever is asked from now on.
    pub fn refuse(&self) {
        self.state().refuses = true;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.state().asked
    }

    /// What is held now.
    ///
    /// # Panics
    /// When that cannot be told.
    pub fn held(&self) -> Vec<Inhibitor> {
        let mut state = self.state();
        state.held.retain_mut(|(_, end)| match end.read(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => true,
            Ok(0) => false,
            other => panic!("an inhibitor that says something: {other:?}"),
        });
        state.held.iter().map(|(held, _)| held.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(self, client: UnixStream) {
        let serve = || {
            Builder::async_io_unix_stream(client)
                .server(zbus::Guid::generate())?
                .p2p()
                .serve_at("/org/freedesktop/DBus", Bus)?
                .serve_at("/org/freedesktop/login1", Manager(self.clone()))?
                .build()
        };
        let connection = serve().expect("a client that speaks D-Bus");
        self.state().clients.push(connection);
    }
}

/// What a client asks the bus itself.
struct Bus;

#[zbus::interface(name = "org.freedesktop.DBus")]
impl Bus {
    fn hello(&self) -> &str {
        ":1.1"
    }

    fn name_has_owner(&self, name: &str) -> bool {
        name == "org.freedesktop.login1"
    }
}

struct Manager(Logind);

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn inhibit(&self, what: String, who: String, why: String, mode: String) -> fdo::Result<OwnedFd> {
        let mut state = self.0.state();
        state.asked += 1;
        if state.refuses {
            return Err(fdo::Error::AccessDenied("not here".to_owned()));
        }
        let failed = |error: std::io::Error| fdo::Error::Failed(error.to_string());
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        ours.set_nonblocking(true).map_err(failed)?;
        state.held.push((Inhibitor { what, who, why, mode }, ours));
        Ok(std::os::fd::OwnedFd::from(theirs).into())
    }
}
