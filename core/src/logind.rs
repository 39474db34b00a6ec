//! The login manager of the system (`org.freedesktop.login1`), where it has one: asked on the system's bus.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::mpsc::channel;
use std::time::Duration;

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;
use zbus::names::BusName;

const NAME: &str = "org.freedesktop.login1";
/// Who inhibits, as `systemd-inhibit --list` shows it.
const WHO: &str = "Conductor Loop";
/// How long an answer may take; the bus may have to start the login manager first.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Inhibits sleep, by itself and when idle, until the descriptor is closed or this process has ended. A lid that is closed
/// still puts a machine to sleep where its owner has not said otherwise.
///
/// # Errors
/// Without such a bus or such a manager, and where it does not allow it.
pub(crate) fn inhibit_sleep(why: &str) -> io::Result<OwnedFd> {
    let connection = connect().map_err(io::Error::other)?;
    let manager = ManagerProxy::new(&connection).map_err(io::Error::other)?;
    let held = manager.inhibit("sleep:idle", WHO, why, "block").map_err(io::Error::other)?;
    Ok(held.into())
}

/// Whether there is one.
///
/// # Errors
/// Without such a bus, or where it does not answer.
pub(crate) fn is_here() -> io::Result<bool> {
    let (answer, asked) = channel();
    // A bus that takes a connection and says nothing would be waited for without end.
    std::thread::Builder::new().name("logind".to_owned()).spawn(move || answer.send(look()))?;
    asked.recv_timeout(PATIENCE).map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

fn look() -> io::Result<bool> {
    let ask = || {
        let connection = connect()?;
        let bus = DBusProxy::new(&connection)?;
        let runs = bus.name_has_owner(BusName::try_from(NAME)?)?;
        let can_run =
            || bus.list_activatable_names().map(|names| names.iter().any(|name| name.as_str() == NAME));
        Ok::<_, zbus::Error>(runs || can_run()?)
    };
    ask().map_err(io::Error::other)
}

fn connect() -> zbus::Result<Connection> {
    Builder::system()?.method_timeout(PATIENCE).build()
}

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1",
    gen_async = false,
    blocking_name = "ManagerProxy"
)]
trait Manager {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<zbus::zvariant::OwnedFd>;
}
