//! `answer`: the person's word to an open question.

use clap::Args;

use super::create::read_stdin;
use super::tell::TaskAndText;
use crate::api::dto::AttentionKind;
use crate::api::requests::Answer;
use crate::api::{ApiError, ErrorCode};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{show, style};
use crate::host::{Host, HostTask};
use crate::model::MessageId;

/// Answer a task's open question, with a text or the number of a choice
///
/// The task may be left out where just one waits for an answer.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = "run-agent answer [OPTIONS] [TASK] <TEXT>")]
pub struct AnswerArgs {
    #[command(flatten)]
    pub words: TaskAndText,
    /// The question that is meant; else the open one
    #[arg(long, value_name = "MSG")]
    pub question: Option<MessageId>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent answer fix-login yes
  run-agent answer fix-login 2            the second choice
  run-agent answer \"use the staging database\"";

/// Answers.
pub fn run(args: &AnswerArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let (target, text) = args.words.split();
    let task = match host.task_if_meant(target)? {
        Some(task) => task,
        None => the_one_that_asks(host)?,
    };
    let text = if text == "-" { read_stdin()? } else { text.to_owned() };
    let question = args.question.map(|question| question.to_string());
    let answered = task.answer(Answer { text, question })?;
    if out.is_json() {
        out.json(&answered)?;
    } else {
        let sign = out.paint(style::GOOD, "✓");
        out.line(format_args!(
            "{sign} {} goes on with `{}`",
            show::slug(&answered.task),
            out.safe(&answered.text)
        ))?;
    }
    Ok(0)
}

/// The task that waits for an answer, where just one does.
fn the_one_that_asks(host: &dyn Host) -> Result<Box<dyn HostTask + '_>, ApiError> {
    let mut asking = host.inbox(true)?;
    asking.retain(|item| {
        matches!(item.kind, AttentionKind::Question | AttentionKind::Limit | AttentionKind::Stuck)
    });
    match asking.as_slice() {
        [one] => host.named_task(&format!("{}/{}", one.project, one.task)),
        [] => Err(ApiError::not_found("no task waits for an answer")
            .with_hint("`run-agent inbox` shows what needs you")),
        several => Err(ApiError::new(
            ErrorCode::Ambiguous,
            format_args!("{} tasks wait for an answer", several.len()),
        )
        .with_hint("name the task; `run-agent inbox` shows them")),
    }
}
