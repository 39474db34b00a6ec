//! What happens, for clients that ask again and again: each answer waits until there is something to tell.

use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::tasks::OfTask;
use super::wait;
use crate::api::feed::{Feed, MomentPage};
use crate::api::news::{NewsFeed, NewsPage};
use crate::api::sight::Own;
use crate::api::{ApiError, App};
use crate::server::auth::Identity;
use crate::server::body::{Path, Query};
use crate::server::problem::Problem;
use crate::server::reply::hidden;
use crate::server::state::{Named, Shared};
use crate::store::TaskDir;

/// Where to go on, and how long to wait.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// What the last answer gave as `next`; absent: from now on.
    after: Option<String>,
    /// Without `after`: from the beginning.
    history: bool,
    /// Seconds to wait for something to tell: at most 10, else none.
    #[param(maximum = 10)]
    wait: u64,
}

/// What happens to a task: changes of its status, runs, what agents report, messages. The first answer tells
/// where it stands.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/moments", tag = "tasks", params(OfTask, Since),
    responses((status = 200, body = MomentPage)))]
pub async fn moments(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    Query(asked): Query<Since>,
) -> Result<Response, Problem> {
    let (after, history, wait) = (asked.after, asked.history, wait::seconds("wait", asked.wait)?);
    let own = identity.own_task();
    let open = move |app: &App| {
        let task = of.open(app)?;
        let feed = match after {
            Some(after) => Feed::resume(&task, &after)?,
            None => Feed::open(&task, history)?,
        };
        Ok(TaskFeed { feed, task, own })
    };
    let feed = shared.look(open).await?;
    hidden(&shared, &told(&shared, feed, wait).await?)
}

/// Where to go on in the journal.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewsSince {
    /// Only of this project, which must be there.
    project: Option<String>,
    /// What the last answer gave as `next`; absent: from now on.
    after: Option<String>,
    /// Seconds to wait for something to tell: at most 10, else none.
    #[param(maximum = 10)]
    wait: u64,
}

/// What happens on the root: every change of a task or a run. `resync` says that the past is gone: the lists are
/// to be read again.
#[utoipa::path(get, path = "/news", tag = "system", params(NewsSince), responses((status = 200, body = NewsPage)))]
pub async fn news(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Query(asked): Query<NewsSince>,
) -> Result<Response, Problem> {
    let wait = wait::seconds("wait", asked.wait)?;
    let named = Named { project: asked.project, ..Named::default() };
    let feed = shared.act_named(&identity, named, move |app| app.news(asked.after.as_deref())).await?;
    hidden(&shared, &told(&shared, feed, wait).await?)
}

/// A reader that is asked again.
trait Reader: Send + 'static {
    type Page: Send + 'static;

    fn look(&mut self, app: &App) -> Result<Self::Page, ApiError>;

    fn is_nothing(page: &Self::Page) -> bool;

    async fn changed(&self);
}

/// What a reader finds; waits so long for something.
async fn told<R: Reader>(shared: &Shared, mut reader: R, wait: Duration) -> Result<R::Page, Problem> {
    let over = Instant::now() + wait;
    loop {
        let looked = shared.look(move |app| reader.look(app).map(|page| (reader, page)));
        let (back, page) = looked.await?;
        reader = back;
        let left = over.saturating_duration_since(Instant::now());
        if !R::is_nothing(&page) || left.is_zero() || shared.stopping.is_cancelled() {
            return Ok(page);
        }
        tokio::select! {
            () = reader.changed() => {}
            () = tokio::time::sleep(left) => {}
            () = shared.stopping.cancelled() => {}
        }
    }
}

/// What happens to a task, for who may know of it.
struct TaskFeed {
    feed: Feed,
    task: TaskDir,
    own: Own,
}

impl Reader for TaskFeed {
    type Page = MomentPage;

    fn look(&mut self, app: &App) -> Result<MomentPage, ApiError> {
        let mut page = MomentPage { items: self.feed.poll(app)?, next: self.feed.place() };
        app.cut_moments(&self.task, &mut page, &self.own)?;
        Ok(page)
    }

    fn is_nothing(page: &MomentPage) -> bool {
        page.items.is_empty()
    }

    async fn changed(&self) {
        self.feed.changed().await;
    }
}

impl Reader for NewsFeed {
    type Page = NewsPage;

    fn look(&mut self, _: &App) -> Result<NewsPage, ApiError> {
        self.poll()
    }

    fn is_nothing(page: &NewsPage) -> bool {
        page.is_nothing()
    }

    async fn changed(&self) {
        NewsFeed::changed(self).await;
    }
}
