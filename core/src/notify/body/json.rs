//! The JSON of an event: `type`, `timestamp` and `data`, as the Standard Webhooks specification has it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{About, Event};
use crate::model::task::{OpenQuestion, TaskError};
use crate::model::{EndReason, RunStatus, TaskStatus};
use crate::store::RunSummary;

#[derive(Serialize)]
struct Document<'a, T> {
    r#type: &'a str,
    timestamp: Timestamp,
    data: T,
}

/// What is known of the task at this event; what is unknown is absent.
#[derive(Serialize)]
struct Data<'a> {
    project: &'a str,
    task: &'a str,
    title: &'a str,
    status: TaskStatus,
    /// Grows with every change of the task: the greater one is the newer.
    revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    iteration: u32,
    runs: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_usd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<Question<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a TaskError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<Run<'a>>,
    /// The task's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Question<'a> {
    id: String,
    text: &'a str,
    choices: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Run<'a> {
    run: &'a str,
    status: RunStatus,
    agent: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_signal: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_reason: Option<EndReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_usd: Option<f64>,
}

/// The whole of what is posted.
pub(super) fn document(event: &Event<'_>) -> String {
    let (r#type, timestamp) = (event.word, event.at);
    let written = match &event.about {
        Some(about) => serde_json::to_string(&Document { r#type, timestamp, data: data(about) }),
        None => {
            let data = json!({ "message": super::words::TRIED });
            serde_json::to_string(&Document { r#type, timestamp, data })
        }
    };
    written.expect("texts and numbers are always JSON")
}

fn data<'a>(about: &'a About<'a>) -> Data<'a> {
    let task = about.task;
    Data {
        project: task.project.as_str(),
        task: task.task.as_str(),
        title: &task.title,
        status: task.status,
        revision: task.revision,
        reason: task.reason.as_deref(),
        agent: task.agent.as_deref(),
        iteration: task.iteration,
        runs: task.runs,
        cost_usd: task.spend.cost_usd,
        question: task.question.as_ref().map(question),
        error: task.error.as_ref(),
        run: about.run.map(run),
        url: about.url.as_ref().map(reqwest::Url::as_str),
    }
}

fn question(question: &OpenQuestion) -> Question<'_> {
    Question {
        id: question.msg_id.to_string(),
        text: &question.text,
        choices: &question.choices,
        default: question.default.as_deref(),
        default_at: question.default_at,
    }
}

fn run(run: &RunSummary) -> Run<'_> {
    Run {
        run: run.run.as_str(),
        status: run.status,
        agent: &run.agent,
        iteration: run.iteration,
        started_at: run.start_time,
        ended_at: run.end_time,
        exit_code: run.exit_code,
        exit_signal: run.exit_signal,
        end_reason: run.end_reason,
        error: run.error_summary.as_deref(),
        cost_usd: run.cost_usd,
    }
}
