//! What a root knows of its server (`run/server.json`, `run/server.sock`), while one runs.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use crate::api::ApiError;
use crate::store::{OfdLock, Root, ServerFile};

const SOCKET: &str = "server.sock";

/// The first server of a root: its address is known to the root, and it has the socket.
#[derive(Debug)]
pub struct Home {
    root: Root,
    socket: PathBuf,
    _lock: OfdLock,
}

impl Home {
    /// Becomes the root's server; none where another one is, or the root is not ours.
    ///
    /// # Errors
    /// When the files of `run/` cannot be written.
    pub fn take(root: &Root) -> Result<Option<(Self, UnixListener)>, ApiError> {
        if root.writable().is_err() {
            return Ok(None);
        }
        let Some(lock) = ServerFile::lock(root)? else { return Ok(None) };
        let run = root.run_dir("")?;
        run.remove(SOCKET)?;
        let socket = run.join(SOCKET);
        let failed = |error| ApiError::io(format_args!("listen on {}", socket.display()), &error);
        let listener = bind(&run, &socket).map_err(failed)?;
        Ok(Some((Self { root: root.clone(), socket, _lock: lock }, listener)))
    }

    /// Says where the server is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn announce(&self, url: &str) -> Result<(), ApiError> {
        let file = ServerFile::of_this_process(url, &self.socket);
        Ok(file.write(&self.root)?)
    }

    /// The socket.
    pub fn socket(&self) -> &PathBuf {
        &self.socket
    }

    /// Takes back what was said; the next server may become the root's.
    pub fn leave(self) {
        if let Ok(run) = self.root.run_dir("") {
            // What stays is seen to be nobody's by its lock.
            let _ = (ServerFile::remove(&self.root), run.remove(SOCKET));
        }
    }
}

/// Through the folder's descriptor: a path of a socket may have 107 bytes, and that of a root more.
fn bind(run: &crate::store::Dir, socket: &std::path::Path) -> std::io::Result<UnixListener> {
    use std::os::fd::{AsFd, AsRawFd};
    let short = PathBuf::from(format!("/proc/self/fd/{}", run.as_fd().as_raw_fd())).join(SOCKET);
    let listener = UnixListener::bind(short)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
