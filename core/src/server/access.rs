//! What a token allows, route by route. What is not allowed here is refused.

use std::collections::BTreeMap;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::auth::Identity;
use super::body::wrong;
use super::problem::Problem;
use super::state::Shared;
use crate::model::{ProjectId, RunId, TaskId};
use crate::store::tokens::Scope;

/// Lets in every token but those of one task: to look at everything that is no secret.
pub async fn reads(request: Request, next: Next) -> Response {
    decide(request, next, |scope| matches!(scope, Scope::Full | Scope::Read)).await
}

/// Lets in full tokens alone.
pub async fn changes(request: Request, next: Next) -> Response {
    decide(request, next, |scope| *scope == Scope::Full).await
}

async fn decide(request: Request, next: Next, allows: impl Fn(&Scope) -> bool) -> Response {
    match request.extensions().get::<Identity>() {
        Some(identity) if allows(&identity.scope) => next.run(request).await,
        Some(identity) => refused(identity).into_response(),
        None => Problem::unauthorized("the request brings no token").into_response(),
    }
}

/// The names of a path; none where they are no text.
type Names = Result<RawPathParams, RawPathParamsRejection>;

/// Lets in who may look at the task that the path names.
pub async fn task_reads(state: State<Shared>, names: Names, request: Request, next: Next) -> Response {
    of_task(state, names, request, next, true).await
}

/// Lets in who may act for the task that the path names.
pub async fn task_changes(state: State<Shared>, names: Names, request: Request, next: Next) -> Response {
    of_task(state, names, request, next, false).await
}

async fn of_task(
    State(shared): State<Shared>,
    names: Names,
    request: Request,
    next: Next,
    read: bool,
) -> Response {
    let Some(identity) = request.extensions().get::<Identity>().cloned() else {
        return Problem::unauthorized("the request brings no token").into_response();
    };
    let allowed = match &identity.scope {
        Scope::Full => Ok(true),
        Scope::Read => Ok(read),
        Scope::Task { project, task } => match &names {
            Ok(names) => reaches(&shared, (project, task), names).await,
            Err(error) => Err(wrong(error.body_text())),
        },
    };
    match allowed {
        Ok(true) => next.run(request).await,
        Ok(false) => refused(&identity).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Whether the path leads to the token's task or to one below it. What is not there is refused like what
/// is another's, so that nobody learns which names exist.
async fn reaches(
    shared: &Shared,
    own: (&ProjectId, &TaskId),
    params: &RawPathParams,
) -> Result<bool, Problem> {
    let of = |name: &str| params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    let own = (own.0.clone(), own.1.clone());
    let (project, task, run) = (of("project"), of("task"), of("run"));
    shared
        .look(move |app| {
            let named = match (project, task, run) {
                (Some(project), Some(task), _) => {
                    ProjectId::from_disk(&project).ok().zip(TaskId::from_disk(&task).ok())
                }
                (None, None, Some(run)) => match RunId::from_disk(&run) {
                    Ok(run) => app.place_of_run(&run).ok(),
                    Err(_) => None,
                },
                _ => None,
            };
            Ok(named.is_some_and(|(project, task)| app.is_at_or_below((&project, &task), (&own.0, &own.1))))
        })
        .await
}

/// Refuses what decides about a task from above, where the token is that of this very task: whoever is bound by a
/// question, or by limits, neither answers it nor lifts them. Of the tasks below its own it may decide.
///
/// # Errors
/// For the task of the token itself.
pub fn decides(identity: &Identity, of: (&str, &str), what: &str) -> Result<(), Problem> {
    if !is_own(identity, of) {
        return Ok(());
    }
    let words = format_args!("token {:?} may not {what} {}/{}, its own task", identity.name, of.0, of.1);
    Err(Problem::forbidden(words).with_hint("that is for a person, or for a token of a task above it"))
}

/// Only a full token posts what says in whose name it is: a supervisor's question grants by its answer what it
/// asks about, and `by` is who a person reads.
///
/// # Errors
/// For a token of a task, with such words.
pub fn speaks_for_itself(
    identity: &Identity,
    meta: &BTreeMap<String, serde_json::Value>,
) -> Result<(), Problem> {
    let Some(key) = ["supervisor", "by"].into_iter().find(|key| meta.contains_key(*key)) else {
        return Ok(());
    };
    if identity.own_task().is_none() {
        return Ok(());
    }
    let words =
        format_args!("token {:?} may not say `{key}`: it speaks for its own task alone", identity.name);
    Err(Problem::forbidden(words).with_hint("leave `meta` without it"))
}

/// Whether a token is that of this very task.
pub fn is_own(identity: &Identity, of: (&str, &str)) -> bool {
    identity.own_task().is_some_and(|(project, task)| (project.as_str(), task.as_str()) == of)
}

fn refused(identity: &Identity) -> Problem {
    let may = match &identity.scope {
        Scope::Full => "everything".to_owned(),
        Scope::Read => "look, and change nothing".to_owned(),
        Scope::Task { project, task } => format!("act for {project}/{task} and its children"),
    };
    Problem::new(StatusCode::FORBIDDEN, "forbidden", format_args!("token {:?} may {may}", identity.name))
        .with_hint("`run-agent token add` makes one that may do more")
}
