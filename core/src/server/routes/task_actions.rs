//! What is asked of a task.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tasks::OfTask;
use crate::api::outcome::{
    AnsweredView, AskedView, DoneView, PausedView, ResumedView, StoppedView, ToldView,
};
use crate::api::steer::{Question, TellRequest};
use crate::model::{Link, MessageId};
use crate::server::auth::Identity;
use crate::server::body::{self, Path};
use crate::server::problem::Problem;
use crate::server::state::Shared;

/// How to stop.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Stop {
    /// Kill at once, without time to end.
    force: bool,
    /// Why; recorded and shown.
    reason: Option<String>,
}

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
    let stopped = shared.act(&identity, move |app| {
        let task = of.open(app)?;
        Ok(StoppedView::new(&task, app.stop(&task, how.force, how.reason)?))
    });
    Ok(Json(stopped.await?))
}

/// How to pause.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pause {
    /// Let the turn end first.
    after_turn: bool,
    /// Why; recorded and shown.
    reason: Option<String>,
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

/// How to go on.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Resume {
    /// Another agent, which begins a fresh session.
    agent: Option<String>,
}

/// Lets a task go on that is paused, has ended or was interrupted.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/resume", tag = "tasks", params(OfTask),
    request_body = Option<Resume>, responses((status = 200, body = ResumedView)))]
pub async fn resume(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    how: Option<body::Json<Resume>>,
) -> Result<Json<ResumedView>, Problem> {
    shared.may_start()?;
    let agent = how.and_then(|how| how.0.agent);
    let resumed = shared.act(&identity, move |app| {
        let task = of.open(app)?;
        Ok(ResumedView::new(&task, &app.resume(&task, agent)?))
    });
    Ok(Json(resumed.await?))
}

/// What to say with it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Done {
    /// A word about it.
    message: Option<String>,
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

/// A word to an agent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// The word.
    text: String,
    /// Interrupt the turn for it.
    #[serde(default)]
    now: bool,
    /// What the upload of attachments answered.
    #[serde(default)]
    attachments: Vec<Link>,
}

/// Says something to a task's agent: read after this turn, or now. On an ended task it is a follow-up.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/tell", tag = "tasks", params(OfTask),
    request_body = Tell, responses((status = 201, body = ToldView)))]
pub async fn tell(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    body::Json(word): body::Json<Tell>,
) -> Result<(StatusCode, Json<ToldView>), Problem> {
    let told = shared.act(&identity, move |app| {
        let task = of.open(app)?;
        let Tell { text, now, attachments } = word;
        let request = TellRequest { text, now, links: attachments, ..TellRequest::default() };
        Ok(ToldView::new(&task, &app.tell_with(&task, request)?))
    });
    Ok((StatusCode::CREATED, Json(told.await?)))
}

/// A question to the person.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Its text.
    question: String,
    /// Answers to choose from.
    #[serde(default)]
    choices: Vec<String>,
    /// What is answered when nobody does.
    default: Option<String>,
    /// Seconds after which the default takes effect.
    after_seconds: Option<u64>,
    /// Wait so many seconds for the answer; at most 60.
    #[schema(maximum = 60)]
    wait_seconds: Option<u64>,
}

/// Asks the person, for an agent. Without an answer in time the agent is to end its turn.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/ask", tag = "tasks", params(OfTask),
    request_body = Ask, responses((status = 201, body = AskedView)))]
pub async fn ask(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    body::Json(ask): body::Json<Ask>,
) -> Result<(StatusCode, Json<AskedView>), Problem> {
    let question = Question {
        text: ask.question,
        choices: ask.choices,
        default: ask.default,
        after: ask.after_seconds.map(Duration::from_secs),
        wait: ask.wait_seconds.map(|seconds| Duration::from_secs(seconds.min(60))),
    };
    let asked = shared.act(&identity, move |app| Ok(AskedView::from(app.ask(&of.open(app)?, &question)?)));
    Ok((StatusCode::CREATED, Json(asked.await?)))
}

/// An answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Its text, or one of the choices.
    text: String,
    /// The question; absent: the open one.
    question: Option<String>,
}

/// Answers a task's question; the task goes on with it.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/answer", tag = "tasks", params(OfTask),
    request_body = Answer, responses((status = 201, body = AnsweredView)))]
pub async fn answer(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    body::Json(answer): body::Json<Answer>,
) -> Result<(StatusCode, Json<AnsweredView>), Problem> {
    let answered = shared.act(&identity, move |app| {
        let task = of.open(app)?;
        let question = answer.question.as_deref().map(str::parse::<MessageId>).transpose()?;
        Ok(AnsweredView::new(&task, app.answer(&task, &answer.text, question)?))
    });
    Ok((StatusCode::CREATED, Json(answered.await?)))
}

/// Whether to put it away.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// Whether lists leave it out from now on; false takes it out again.
    archived: bool,
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
