//! Listening: the port, the unix socket, and what each connection may take.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::peer::Peer;
use crate::api::{ApiError, ErrorCode};

/// Connections at once; more wait to be accepted.
const CONNECTIONS: usize = 2048;
/// How long a client may take for the head of a request, and for the handshake before it.
const HEAD: Duration = Duration::from_secs(15);
/// How long requests may take to finish when the server ends.
const GRACE: Duration = Duration::from_secs(10);
/// Ports after the usual one that are tried when it is taken.
const NEIGHBOURS: u16 = 20;
/// Bytes of one connection that wait to be written.
const WRITE_BUFFER: usize = 256 << 10;

/// The port. `exact`: that one or none.
///
/// # Errors
/// When none is free, or the address is none of this machine.
pub async fn bind(host: IpAddr, port: u16, exact: bool) -> Result<TcpListener, ApiError> {
    let last = if exact || port == 0 { port } else { port.saturating_add(NEIGHBOURS) };
    let mut failure = None;
    for port in port..=last {
        match TcpListener::bind(SocketAddr::new(host, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => failure = Some(error),
            Err(error) => return Err(refused(host, port, &error)),
        }
    }
    Err(refused(host, port, &failure.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into())))
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
        Self {
            router,
            stopping,
            connections: TaskTracker::new(),
            places: Arc::new(Semaphore::new(CONNECTIONS)),
        }
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
            let peer = Peer::Tcp { address, tls: tls.is_some() };
            self.connections.spawn(async move {
                let _place = place;
                match tls {
                    None => server.connection(stream, peer).await,
                    Some(tls) => {
                        let handshake = tokio::time::timeout(HEAD, tls.accept(stream)).await;
                        if let Ok(Ok(stream)) = handshake {
                            server.connection(stream, peer).await;
                        }
                    }
                }
            });
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
        let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
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

/// A process without free descriptors gets some when a connection ends.
async fn not_accepted(error: &std::io::Error) {
    tracing::warn!(%error, "a connection cannot be accepted");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
