//! A server from its start to its end.

use std::path::PathBuf;

use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::home::Home;
use super::listen::{self, Server};
use super::names::Names;
use super::network::{OnNetwork, Plan, bracketed};
use super::options::ServeOptions;
use super::routes;
use super::state::Shared;
use super::tls::Tls;
use crate::api::{ApiError, App, Caller};
use crate::notify::{Courier, Outbox};
use crate::store::Root;

/// Threads for files and locks, beside those that serve connections.
const BLOCKING_THREADS: usize = 64;

/// A server that is ready.
#[derive(Debug)]
pub struct Serving {
    /// Its address.
    pub url: String,
    /// Its unix socket; absent where another server of the root has it.
    pub socket: Option<PathBuf>,
    /// A link that works once and gives a page its token; where the server listens on the network, one for
    /// other devices.
    pub link: String,
    /// How others reach it, where it listens on the network.
    pub network: Option<OnNetwork>,
    /// Whether another port than the configured one was taken, as that was not free.
    pub moved_from: Option<u16>,
    /// Whether it only reads, since the root is another system's.
    pub read_only: bool,
}

/// Serves until SIGTERM or SIGINT. `ready` is called once requests are answered.
///
/// # Errors
/// When the root cannot be used or the address is not free.
pub fn serve(caller: Caller, options: ServeOptions, ready: impl FnOnce(&Serving)) -> Result<(), ApiError> {
    let app = App::open(Caller { lasting: true, ..caller })?;
    let root = match app.existing_root() {
        Some(root) if root.is_foreign() => root.clone(),
        _ => app.writable_root()?.clone(),
    };
    root.tokens().local(app.clock.now())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .map_err(|error| ApiError::io("start the server's threads", &error))?;
    let courier = courier(&app, &root);
    let answer = runtime.block_on(run(app, root, options, ready));
    runtime.shutdown_background();
    // What is due may take a moment longer than the last request.
    drop(courier);
    answer
}

/// What sends webhooks as long as the server lives; none where none is configured.
fn courier(app: &App, root: &Root) -> Option<Courier> {
    let outbox = Outbox::open(root, app.config(), &app.clock);
    if root.is_foreign() { None } else { Courier::follow(outbox) }
}

async fn run(
    app: App,
    root: Root,
    options: ServeOptions,
    ready: impl FnOnce(&Serving),
) -> Result<(), ApiError> {
    let plan = Plan::new(&app, &root, &options)?;
    let wanted = options.port.unwrap_or(app.config().api.port);
    let (listeners, port) = listen::bind(&plan.hosts, wanted, options.port.is_some())?;
    let named = plan.names.iter().flat_map(Names::hosts);
    let hosts = app.config().api.allowed_hosts.iter().cloned().chain(named).collect();
    let home = Home::take(&root)?;
    let shared = Shared::new(app, root, options, hosts);
    let url = format!("http://{}:{port}", bracketed(plan.here));
    let _ = shared.url.set(url.clone());
    let network = plan.on_network(port);
    network.iter().for_each(|network| drop(shared.network.set(network.clone())));
    let (home, socket) = home.map_or((None, None), |(home, socket)| (Some(home), Some(socket)));
    let accepting = Accepting::start(&shared, listeners, plan.tls, socket)?;
    let links = shared.links();
    let serving = Serving {
        link: links.pairing.unwrap_or(links.here),
        network,
        socket: home.as_ref().map(|home| home.socket().clone()),
        moved_from: (wanted != 0 && port != wanted).then_some(wanted),
        read_only: shared.root.is_foreign(),
        url,
    };
    home.as_ref().map_or(Ok(()), |home| home.announce(&serving.url))?;
    recover(&shared);
    ready(&serving);
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    until_told(&shared.stopping).await?;
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    home.as_ref().inspect(|home| home.leave());
    shared.streams.close();
    shared.stopping.cancel();
    accepting.finish().await;
    Ok(())
}

/// The port and the socket being listened on.
struct Accepting {
    server: Server,
}

impl Accepting {
    fn start(
        shared: &Shared,
        ports: Vec<TcpListener>,
        tls: Option<Tls>,
        socket: Option<std::os::unix::net::UnixListener>,
    ) -> Result<Self, ApiError> {
        let server = Server::new(routes::router(shared.clone()), shared.stopping.clone());
        let tls = tls.map(|tls| tls.acceptor);
        for port in ports {
            tokio::spawn(server.clone().accept_tcp(port, tls.clone()));
        }
        if let Some(socket) = socket {
            let socket = UnixListener::from_std(socket).map_err(|error| ApiError::io("listen", &error))?;
            tokio::spawn(server.clone().accept_unix(socket));
        }
        Ok(Self { server })
    }

    async fn finish(self) {
        self.server.finish().await;
    }
}

/// As `run-agent recover` does, beside the first requests: what has no supervisor gets one.
fn recover(shared: &Shared) {
    if shared.options.no_start || shared.root.is_foreign() {
        return;
    }
    let shared = shared.clone();
    tokio::task::spawn_blocking(move || match shared.app.recover(shared.options.assume_dead) {
        Ok(done) => {
            for task in &done.tasks {
                tracing::info!(project = %task.project, task = %task.task, outcome = ?task.outcome, "recovered");
            }
            for problem in &done.problems {
                tracing::warn!(problem, "recovery left something");
            }
        }
        Err(error) => tracing::error!(%error, "nothing was recovered"),
    });
}

async fn until_told(stopping: &CancellationToken) -> Result<(), ApiError> {
    let failed = |error| ApiError::io("listen for signals", &error);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = stopping.cancelled() => {}
    }
    Ok(())
}
