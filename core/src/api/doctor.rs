//! What this machine, the configuration and the root can do, and what is wrong with them.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::agents::Usable;
use super::dto::{DamagedView, TaskView};
use super::tasks::TaskQuery;
use super::webhooks::WebhookView;
use super::{ApiError, App, next};
use crate::environment::{self, Origin};
use crate::logind;
use crate::model::TaskStatus;
use crate::store::{Index, Names, Root};

/// Bytes of disk below which a root is about to get into trouble.
const LITTLE_SPACE: u64 = 1 << 30;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Good,
    /// Good enough, and worth knowing.
    Note,
    /// To be mended.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// How it is.
    pub health: Health,
    /// In words.
    pub text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Finding {
    fn good(what: &'static str, text: impl Into<String>) -> Self {
        Self { what: what.to_owned(), health: Health::Good, text: text.into(), hint: None }
    }

    fn note(what: &'static str, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.to_owned(), health: Health::Note, text: text.into(), hint: Some(hint.into()) }
    }

    fn problem(what: &'static str, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.to_owned(), health: Health::Problem, text: text.into(), hint: Some(hint.into()) }
    }
}

impl App {
    /// Looks at everything that a task needs. Writes nothing.
    pub fn diagnose(&self) -> Vec<Finding> {
        let mut findings = vec![git()];
        findings.extend(environment::origin().map(environment_finding));
        findings.push(self.agents_finding());
        findings.extend(self.config_findings());
        findings.push(self.root_finding());
        findings.extend(self.config().power.keep_awake.then(awake));
        findings.extend(self.config().storage.extra_roots.iter().filter_map(|path| extra_root(path)));
        if let Some(root) = self.existing_root() {
            findings.push(space(root));
            findings.push(index(root));
            findings.extend(self.task_findings());
            findings.extend(self.webhook_findings());
        }
        findings
    }

    fn agents_finding(&self) -> Finding {
        let agents = self.agents();
        let usable: Vec<&str> = agents
            .iter()
            .filter(|agent| matches!(agent.usable, Usable::Yes | Usable::Unknown))
            .map(|agent| agent.agent.as_str())
            .collect();
        if usable.is_empty() {
            let hint = "`run-agent agents` says what is missing; `run-agent demo` needs none";
            return Finding::problem("agents", "none can be used here", hint);
        }
        Finding::good("agents", usable.join(", "))
    }

    fn config_findings(&self) -> Vec<Finding> {
        let place = match &self.loaded.path {
            Some(path) => path.display().to_string(),
            None => "no file; the built-in settings hold".to_owned(),
        };
        let warnings = self.loaded.warnings.iter().map(|warning| {
            let hint = warning.hint.clone().unwrap_or_else(|| "`run-agent config show --origin`".to_owned());
            Finding::note("config", warning.to_string(), hint)
        });
        std::iter::once(Finding::good("config", place)).chain(warnings).collect()
    }

    fn root_finding(&self) -> Finding {
        let path = self.root_path().display();
        match self.existing_root() {
            None => Finding::note("root", format!("{path} is not there yet"), "the first task makes it"),
            Some(root) if root.is_foreign() => {
                let text = format!("{path} is another system's and only read");
                Finding::note("root", text, "`run-agent migrate` makes it ours")
            }
            Some(root) => match root.writable().and_then(|()| root.live_list().map(drop)) {
                Ok(()) => Finding::good("root", path.to_string()),
                Err(error) => {
                    let error = ApiError::from(error);
                    Finding::problem("root", error.message, error.hint.unwrap_or_default())
                }
            },
        }
    }

    fn webhook_findings(&self) -> Vec<Finding> {
        match self.webhooks() {
            Ok(views) => {
                let is_over = |view: &&WebhookView| view.state == "removed" && view.waiting == 0;
                views.iter().filter(|view| !is_over(view)).map(webhook).collect()
            }
            Err(error) => {
                vec![Finding::problem("webhook", error.message, error.hint.unwrap_or_default())]
            }
        }
    }

    fn task_findings(&self) -> Vec<Finding> {
        let tasks = match self.list(&TaskQuery::default()) {
            Ok(list) => list.tasks,
            Err(error) => {
                return vec![Finding::problem("tasks", error.message, error.hint.unwrap_or_default())];
            }
        };
        // Nobody can go on with what another system left.
        let damaged = self.damaged();
        let unread = damaged.as_ref().map_or(0, |damaged| unread(damaged, &tasks));
        let mut findings = match self.existing_root() {
            Some(root) if !root.is_foreign() => ownership(root, &tasks, unread),
            _ => vec![Finding::good("tasks", tasks.len().to_string())],
        };
        match damaged {
            Ok(damaged) => findings.extend(damaged.iter().map(damage)),
            Err(error) => findings.push(Finding::problem("files", error.message, "look at the folder")),
        }
        findings
    }
}

/// Where the `PATH` and the keys come from that agents are found and started with.
fn environment_finding(origin: Origin) -> Finding {
    let Origin { what, problem } = origin;
    match problem {
        None => Finding::good("environment", format!("that of {what}")),
        Some(problem) => Finding::note(
            "environment",
            format!("{what} was not read: {problem}"),
            "until it can be, agents are looked for with what the program was started with",
        ),
    }
}

/// Whether something can keep this machine awake while agents work.
fn awake() -> Finding {
    let hint = "agents stop while the machine sleeps; `power.keep_awake: false` where that is known";
    match logind::is_here() {
        Ok(true) => Finding::good("sleep", "none while agents work: the login manager is told"),
        Ok(false) => Finding::note("sleep", "there is no login manager to keep this machine awake", hint),
        Err(error) => {
            tracing::info!(%error, "the system's bus");
            Finding::note("sleep", "the system bus cannot be asked to keep this machine awake", hint)
        }
    }
}

/// How many tasks are so damaged that no list shows them: whether they have an owner is not known.
fn unread(damaged: &[DamagedView], tasks: &[TaskView]) -> usize {
    let shown: HashSet<_> = tasks.iter().map(|task| (task.project.as_str(), task.task.as_str())).collect();
    let name = |item: &DamagedView| {
        let (project, rest) = item.name.split_once('/')?;
        Some((project.to_owned(), rest.split('/').next()?.to_owned()))
    };
    let names: HashSet<_> = damaged.iter().filter_map(name).collect();
    names.iter().filter(|(project, task)| !shown.contains(&(project.as_str(), task.as_str()))).count()
}

/// What is wrong with a webhook; what works is worth a line.
fn webhook(view: &WebhookView) -> Finding {
    let name = &view.webhook;
    if let Some(damaged) = view.damaged.first() {
        return Finding::problem(
            "webhook",
            damaged,
            "move the file away; its neighbours are not touched by it",
        );
    }
    if view.state == "off" {
        let hint = format!("correct its url, or `run-agent webhook test {name}` when the receiver is back");
        return Finding::problem("webhook", format!("{name} is off: the receiver answered 410"), hint);
    }
    if view.failed > 0 {
        let hint = "`run-agent webhook replay --failed` sends them again";
        return Finding::problem(
            "webhook",
            format!("{name}: {} deliveries were given up", view.failed),
            hint,
        );
    }
    match &view.error {
        Some(error) => {
            let text = format!("{name}: {} wait, since the receiver fails: {error}", view.waiting);
            Finding::note("webhook", text, format!("`run-agent webhook test {name}` tries it now"))
        }
        None if view.state == "removed" => {
            let text = format!("{name} is no longer configured, and {} wait for it", view.waiting);
            Finding::note(
                "webhook",
                text,
                "configure it again, or delete its folder in .conductor/state/outbox",
            )
        }
        None => Finding::good("webhook", name.clone()),
    }
}

/// Tasks that stand still without an owner: those that recovery knows, and those that it does not, such
/// as one that was copied in. Of `unread` more it cannot be told.
fn ownership(root: &Root, tasks: &[TaskView], unread: usize) -> Vec<Finding> {
    let interrupted = tasks.iter().filter(|task| task.status == TaskStatus::Interrupted);
    let (known, unknown): (Vec<_>, Vec<_>) = interrupted.partition(|task| next::is_live(root, task));
    let mut findings = Vec::new();
    if unread > 0 {
        let text = format!(
            "{unread} of {} cannot be read: whether they have an owner is not known",
            tasks.len() + unread
        );
        findings.push(Finding::problem("tasks", text, "what is damaged is listed below"));
    } else if known.is_empty() && unknown.is_empty() {
        findings.push(Finding::good("tasks", format!("{}, none without its owner", tasks.len())));
    }
    if !known.is_empty() {
        let text = format!("{} without their owner", known.len());
        findings.push(Finding::problem("tasks", text, "`run-agent recover` goes on with them"));
    }
    if let Some(first) = unknown.first() {
        let text = format!("{} that nobody owned here", unknown.len());
        let name = next::name(&Names::of([root]), first);
        let hint = format!("`run-agent resume {name}` goes on with the first");
        findings.push(Finding::problem("tasks", text, hint));
    }
    findings
}

/// A root that is configured to be listed and cannot be.
fn extra_root(path: &Path) -> Option<Finding> {
    let error = Root::open(path).err()?;
    let text = format!("extra root {} is not listed: {error}", path.display());
    Some(Finding::problem("root", text, "correct storage.extra_roots, or mend the folder"))
}

fn damage(item: &DamagedView) -> Finding {
    let text = format!("{}: {}", item.name, item.reason);
    Finding::problem(
        "damaged",
        text,
        format!("mend or move away {}; its neighbours are not touched by it", item.path),
    )
}

fn git() -> Finding {
    match Command::new("git").arg("--version").output() {
        Ok(done) if done.status.success() => {
            Finding::good("git", String::from_utf8_lossy(&done.stdout).trim().to_owned())
        }
        _ => {
            Finding::problem("git", "is not installed", "install it, for example `sudo apt-get install git`")
        }
    }
}

fn space(root: &Root) -> Finding {
    let free = rustix::fs::statvfs(root.path()).map(|stat| stat.f_bavail.saturating_mul(stat.f_frsize));
    match free {
        Ok(free) if free < LITTLE_SPACE => Finding::problem(
            "disk",
            format!("only {} MiB are free", free >> 20),
            "make room: nothing is lost when it is full, and nothing goes on",
        ),
        Ok(free) => Finding::good("disk", format!("{} GiB are free", free >> 30)),
        Err(errno) => Finding::problem("disk", errno.to_string(), "look at the file system"),
    }
}

fn index(root: &Root) -> Finding {
    if root.is_foreign() || !Index::open(root).reads_files() {
        return Finding::good("index", "follows the journal");
    }
    let hint = "delete .conductor/cache: it is made anew from the files";
    Finding::note("index", "cannot be used; lists read the files", hint)
}
