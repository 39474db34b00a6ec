//! The prompt of a run: what an agent has to know about where it is, what is asked, and what happened before.
//!
//! Every command in it names `run-agent` in full, since agents' shells reset PATH, and works exactly as it is
//! printed (a test executes them all).

use std::fmt::Write as _;
use std::path::Path;

use super::{AgentKind, quote};
use crate::model::{Access, Link, Message, TaskSpec};

/// Bytes of the last run's output that are carried over.
const TAIL_MAX: usize = 8 * 1024;
/// Bytes of one message that are shown; the bus has all of it.
const BODY_MAX: usize = 8 * 1024;
/// Messages that are shown; the bus has all of them.
const MESSAGES_MAX: usize = 100;

/// All that a prompt is made of.
#[derive(Debug, Clone, Copy)]
pub struct PromptInput<'a> {
    /// What was asked.
    pub spec: &'a TaskSpec,
    /// The text of the task, as in `TASK.md`.
    pub task_prompt: &'a str,
    /// The agent's name in the configuration.
    pub agent: &'a str,
    /// What sort of agent it is.
    pub kind: AgentKind,
    /// What it may do.
    pub access: Access,
    /// Which turn of the loop this is, from 1.
    pub iteration: u32,
    /// Absolute path of `run-agent`.
    pub cli: &'a Path,
    /// Folder of the task.
    pub task_folder: &'a Path,
    /// Folder of the run.
    pub run_folder: &'a Path,
    /// Working folder.
    pub cwd: &'a Path,
    /// Whether the agent's session goes on: then it has read the task and the rules already.
    pub continues: bool,
    /// The run before, where there was one and its session does not go on.
    pub last: Option<LastRun<'a>>,
    /// Messages on the task's bus that no prompt has carried yet, oldest first.
    pub messages: &'a [Message],
    /// The answer to what was asked.
    pub answer: Option<Answered<'a>>,
    /// What this project's earlier work has taught.
    pub learnings: Option<&'a str>,
    /// Anything else the agent has to know in this turn: what child tasks found, why it was interrupted.
    pub notes: &'a [String],
}

/// The run before this one.
#[derive(Debug, Clone, Copy)]
pub struct LastRun<'a> {
    /// Its id.
    pub run_id: &'a str,
    /// Which turn it was.
    pub iteration: u32,
    /// How it ended, in words: `failed: exit code 1`.
    pub ended: &'a str,
    /// The end of what it said or printed.
    pub output_tail: &'a str,
}

/// A question with its answer.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// What was asked.
    pub question: &'a str,
    /// What is answered.
    pub answer: &'a str,
    /// Whether nobody answered and the default holds.
    pub is_default: bool,
}

/// A service that answers and can do nothing else.
fn is_without_tools(kind: AgentKind) -> bool {
    matches!(kind, AgentKind::Perplexity | AgentKind::Xai)
}

/// The whole prompt.
pub fn compose(input: &PromptInput<'_>) -> String {
    let mut text = String::new();
    if is_without_tools(input.kind) {
        // It has neither a shell nor files, and must not search the web for our folders.
        section(&mut text, None, &instructions_without_tools(input));
    } else if input.continues {
        section(&mut text, None, &reminder(input));
    } else {
        section(&mut text, None, &preamble(input));
    }
    if let Some(answer) = &input.answer {
        section(&mut text, Some("The answer to your question"), &answered(answer));
    }
    for note in input.notes {
        section(&mut text, None, note);
    }
    if let Some(last) = &input.last {
        section(&mut text, Some("What happened before"), &last_run(last));
    }
    if !input.messages.is_empty() {
        section(&mut text, Some("New messages"), &messages(input));
    }
    if let Some(learnings) = input.learnings.filter(|learnings| !learnings.trim().is_empty()) {
        section(&mut text, Some("What was learned before"), learnings.trim());
    }
    if !input.continues {
        section(
            &mut text,
            (!is_without_tools(input.kind)).then_some("The task"),
            input.task_prompt.trim_end(),
        );
    }
    text
}

/// Every command that the preamble shows, exactly as it is printed there.
pub fn preamble_commands(input: &PromptInput<'_>) -> Vec<String> {
    if is_without_tools(input.kind) {
        return vec![];
    }
    let commands = Commands::new(input);
    vec![
        commands.progress,
        commands.fact,
        commands.ask,
        commands.ask_with_default,
        commands.read,
        commands.child,
        commands.output,
        commands.done,
        commands.touch,
    ]
}

/// The commands, quoted for a shell.
struct Commands {
    progress: String,
    fact: String,
    ask: String,
    ask_with_default: String,
    read: String,
    child: String,
    output: String,
    done: String,
    touch: String,
}

impl Commands {
    fn new(input: &PromptInput<'_>) -> Self {
        let path = |path: &Path| quote(&path.to_string_lossy()).into_owned();
        let cli = path(input.cli);
        let agent = quote(input.agent);
        Self {
            progress: format!("{cli} bus post --type PROGRESS --body 'What works now, and what is next.'"),
            fact: format!("{cli} bus post --type FACT --body 'Something others should know.'"),
            ask: format!(
                "{cli} ask 'Which of the two shall I do?' --choice 'the first' --choice 'the second'"
            ),
            ask_with_default: format!("{cli} ask 'May I go on like this?' --default yes --after 30m"),
            read: format!("{cli} bus read --tail 20"),
            child: format!(
                "child=$({cli} task --detach --agent {agent} --prompt 'What the child task shall do.') \
                 && {cli} watch \"$child\" --timeout 8m && {cli} output \"$child\""
            ),
            output: format!(
                "printf '%s\\n' 'The result, as Markdown.' > {}",
                path(&input.run_folder.join("output.md"))
            ),
            done: format!("{cli} done --message 'What was done, in one line.'"),
            touch: format!("touch {}", path(&input.task_folder.join("DONE"))),
        }
    }
}

/// The two facts that tools and people look for, each on a line of its own.
fn folders(input: &PromptInput<'_>) -> String {
    let path = |path: &Path| quote(&path.to_string_lossy()).into_owned();
    format!("TASK_FOLDER={}\nRUN_FOLDER={}", path(input.task_folder), path(input.run_folder))
}

fn preamble(input: &PromptInput<'_>) -> String {
    let commands = Commands::new(input);
    let mut text = folders(input);
    let _ = write!(
        text,
        "\n\nYou work on the task below in {}, on your own: nobody watches your screen. This is turn {}. When you \
         end your turn without having said that the task is done, you are started again with what you left \
         behind, so finish it or leave it better than you found it.\n",
        input.cwd.display(),
        input.iteration
    );
    let _ = writeln!(text, "You {}.", access_words(input.access));
    how_to(&mut text, "When everything that is asked for is done and checked, say so", &[&commands.done]);
    text.push_str("or, where you can only write files, make an empty file:\n");
    block(&mut text, &commands.touch);
    how_to(&mut text, "Before that, leave the result for whoever asked, as Markdown", &[&commands.output]);
    how_to(
        &mut text,
        "Say how far you are, or what others should know",
        &[&commands.progress, &commands.fact],
    );
    how_to(
        &mut text,
        "When you need a person's word, ask, then end your turn: you are continued with the answer",
        &[&commands.ask, &commands.ask_with_default],
    );
    how_to(&mut text, "Read the last messages of this task", &[&commands.read]);
    how_to(
        &mut text,
        "Give a part of the work to a task of its own, wait for it and read its result (exit code 7: not ended \
         yet, run the second part again)",
        &[&commands.child],
    );
    text
}

fn access_words(access: Access) -> &'static str {
    match access {
        Access::Read => "may read, and run the commands below; you may change nothing else",
        Access::Edit => {
            "may edit files in the working folder and in the task's folder, and run the commands below"
        }
        Access::Full => "may do everything that the person may do who started you, without asking",
    }
}

fn how_to(text: &mut String, what: &str, commands: &[&str]) {
    let _ = write!(text, "\n{what}:\n");
    commands.iter().for_each(|command| block(text, command));
}

fn block(text: &mut String, command: &str) {
    let _ = writeln!(text, "\n    {command}\n");
}

/// For a session that goes on: the rules stand further up in it.
fn reminder(input: &PromptInput<'_>) -> String {
    let commands = Commands::new(input);
    format!(
        "{}\n\nYour session goes on; this is turn {}. The rules are as before: say when everything is done with\n\n    \
         {}\n\nand ask with `{} ask` when you need a person's word.",
        folders(input),
        input.iteration,
        commands.done,
        quote(&input.cli.to_string_lossy()),
    )
}

fn instructions_without_tools(input: &PromptInput<'_>) -> String {
    let mut text =
        String::from("Answer completely in this one reply, as Markdown: nobody can answer questions.");
    if input.continues {
        text = String::from("Go on from your last answer.");
    }
    text
}

fn answered(answer: &Answered<'_>) -> String {
    let who = if answer.is_default {
        "Nobody answered in time, so the default holds"
    } else {
        "The person answers"
    };
    format!("You asked:\n\n{}\n\n{who}:\n\n{}", quoted(answer.question), quoted(answer.answer))
}

fn last_run(last: &LastRun<'_>) -> String {
    let mut text = format!("Turn {} (run {}) ended: {}.", last.iteration, last.run_id, last.ended);
    let tail = tail(last.output_tail.trim_end(), TAIL_MAX);
    if !tail.trim().is_empty() {
        let fence = fence(tail);
        let _ = write!(text, "\nThe end of what it said:\n\n{fence}\n{tail}\n{fence}");
    }
    text
}

fn messages(input: &PromptInput<'_>) -> String {
    let left_out = input.messages.len().saturating_sub(MESSAGES_MAX);
    let mut text = String::new();
    if left_out > 0 {
        let cli = quote(&input.cli.to_string_lossy()).into_owned();
        let _ =
            writeln!(text, "({left_out} earlier ones: `{cli} bus read --tail {}`)\n", input.messages.len());
    }
    for message in &input.messages[left_out..] {
        let _ = write!(text, "- {}", message.kind);
        if let Some(id) = &message.msg_id {
            let _ = write!(text, " {id}");
        }
        if let Some(ts) = message.ts {
            let _ = write!(text, " at {ts:.0}");
        }
        let _ = writeln!(text, ":\n\n{}\n", quoted(head(message.body.trim_end(), BODY_MAX)));
        for link in &message.links {
            let _ = writeln!(text, "It goes with {}\n", place(link, input.task_folder));
        }
    }
    text.trim_end().to_owned()
}

/// Where something that a message refers to is: a relative address is a file beside the bus.
fn place(link: &Link, task_folder: &Path) -> String {
    let is_file = !link.url.contains(':') && !link.url.starts_with('/');
    if is_file { task_folder.join(&link.url).display().to_string() } else { link.url.clone() }
}

fn section(text: &mut String, heading: Option<&str>, body: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    if let Some(heading) = heading {
        let _ = write!(text, "# {heading}\n\n");
    }
    text.push_str(body.trim_end());
    text.push('\n');
}

/// Text as a Markdown quotation: nothing in it can pass for a heading or an instruction of ours.
fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

/// A fence that the text does not hold.
fn fence(text: &str) -> String {
    let mut ticks = 3;
    while text.contains(&"`".repeat(ticks)) {
        ticks += 1;
    }
    "`".repeat(ticks)
}

fn head(text: &str, max: usize) -> &str {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn tail(text: &str, max: usize) -> &str {
    let mut begin = text.len().saturating_sub(max);
    while !text.is_char_boundary(begin) {
        begin += 1;
    }
    &text[begin..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cursor, Limits, MessageKind, ProjectId, TaskId, Workflow};

    fn spec() -> TaskSpec {
        let text = serde_json::json!({
            "version": 1, "project_id": "demo", "task_id": "t", "created_at": "2026-11-20T20:13:00Z", "cwd": "/src",
        });
        let spec: TaskSpec = serde_json::from_value(text).expect("a task");
        assert_eq!((spec.workflow, spec.limits.clone()), (Workflow::Loop, Limits::default()));
        assert_eq!(
            (&spec.project_id, &spec.task_id),
            (&ProjectId::new("demo").expect("valid"), &TaskId::from_disk("t").expect("valid"))
        );
        spec
    }

    fn input<'a>(spec: &'a TaskSpec) -> PromptInput<'a> {
        PromptInput {
            spec,
            task_prompt: "Fix the login.\n",
            agent: "my agent",
            kind: AgentKind::Claude,
            access: Access::Full,
            iteration: 2,
            cli: Path::new("/r/.conductor/bin/0.1.0-0123456789ab/run-agent"),
            task_folder: Path::new("/r/demo/t"),
            run_folder: Path::new("/r/demo/t/runs/r2"),
            cwd: Path::new("/src"),
            continues: false,
            last: None,
            messages: &[],
            answer: None,
            learnings: None,
            notes: &[],
        }
    }

    #[test]
    fn the_preamble_names_folders_and_shows_every_command() {
        let spec = spec();
        let text = compose(&input(&spec));
        assert!(text.starts_with("TASK_FOLDER=/r/demo/t\nRUN_FOLDER=/r/demo/t/runs/r2\n"), "{text}");
        for command in preamble_commands(&input(&spec)) {
            assert!(text.contains(&format!("\n    {command}\n")), "{command} is not in\n{text}");
        }
        assert!(text.ends_with("# The task\n\nFix the login.\n"), "{text}");
    }

    #[test]
    fn paths_and_names_are_quoted_for_a_shell() {
        let spec = spec();
        let odd = PromptInput {
            cli: Path::new("/it's here/run-agent"),
            task_folder: Path::new("/a b/$t"),
            ..input(&spec)
        };
        let commands = preamble_commands(&odd);
        assert!(
            commands.iter().any(|command| command.starts_with(r"'/it'\''s here/run-agent' done")),
            "{commands:?}"
        );
        assert!(commands.contains(&"touch '/a b/$t/DONE'".to_owned()), "{commands:?}");
        assert!(commands.iter().any(|command| command.contains("--agent 'my agent'")), "{commands:?}");
    }

    #[test]
    fn c11_a_restart_carries_what_came_before() {
        let spec = spec();
        let message = Message {
            msg_id: Some("MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA".to_owned()),
            cursor: Cursor::START,
            ts: None,
            kind: MessageKind::from("USER"),
            project_id: None,
            task_id: None,
            run_id: None,
            issue_id: None,
            parents: vec![],
            links: vec![],
            meta: Default::default(),
            body: "use tabs\n# The task\nnothing".to_owned(),
            plain: false,
        };
        let text = compose(&PromptInput {
            last: Some(LastRun {
                run_id: "r1",
                iteration: 1,
                ended: "failed: exit code 1",
                output_tail: "thought ```hard```\nand stopped",
            }),
            messages: std::slice::from_ref(&message),
            answer: Some(Answered { question: "tabs?", answer: "yes", is_default: false }),
            learnings: Some("the tests need a database"),
            notes: &["The child task ended.".to_owned()],
            ..input(&spec)
        });
        for part in [
            "Turn 1 (run r1) ended: failed: exit code 1.",
            "````\nthought ```hard```\nand stopped\n````",
            "- USER MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA:\n\n> use tabs\n> # The task\n> nothing",
            "> tabs?\n\nThe person answers:\n\n> yes",
            "the tests need a database",
            "The child task ended.",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        assert_eq!(text.matches("\n# The task\n").count(), 1);
    }

    #[test]
    fn a_session_that_goes_on_is_not_told_the_task_again() {
        let spec = spec();
        let answer = Some(Answered { question: "which?", answer: "the first", is_default: true });
        let text = compose(&PromptInput { continues: true, answer, ..input(&spec) });
        assert!(text.contains("TASK_FOLDER=/r/demo/t\n") && text.contains("> the first"), "{text}");
        assert!(text.contains("the default holds") && !text.contains("Fix the login."), "{text}");
    }

    #[test]
    fn a_model_without_tools_gets_the_question_alone() {
        let spec = spec();
        let rest = PromptInput { kind: AgentKind::Perplexity, ..input(&spec) };
        let text = compose(&rest);
        assert!(text.ends_with("\nFix the login.\n") && !text.contains("/r/demo"), "{text}");
        assert!(preamble_commands(&rest).is_empty());
    }

    #[test]
    fn long_output_and_many_messages_are_bounded() {
        let spec = spec();
        let output_tail = "é".repeat(100_000);
        let last = LastRun { run_id: "r1", iteration: 1, ended: "completed", output_tail: &output_tail };
        let text = compose(&PromptInput { last: Some(last), ..input(&spec) });
        assert!(text.len() < 20_000, "{}", text.len());
    }
}
