//! Listening: the port, the unix socket, and what each connection may take.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::peer::Peer;
use crate::api::requests::LONGEST_POLL;
use crate::api::{ApiError, ErrorCode};

/// Connections at once at most; more wait to be accepted.
const CONNECTIONS: usize = 2048;
/// How long a client may take for the head of a request, and for the handshake before it.
const HEAD: Duration = Duration::from_secs(15);
/// How long requests may take to finish when the server ends.
const GRACE: Duration = Duration::from_secs(LONGEST_POLL + 2);
/// Ports after the usual one that are tried when it is taken.
const NEIGHBOURS: u16 = 20;
/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;
/// The first byte of a TLS handshake; no request begins with it.
const HANDSHAKE: u8 = 0x16;
/// Bytes of one connection that wait to be written.
const WRITE_BUFFER: usize = 256 << 10;

/// One port on all of these addresses, and its number. `exact`: that one or none.
///
/// # Errors
/// When none is free, or an address is none of this machine.
pub fn bind(hosts: &[IpAddr], port: u16, exact: bool) -> Result<(Vec<TcpListener>, u16), ApiError> {
    let last = if exact && port != 0 { port } else { port.saturating_add(NEIGHBOURS) };
    let mut taken = None;
    for attempt in port..=last {
        // Any free one is asked for again where it is not free on all addresses.
        match bind_all(hosts, if port == 0 { 0 } else { attempt }) {
            Ok(bound) => return Ok(bound),
            Err((host, error)) if error.kind() == io::ErrorKind::AddrInUse => taken = Some((host, error)),
            Err((host, error)) => return Err(refused(host, port, &error)),
        }
    }
    let (host, error) = taken.unwrap_or((hosts[0], io::ErrorKind::AddrInUse.into()));
    Err(refused(host, port, &error))
}

fn bind_all(hosts: &[IpAddr], port: u16) -> Result<(Vec<TcpListener>, u16), (IpAddr, io::Error)> {
    let mut listeners = Vec::new();
    let mut port = port;
    for host in hosts {
        let listener = open(SocketAddr::new(*host, port)).map_err(|error| (*host, error))?;
        port = listener.local_addr().map_err(|error| (*host, error))?.port();
        listeners.push(listener);
    }
    Ok((listeners, port))
}

/// Every address of IPv6 is every one of IPv4 as well, whatever the system's default is.
fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    if address.is_ipv6() {
        rustix::net::sockopt::set_ipv6_v6only(&socket, !address.ip().is_unspecified())?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Whether this machine has IPv6 beside IPv4.
pub fn has_both() -> bool {
    let try_it = || -> io::Result<()> {
        let socket = TcpSocket::new_v6()?;
        rustix::net::sockopt::set_ipv6_v6only(&socket, false)?;
        socket.bind(SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0))
    };
    try_it().is_ok()
}

fn refused(host: IpAddr, port: u16, error: &std::io::Error) -> ApiError {
    let address = SocketAddr::new(host, port);
    let hint = match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            "another program has it: name another with --port, or 0 for any free one"
        }
        std::io::ErrorKind::AddrNotAvailable => "--host names an address of this machine, such as 127.0.0.1",
        _ => "ports below 1024 are the system's; the usual one is 14355",
    };
    ApiError { code: ErrorCode::Io, ..ApiError::io(format_args!("listen on {address}"), error) }
        .with_hint(hint)
}

/// Serves connections until it is told to stop.
#[derive(Clone)]
pub struct Server {
    router: Router,
    stopping: CancellationToken,
    connections: TaskTracker,
    places: Arc<Semaphore>,
}

impl Server {
    /// A server of this router.
    pub fn new(router: Router, stopping: CancellationToken) -> Self {
        Self { router, stopping, connections: TaskTracker::new(), places: Arc::new(Semaphore::new(places())) }
    }

    /// Accepts connections of a port.
    pub async fn accept_tcp(self, listener: TcpListener, tls: Option<TlsAcceptor>) {
        while let Some(place) = self.place().await {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.stopping.cancelled() => return,
            };
            let (stream, address) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    not_accepted(&error).await;
                    continue;
                }
            };
            let _ = stream.set_nodelay(true);
            let (server, tls) = (self.clone(), tls.clone());
            self.connections.spawn(async move {
                let _place = place;
                server.tcp(stream, address, tls).await;
            });
        }
    }

    async fn tcp(&self, stream: TcpStream, address: SocketAddr, tls: Option<TlsAcceptor>) {
        let Ok(own) = stream.local_addr() else { return };
        let address = SocketAddr::new(address.ip().to_canonical(), address.port());
        let own = own.ip().to_canonical();
        let is_here = address.ip().is_loopback() && own.is_loopback();
        let tls = match tls {
            Some(tls) if is_here => begins_with_handshake(&stream).await.then_some(tls),
            tls => tls,
        };
        let peer = Peer::Tcp { address, own, tls: tls.is_some() };
        match tls {
            None => self.connection(stream, peer).await,
            Some(tls) => match tokio::time::timeout(HEAD, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.connection(stream, peer).await,
                Ok(Err(error)) => tracing::debug!(%peer, %error, "no handshake"),
                Err(_) => tracing::debug!(%peer, "no handshake in time"),
            },
        }
    }

    /// Accepts connections of the unix socket.
    pub async fn accept_unix(self, listener: UnixListener) {
        while let Some(place) = self.place().await {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.stopping.cancelled() => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    let server = self.clone();
                    self.connections.spawn(async move {
                        let _place = place;
                        server.connection(stream, Peer::Unix).await;
                    });
                }
                Err(error) => not_accepted(&error).await,
            }
        }
    }

    /// Waits until all requests are finished, at most for the time of grace.
    pub async fn finish(&self) {
        self.connections.close();
        let _ = tokio::time::timeout(GRACE + Duration::from_secs(1), self.connections.wait()).await;
    }

    async fn place(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        self.places.clone().acquire_owned().await.ok()
    }

    async fn connection(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: Peer) {
        let router = self.router.clone();
        let has_asked = Arc::new(AtomicBool::new(false));
        let asks = Arc::clone(&has_asked);
        let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            asks.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(peer);
            router.clone().oneshot(request.map(Body::new))
        });
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(WRITE_BUFFER);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = silence(&has_asked) => {
                tracing::debug!(%peer, "no request in time");
                return;
            }
            () = self.stopping.cancelled() => {
                connection.as_mut().graceful_shutdown();
                match tokio::time::timeout(GRACE, connection).await {
                    Ok(ended) => ended,
                    Err(_) => return,
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "connection ended");
        }
    }
}

/// Ends where no request has come when the head of one should be there: hyper counts from its first byte.
async fn silence(has_asked: &AtomicBool) {
    tokio::time::sleep(HEAD).await;
    if has_asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

/// Connections at once: half of what files this process may open, for each may have one open itself.
fn places() -> usize {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let half = files.map_or(CONNECTIONS, |files| usize::try_from(files / 2).unwrap_or(CONNECTIONS));
    half.clamp(1, CONNECTIONS)
}

/// A process without free descriptors gets some when a connection ends.
async fn not_accepted(error: &std::io::Error) {
    tracing::warn!(%error, "a connection cannot be accepted");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Whether a client of this machine speaks TLS, which it need not. One that says nothing does not.
async fn begins_with_handshake(stream: &TcpStream) -> bool {
    let mut first = [0];
    let peeked = tokio::time::timeout(HEAD, stream.peek(&mut first)).await;
    matches!(peeked, Ok(Ok(1))) && first[0] == HANDSHAKE
}
