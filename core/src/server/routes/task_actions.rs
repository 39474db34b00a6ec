//! What is asked of a task.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::IntoParams;

use super::tasks::{OfTask, once};
use super::wait;
use crate::api::outcome::{
    AnsweredView, AskedView, DoneView, PausedView, ResumedView, StoppedView, ToldView,
};
use crate::api::requests::{Answer, Archive, Ask, Done, Pause, Resume, Stop, Tell};
use crate::api::steer::TellRequest;
use crate::model::MessageId;
use crate::server::access;
use crate::server::auth::Identity;
use crate::server::body::{self, Path, Query};
use crate::server::problem::Problem;
use crate::server::state::Shared;

/// Stops a task, its processes and its children, and answers when it is verified that nothing is left.
/// Where something survived, `evidence.left` names it.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/stop", tag = "tasks", params(OfTask),
    request_body = Option<Stop>, responses((status = 200, body = StoppedView)))]
pub async fn stop(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    how: Option<body::Json<Stop>>,
) -> Result<Json<StoppedView>, Problem> {
    let how = how.map(|how| how.0).unwrap_or_default();
    let stopped = shared.act_patiently(&identity, move |app| {
        let task = of.open(app)?;
        Ok(StoppedView::new(&task, app.stop(&task, how.force, how.reason)?))
    });
    Ok(Json(stopped.await?))
}

/// Pauses a task and its children: their processes are frozen, their clocks stand.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/pause", tag = "tasks", params(OfTask),
    request_body = Option<Pause>, responses((status = 200, body = PausedView)))]
pub async fn pause(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    how: Option<body::Json<Pause>>,
) -> Result<Json<PausedView>, Problem> {
    let how = how.map(|how| how.0).unwrap_or_default();
    let paused = shared.act(&identity, move |app| {
        let task = of.open(app)?;
        Ok(PausedView::new(&task, &app.pause(&task, how.after_turn, how.reason)?))
    });
    Ok(Json(paused.await?))
}

/// Lets a task go on that is paused, has ended or was interrupted. Not for a token of this very task: it would lift
/// its own limits.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/resume", tag = "tasks", params(OfTask),
    request_body = Option<Resume>, responses((status = 200, body = ResumedView)))]
pub async fn resume(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    how: Option<body::Json<Resume>>,
) -> Result<Json<ResumedView>, Problem> {
    shared.may_start()?;
    access::decides(&identity, of.names(), "resume")?;
    let agent = how.and_then(|how| how.0.agent);
    let resumed = shared.act(&identity, move |app| {
        let task = of.open(app)?;
        Ok(ResumedView::new(&task, &app.resume(&task, agent)?))
    });
    Ok(Json(resumed.await?))
}

/// Says that a task is done, as its agent does.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/done", tag = "tasks", params(OfTask),
    request_body = Option<Done>, responses((status = 200, body = DoneView)))]
pub async fn done(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    how: Option<body::Json<Done>>,
) -> Result<Json<DoneView>, Problem> {
    let message = how.and_then(|how| how.0.message);
    let done = shared.act(&identity, move |app| {
        let task = of.open(app)?;
        app.done(&task, message)?;
        Ok(DoneView::new(&task))
    });
    Ok(Json(done.await?))
}

/// Says something to a task's agent: read after this turn, or now. On an ended task it is a follow-up, unless the
/// token is of this very task: then the task stays ended. With `Idempotency-Key` the same request, sent again, says
/// nothing new.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/tell", tag = "tasks",
    params(OfTask, ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; kept for a day")),
    request_body = Tell, responses((status = 201, body = ToldView)))]
pub async fn tell(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    headers: HeaderMap,
    body::Json(word): body::Json<Tell>,
) -> Result<(StatusCode, Json<ToldView>), Problem> {
    let keeps_ended = access::is_own(&identity, of.names());
    let key = once(&identity, &headers, &("tell", of.names(), &word))?;
    let told = shared.act(&identity, move |app| {
        let task = of.open(app)?;
        let Tell { text, now, attachments } = word;
        let request = TellRequest { text, now, links: attachments, keeps_ended, ..TellRequest::default() };
        app.tell_once(key.as_ref(), &task, request)
    });
    Ok((StatusCode::CREATED, Json(told.await?)))
}

/// Asks the person, for an agent. Without an answer in time the agent is to end its turn. With `Idempotency-Key` the
/// same request, sent again, asks nothing new and waits for the same answer.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/ask", tag = "tasks",
    params(OfTask, ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; kept for a day")),
    request_body = Ask, responses((status = 201, body = AskedView)))]
pub async fn ask(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    headers: HeaderMap,
    body::Json(ask): body::Json<Ask>,
) -> Result<(StatusCode, Json<AskedView>), Problem> {
    let key = once(&identity, &headers, &("ask", of.names(), &ask))?;
    let (own, question) = (identity.own_task(), ask.question());
    let asked = shared.act_patiently(&identity, move |app| {
        app.run_that_acts(question.run.as_deref(), own)?;
        Ok(AskedView::from(app.ask_once(key.as_ref(), &of.open(app)?, &question)?))
    });
    Ok((StatusCode::CREATED, Json(asked.await?)))
}

/// A question of a task, as a path names it.
#[derive(Debug, Clone, Deserialize)]
pub struct OfQuestion {
    #[serde(flatten)]
    task: OfTask,
    id: String,
}

/// How long to wait.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wait {
    /// Seconds to wait for the answer: at most 10, else none.
    #[param(maximum = 10)]
    wait_seconds: u64,
}

/// The answer to a question, once it is there.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/questions/{id}", tag = "tasks",
    params(OfTask, ("id" = String, Path, description = "Id of the question"), Wait),
    responses((status = 200, body = AskedView)))]
pub async fn answer_to(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfQuestion>,
    Query(asked): Query<Wait>,
) -> Result<Json<AskedView>, Problem> {
    let limit = wait::seconds("wait_seconds", asked.wait_seconds)?;
    let answered = shared.act_patiently(&identity, move |app| {
        app.answer_to(&of.task.open(app)?, MessageId::parse(&of.id)?, limit)
    });
    Ok(Json(answered.await?.into()))
}

/// Answers a task's question; the task goes on with it. Not for a token of this very task: it asks, and another
/// answers.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/answer", tag = "tasks", params(OfTask),
    request_body = Answer, responses((status = 201, body = AnsweredView)))]
pub async fn answer(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    body::Json(answer): body::Json<Answer>,
) -> Result<(StatusCode, Json<AnsweredView>), Problem> {
    access::decides(&identity, of.names(), "answer for")?;
    let answered = shared.act(&identity, move |app| {
        let task = of.open(app)?;
        let question = answer.question.as_deref().map(str::parse::<MessageId>).transpose()?;
        Ok(AnsweredView::new(&task, app.answer(&task, &answer.text, question)?))
    });
    Ok((StatusCode::CREATED, Json(answered.await?)))
}

/// Puts a task away that has ended, or takes it out again. Nothing of it is touched.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/archive", tag = "tasks", params(OfTask),
    request_body = Archive, responses((status = 204, description = "Done")))]
pub async fn archive(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    body::Json(how): body::Json<Archive>,
) -> Result<StatusCode, Problem> {
    shared.act(&identity, move |app| app.archive(&of.open(app)?, how.archived)).await?;
    Ok(StatusCode::NO_CONTENT)
}
