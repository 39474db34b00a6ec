//! What a run used, where an agent only tells what its session used.

use super::{Backend, Fold};
use crate::model::{RunInfo, Usage};

/// The usage of one run. `earlier` are the task's runs before it: where an agent counts its whole session,
/// what those of the same session used is taken off. Absent where nothing was reported.
pub fn usage_of_run<'a>(
    backend: &dyn Backend,
    fold: &Fold,
    earlier: impl IntoIterator<Item = &'a RunInfo>,
) -> Option<Usage> {
    let reported = fold.usage?;
    if !backend.reports_session_usage() || fold.session.is_none() {
        return Some(reported);
    }
    let mut before = Usage::default();
    for run in earlier.into_iter().filter(|run| run.session_id == fold.session) {
        before.add(&run.usage.unwrap_or_default());
    }
    Some(less(&reported, &before))
}

/// A session that counts less than its runs together has begun to count anew: then what it says is the run's.
fn less(session: &Usage, before: &Usage) -> Usage {
    if before.tokens().unwrap_or(0) > session.tokens().unwrap_or(0) {
        return *session;
    }
    let take = |all: Option<u64>, part: Option<u64>| all.map(|all| all.saturating_sub(part.unwrap_or(0)));
    Usage {
        input: take(session.input, before.input),
        output: take(session.output, before.output),
        cached: take(session.cached, before.cached),
        reasoning: take(session.reasoning, before.reasoning),
        cost_usd: session.cost_usd.map(|cost| (cost - before.cost_usd.unwrap_or(0.0)).max(0.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::{AgentKind, backend};
    use crate::model::{EventKind, ProjectId, RunId, TaskId};

    fn used(input: u64) -> Usage {
        Usage { input: Some(input), output: Some(input / 20), ..Usage::default() }
    }

    fn fold(usage: Usage) -> Fold {
        let mut fold = Fold::default();
        fold.observe_kind(&EventKind::Session { id: "s".to_owned(), model: None });
        fold.observe_kind(&EventKind::Usage(usage));
        fold
    }

    fn run(session: &str, usage: Usage) -> RunInfo {
        let id = |text| TaskId::from_disk(text).expect("valid");
        let project = ProjectId::new("demo").expect("valid");
        let mut info = RunInfo::new(project, id("t"), RunId::generate(), "codex");
        info.session_id = Some(session.to_owned());
        info.usage = Some(usage);
        info
    }

    #[test]
    fn a_continued_session_is_not_counted_twice() {
        let fold = fold(used(3000));
        let earlier = [run("s", used(1000)), run("other", used(9000)), run("s", used(500))];
        let codex = usage_of_run(backend(AgentKind::Codex), &fold, &earlier);
        assert_eq!(codex.and_then(|usage| usage.input), Some(1500));
        let claude = usage_of_run(backend(AgentKind::Claude), &fold, &earlier);
        assert_eq!(claude.and_then(|usage| usage.input), Some(3000));
        assert_eq!(usage_of_run(backend(AgentKind::Codex), &Fold::default(), &earlier), None);
    }

    #[test]
    fn a_session_that_counts_anew_is_believed() {
        let fold = fold(used(100));
        let found = usage_of_run(backend(AgentKind::Codex), &fold, &[run("s", used(1000))]);
        assert_eq!(found.and_then(|usage| usage.input), Some(100));
    }
}
