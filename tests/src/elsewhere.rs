//! Somewhere else, from where a server is reached: another host where the system allows one, else another address of
//! this machine with a link that can be cut all the same.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::namespace::{OtherHost, try_with_other_host};
use crate::server::TestServer;

/// Where an agent is that is not here.
#[derive(Debug)]
pub enum Elsewhere {
    /// On another host.
    Host(OtherHost),
    /// At another address of this machine.
    Address(Link),
}

/// Runs the body of the calling test with somewhere else.
///
/// # Panics
/// As [`with_other_host`](crate::namespace::with_other_host).
#[track_caller]
pub fn with_elsewhere(body: impl Fn(&Elsewhere)) {
    let was_run = try_with_other_host(|host| body(&Elsewhere::Host(host)));
    if !was_run {
        body(&Elsewhere::Address(Link::default()));
    }
}

impl Elsewhere {
    /// Address and port by which a server of this machine is reached from there.
    ///
    /// # Panics
    /// When it cannot be reached.
    #[track_caller]
    pub fn address(&self, server: &TestServer) -> String {
        let port = server.address().rsplit(':').next().expect("a port");
        match self {
            Self::Host(_) => format!("{}:{port}", OtherHost::HERE),
            Self::Address(link) => link.to(&format!("{OTHER}:{port}")),
        }
    }

    /// The address that the server sees.
    pub fn is_seen_as(&self) -> &'static str {
        match self {
            Self::Host(_) => OtherHost::THERE,
            Self::Address(_) => "127.0.0.1",
        }
    }

    /// Does something there.
    ///
    /// # Panics
    /// When `act` does.
    pub fn there<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        match self {
            Self::Host(host) => host.there(act),
            Self::Address(_) => act(),
        }
    }

    /// Cuts the way from there.
    pub fn cut(&self) {
        match self {
            Self::Host(host) => host.cut(),
            Self::Address(link) => link.set_cut(true),
        }
    }

    /// Makes it whole again.
    pub fn mend(&self) {
        match self {
            Self::Host(host) => host.mend(),
            Self::Address(link) => link.set_cut(false),
        }
    }
}

/// Another address of this machine.
const OTHER: &str = "127.0.0.2";

/// A link over another address. While it is cut, nothing goes through, and nobody is told.
#[derive(Debug, Default)]
pub struct Link(Arc<(Mutex<bool>, Condvar)>);

impl Link {
    fn set_cut(&self, cut: bool) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = cut;
        self.0.1.notify_all();
    }

    /// The address that leads to `target` over this link. It lasts as long as the test.
    fn to(&self, target: &str) -> String {
        let listener = TcpListener::bind((OTHER, 0)).expect("another address");
        let address = listener.local_addr().expect("its address").to_string();
        let (link, target) = (Self(Arc::clone(&self.0)), target.to_owned());
        std::thread::spawn(move || {
            for from in listener.incoming().map_while(Result::ok) {
                link.wait();
                // Where nobody listens, whoever connected is told by the end of the connection.
                let Ok(to) = TcpStream::connect(&target) else { continue };
                link.carry(&from, &to);
                link.carry(&to, &from);
            }
        });
        address
    }

    /// Waits while it is cut.
    fn wait(&self) {
        let cut = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.0.1.wait_while(cut, |cut| *cut).unwrap_or_else(PoisonError::into_inner));
    }

    /// Carries what comes from one end to the other, until either is closed.
    fn carry(&self, from: &TcpStream, to: &TcpStream) {
        let link = Self(Arc::clone(&self.0));
        let (mut from, mut to) = (from.try_clone().expect("a handle"), to.try_clone().expect("a handle"));
        std::thread::spawn(move || {
            let mut bytes = vec![0; 64 << 10];
            while let Ok(read @ 1..) = from.read(&mut bytes) {
                link.wait();
                if to.write_all(&bytes[..read]).is_err() {
                    break;
                }
            }
            link.wait();
            let _ = to.shutdown(Shutdown::Write);
        });
    }
}
