//! A server from its start to its end.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::home::Home;
use super::listen::{self, Server};
use super::names::Names;
use super::network::{OnNetwork, Plan, bracketed};
use super::options::ServeOptions;
use super::routes;
use super::state::Shared;
use super::tls::Tls;
use crate::api::vigil::Vigil;
use crate::api::{ApiError, App, Caller};
use crate::notify::{Courier, Outbox};
use crate::store::Root;

/// Threads for files and locks, beside those that serve connections; made when they are needed. Those that only
/// wait may take no more than half of them ([`super::state::PATIENT`]).
const BLOCKING_THREADS: usize = 512;

/// How long changes may take whose clients have gone.
const CHANGES: Duration = Duration::from_secs(5);
/// How often it looks after itself.
const UPKEEP: Duration = Duration::from_secs(5);
/// How often it is looked whether the configuration or the tokens are others.
const LOOK: Duration = Duration::from_millis(250);
/// How often it is looked whether supervisors live.
const VIGIL: Duration = Duration::from_secs(2);

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
    let (app, root) = open(caller)?;
    root.tokens().local(app.clock.now())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .map_err(|error| ApiError::io("start the server's threads", &error))?;
    let post = Arc::new(Post::new(&app, &root));
    let answer = runtime.block_on(run(app, root, options, &post, ready));
    runtime.shutdown_background();
    // What is due may take a moment longer than the last request.
    drop(post);
    answer
}

/// The application and its root, made where it is missing. One of another system is only read.
pub(super) fn open(caller: Caller) -> Result<(App, Root), ApiError> {
    let app = App::open(Caller { lasting: true, ..caller })?;
    let root = match app.existing_root() {
        Some(root) if root.is_foreign() => root.clone(),
        _ => app.writable_root()?.clone(),
    };
    Ok((app, root))
}

/// What sends webhooks as long as the server lives, those that are configured.
pub(super) struct Post(Mutex<Option<Courier>>);

impl Post {
    pub(super) fn new(app: &App, root: &Root) -> Self {
        Self(Mutex::new(courier(app, root)))
    }

    /// Goes on with another configuration. Blocks while what is due is sent with the one before.
    fn renew(&self, app: &App, root: &Root) {
        let mut sending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(sending.take());
        *sending = courier(app, root);
    }
}

fn courier(app: &App, root: &Root) -> Option<Courier> {
    let outbox = Outbox::open(root, app.config(), &app.clock);
    if root.is_foreign() { None } else { Courier::follow(outbox) }
}

/// Learns of another configuration and of new secrets as they come, until nothing is sent any more. Keys
/// may lie in files of their own and in the keyring, which are looked at more rarely.
pub(super) async fn keep_learning(shared: Shared, post: Weak<Post>) {
    let mut looked = Instant::now();
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(post) = post.upgrade() else { return };
        if !shared.is_outdated() && looked.elapsed() < UPKEEP {
            continue;
        }
        looked = Instant::now();
        if let Some(app) = shared.renew().await {
            let root = shared.root.clone();
            let _ = tokio::task::spawn_blocking(move || post.renew(&app, &root)).await;
        }
    }
}

/// Tells of supervisors that are gone, as long as the server lives.
pub(super) async fn keep_vigil(shared: Shared, post: Weak<Post>) {
    let mut vigil = Vigil::default();
    loop {
        tokio::time::sleep(VIGIL).await;
        if post.strong_count() == 0 {
            return;
        }
        let app = shared.app();
        let looked = tokio::task::spawn_blocking(move || {
            let told = vigil.look(&app);
            (vigil, told)
        });
        let Ok((kept, told)) = looked.await else { return };
        vigil = kept;
        if let Err(error) = told {
            tracing::warn!(%error, "it is not known whether all supervisors live");
        }
    }
}

async fn run(
    app: App,
    root: Root,
    options: ServeOptions,
    post: &Arc<Post>,
    ready: impl FnOnce(&Serving),
) -> Result<(), ApiError> {
    let plan = Plan::new(&app, &root, &options)?;
    let wanted = options.port.unwrap_or(app.config().api.port);
    let (listeners, port) = listen::bind(&plan.hosts, wanted, options.port.is_some())?;
    let named = plan.names.iter().flat_map(Names::hosts);
    let hosts = app.config().api.allowed_hosts.iter().cloned().chain(named).collect();
    let told = Told::listen()?;
    let home = Home::take(&root)?;
    let shared = Shared::new(app, root, options, hosts);
    let url = format!("http://{}:{port}", bracketed(plan.here));
    let _ = shared.url.set(url.clone());
    let network = plan.on_network(port);
    network.iter().for_each(|network| drop(shared.network.set(network.clone())));
    let (home, socket) = home.map_or((None, None), |(home, socket)| (Some(home), Some(socket)));
    let server = accept(&shared, listeners, plan.tls, socket)?;
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
    let home = Arc::new(Mutex::new(home));
    let upkeep = tokio::spawn(upkeep(shared.clone(), server.clone(), Arc::clone(&home)));
    let learning = tokio::spawn(keep_learning(shared.clone(), Arc::downgrade(post)));
    let vigil = tokio::spawn(keep_vigil(shared.clone(), Arc::downgrade(post)));
    ready(&serving);
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    told.wait(&shared.stopping).await;
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    upkeep.abort();
    learning.abort();
    vigil.abort();
    if let Some(home) = home.lock().unwrap_or_else(PoisonError::into_inner).take() {
        home.leave();
    }
    shared.streams.close();
    shared.stopping.cancel();
    server.finish().await;
    shared.changes.close();
    let _ = tokio::time::timeout(CHANGES, shared.changes.wait()).await;
    Ok(())
}

/// Listens on the ports and the socket.
fn accept(
    shared: &Shared,
    ports: Vec<TcpListener>,
    tls: Option<Tls>,
    socket: Option<std::os::unix::net::UnixListener>,
) -> Result<Server, ApiError> {
    let server = Server::new(routes::router(shared.clone()), shared.stopping.clone());
    let tls = tls.map(|tls| tls.acceptor);
    for port in ports {
        tokio::spawn(server.clone().accept_tcp(port, tls.clone()));
    }
    if let Some(socket) = socket {
        accept_unix(&server, socket)?;
    }
    Ok(server)
}

fn accept_unix(server: &Server, socket: std::os::unix::net::UnixListener) -> Result<(), ApiError> {
    let socket = UnixListener::from_std(socket).map_err(|error| ApiError::io("listen", &error))?;
    tokio::spawn(server.clone().accept_unix(socket));
    Ok(())
}

/// What a server does now and then: it puts together what it counted, and becomes the root's server when the one
/// before has gone.
async fn upkeep(shared: Shared, server: Server, home: Arc<Mutex<Option<Home>>>) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        shared.metrics.upkeep();
        let is_homeless = home.lock().unwrap_or_else(PoisonError::into_inner).is_none();
        if !is_homeless {
            continue;
        }
        match move_in(&shared, &server) {
            Ok(found) => *home.lock().unwrap_or_else(PoisonError::into_inner) = found,
            Err(error) => tracing::warn!(%error, "the root does not know of this server"),
        }
    }
}

fn move_in(shared: &Shared, server: &Server) -> Result<Option<Home>, ApiError> {
    let Some((home, socket)) = Home::take(&shared.root)? else { return Ok(None) };
    accept_unix(server, socket)?;
    home.announce(shared.url.get().map_or("", String::as_str))?;
    Ok(Some(home))
}

/// As `run-agent recover` does, beside the first requests: what has no supervisor gets one.
pub(super) fn recover(shared: &Shared) {
    if shared.options.no_start || shared.root.is_foreign() {
        return;
    }
    let shared = shared.clone();
    tokio::task::spawn_blocking(move || match shared.app().recover(shared.options.assume_dead) {
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

/// The signals that end a server, listened to from before it is ready.
struct Told {
    terminate: Signal,
    interrupt: Signal,
}

impl Told {
    fn listen() -> Result<Self, ApiError> {
        let failed = |error| ApiError::io("listen for signals", &error);
        let terminate = signal(SignalKind::terminate()).map_err(failed)?;
        Ok(Self { terminate, interrupt: signal(SignalKind::interrupt()).map_err(failed)? })
    }

    async fn wait(mut self, stopping: &CancellationToken) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = stopping.cancelled() => {}
        }
    }
}
