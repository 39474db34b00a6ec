//! What every request of a server shares.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Deref;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::time::Instant;

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::audit::Audit;
use super::auth::{Failures, Identity, TokenBook};
use super::guard::Allowed;
use super::metrics::Metrics;
use super::network::OnNetwork;
use super::options::ServeOptions;
use super::pages::{Pages, Settled};
use super::problem::Problem;
use super::reply::{self, tagged_as};
use super::tickets::Tickets;
use crate::api::stream::Streams;
use crate::api::{ApiError, App, Caller};
use crate::logs::{LiveMask, Mask};
use crate::store::{FileStamp, Root};

/// Requests that wait at once, for an answer or for the end of an agent: each holds a thread.
pub const PATIENT: usize = 256;

/// What every request of a server shares. Cheap to clone.
#[derive(Clone)]
pub struct Shared(Arc<Inner>);

/// What a request names, as a command's options do.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// Project.
    pub project: Option<String>,
    /// Task.
    pub task: Option<String>,
    /// The folder in which a command would be called: its `conductor.yaml` counts.
    pub folder: Option<PathBuf>,
    /// The task whose run calls: `project/task`.
    pub calling: Option<String>,
}

/// A link that works once, as this machine and as others use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// For this machine.
    pub here: String,
    /// For others, with the fingerprint of the certificate; none where it does not listen on the network.
    pub pairing: Option<String>,
}

/// The parts of it.
pub struct Inner {
    /// The application, for looking, and the files of its configuration as they were.
    app: RwLock<Opened>,
    /// Its root.
    pub root: Root,
    /// How the server was started.
    pub options: ServeOptions,
    /// Names and origins that are answered.
    pub allowed: Allowed,
    /// The tokens.
    pub tokens: TokenBook,
    /// Pages of lists.
    pub pages: Pages,
    /// Links that work once.
    pub tickets: Tickets,
    /// Wrong tokens.
    pub failures: Failures,
    /// The log of changes.
    pub audit: Audit,
    /// Requests that change something, until they are done.
    pub changes: TaskTracker,
    /// Counters.
    pub metrics: Metrics,
    /// What hides known secrets in answers.
    mask: LiveMask,
    /// Places of requests that wait for something.
    patient: Arc<Semaphore>,
    /// The live streams.
    pub streams: Streams,
    /// Tells all streams and connections to end.
    pub stopping: CancellationToken,
    /// Where it listens, once it does.
    pub url: OnceLock<String>,
    /// Where others reach it, where it listens on the network.
    pub network: OnceLock<OnNetwork>,
}

impl Shared {
    /// Everything for this application and root.
    pub fn new(app: App, root: Root, options: ServeOptions, hosts: Vec<String>) -> Self {
        let audit = Audit::new(root.writable().and_then(|()| root.state_dir("")).ok());
        let allowed = Allowed::new(hosts, &app.config().api.allowed_origins);
        let roots = std::iter::once(&root).chain(app.extra_roots()).cloned().collect();
        let mask = LiveMask::new(Mask::new(&app.secrets()));
        let streams = Streams::new(roots, mask.clone());
        Self(Arc::new(Inner {
            tokens: TokenBook::new(root.tokens()),
            pages: Pages::default(),
            tickets: Tickets::default(),
            failures: Failures::new(),
            metrics: Metrics::new(Instant::now()),
            stopping: CancellationToken::new(),
            url: OnceLock::new(),
            network: OnceLock::new(),
            allowed,
            streams,
            mask,
            patient: Arc::new(Semaphore::new(PATIENT)),
            changes: TaskTracker::new(),
            audit,
            app: RwLock::new(Opened::new(app)),
            root,
            options,
        }))
    }

    /// Looks at something, away from the threads that serve connections.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, Problem> {
        let shared = self.clone();
        Ok(tokio::task::spawn_blocking(move || look(&shared.app())).await??)
    }

    /// A page of a list; one that was sent before where it still holds.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn page<T: Settled + Serialize + Send + 'static>(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        look: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<Response, Problem> {
        let asked = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let (journal, made) = (self.app().journal_stamp(), Instant::now());
        if let Some(ready) = self.pages.get(&asked, journal) {
            return Ok(tagged_as(headers, reply::JSON, &ready.tag, ready.body));
        }
        let page = self.look(look).await?;
        let ready = reply::ready(&self.mask(), &page)?;
        if page.is_settled() {
            self.pages.keep(asked, journal, made, ready.clone());
        }
        Ok(tagged_as(headers, reply::JSON, &ready.tag, ready.body))
    }

    /// Does something in the name of a token. The configuration is read anew, as by a command.
    ///
    /// # Errors
    /// What the use case says, and where the configuration is wrong.
    pub async fn act<T: Send + 'static>(
        &self,
        identity: &Identity,
        act: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.act_named(identity, Named::default(), act).await
    }

    /// As [`Shared::act`], with a project and a task that are named.
    ///
    /// # Errors
    /// As [`Shared::act`].
    pub async fn act_named<T: Send + 'static>(
        &self,
        identity: &Identity,
        named: Named,
        act: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, Problem> {
        let caller = self.caller(identity, named);
        let acted = tokio::task::spawn_blocking(move || act(&App::open(caller)?));
        Ok(acted.await??)
    }

    /// As [`Shared::act`], for what may wait a while.
    ///
    /// # Errors
    /// As [`Shared::act`], and when too many wait already.
    pub async fn act_patiently<T: Send + 'static>(
        &self,
        identity: &Identity,
        act: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, Problem> {
        let Ok(place) = Arc::clone(&self.patient).try_acquire_owned() else {
            let many = format_args!("{PATIENT} requests wait already");
            return Err(
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", many).with_hint("ask again later")
            );
        };
        self.act(identity, move |app| {
            // Held by what waits, whether its client does or not.
            let _place = place;
            act(app)
        })
        .await
    }

    /// What hides known secrets.
    pub fn mask(&self) -> Arc<Mask> {
        self.mask.get()
    }

    /// The application as it is now.
    pub fn app(&self) -> Arc<App> {
        Arc::clone(&self.opened().app)
    }

    /// Whether files of the configuration, or the tokens, are others than when they were last read.
    pub fn is_outdated(&self) -> bool {
        let opened = self.opened();
        opened.files != files(&opened.app) || opened.tokens != self.root.tokens().stamp()
    }

    /// Learns what is configured now, and what is secret. The application, where another configuration is in
    /// force than before.
    pub async fn renew(&self) -> Option<Arc<App>> {
        let caller = Caller { root: Some(self.root.path().to_owned()), ..self.app().caller.clone() };
        let found = tokio::task::spawn_blocking(move || {
            let opened = Opened::new(App::open(caller)?);
            let mask = Mask::new(&opened.app.secrets());
            Ok::<_, ApiError>((opened, mask))
        });
        // What cannot be read now holds as it was.
        let (mut fresh, mask) = found.await.ok()?.ok()?;
        self.mask.set(mask);
        let mut opened = self.app.write().unwrap_or_else(PoisonError::into_inner);
        if fresh.files == opened.files {
            opened.tokens = fresh.tokens;
            return None;
        }
        std::mem::swap(&mut *opened, &mut fresh);
        Some(Arc::clone(&opened.app))
    }

    fn opened(&self) -> RwLockReadGuard<'_, Opened> {
        self.app.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Links that open the dashboard, one of them, once.
    pub fn links(&self) -> Links {
        let url = self.url.get().map_or("", String::as_str);
        let ticket = self.tickets.issue(Instant::now());
        let pairing = self.network.get().map(|network| network.link(&ticket));
        Links { here: format!("{url}/#ticket={ticket}"), pairing }
    }

    /// The caller that stands for this identity, with nothing named.
    pub fn caller_for(&self, identity: &Identity) -> Caller {
        self.caller(identity, Named::default())
    }

    fn caller(&self, identity: &Identity, named: Named) -> Caller {
        let app = self.app();
        let own = &app.caller;
        // Who asks is no run that this server may have been started by.
        let is_own_run = |name: &OsString| name.to_string_lossy().starts_with("JRUN_");
        let mut env: BTreeMap<_, _> = own
            .env
            .iter()
            .filter(|(name, _)| !is_own_run(name))
            .map(|(a, b)| (a.clone(), b.clone()))
            .collect();
        env.extend(named.calling.as_deref().map(|task| self.calling(task)).into_iter().flatten());
        Caller {
            root: Some(self.root.path().to_owned()),
            project: named.project,
            task: named.task,
            config: own.config.clone(),
            env,
            cwd: named.folder.unwrap_or_else(|| PathBuf::from("/")),
            by: Some(identity.who()),
            lasting: true,
            launches_nothing: self.options.no_start,
        }
    }

    /// What the environment of a task's run says.
    fn calling(&self, task: &str) -> [(OsString, OsString); 4] {
        let (project, task) = task.split_once('/').unwrap_or_default();
        let root = self.root.path().as_os_str();
        let said = [("ROOT", root), ("PROJECT_ID", project.as_ref()), ("TASK_ID", task.as_ref())];
        let [root, project, task] =
            said.map(|(name, value)| (format!("JRUN_{name}").into(), value.to_owned()));
        [root, project, task, ("JRUN_ID".into(), "unknown".into())]
    }

    /// The problem of a server that may not start tasks.
    ///
    /// # Errors
    /// Where it may not.
    pub fn may_start(&self) -> Result<(), Problem> {
        if self.options.no_start {
            let no = "this server was started with --no-start: it launches nothing";
            return Err(
                Problem::forbidden(no).with_hint("start tasks with run-agent, or serve without --no-start")
            );
        }
        Ok(())
    }
}

/// An application, and how the files were that it was opened with.
struct Opened {
    app: Arc<App>,
    files: Vec<Option<FileMark>>,
    tokens: Option<FileStamp>,
}

impl Opened {
    fn new(app: App) -> Self {
        let tokens = app.existing_root().and_then(|root| root.tokens().stamp());
        Self { files: files(&app), tokens, app: Arc::new(app) }
    }
}

/// Number, size and time of change of a file.
type FileMark = (u64, u64, i64, i64);

/// The files of the configuration of an application, as they are now.
fn files(app: &App) -> Vec<Option<FileMark>> {
    let own = app.loaded.path.iter();
    let files = own.chain(app.loaded.project_file.iter().map(|file| &file.path));
    let mark = |meta: std::fs::Metadata| (meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec());
    files.map(|path| std::fs::metadata(path).ok().map(mark)).collect()
}

impl Deref for Shared {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
