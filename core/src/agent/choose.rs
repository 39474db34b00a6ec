//! Which agent a task gets when it names none: one, in turn, or by weight, with the next one after a
//! permanent failure. The state is on disk, under a lock: right across restarts and processes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{Selection, Strategy};
use crate::store::{OfdLock, Root, StoreError, StoreErrorKind, yaml};

const FILE: &str = "selection.yaml";
const LOCK: &str = "selection.lock";
/// A choice takes a millisecond; whoever holds the lock longer is stuck.
const PATIENCE: Duration = Duration::from_secs(30);
/// Tasks whose choice is remembered, so that a supervisor that died before it wrote the choice down gets
/// the same one again.
const REMEMBERED: usize = 256;
const MAX_BYTES: u64 = 1024 * 1024;

/// Why no agent was chosen.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// The selection lists no agent that may be chosen.
    #[error("the selection lists no agents")]
    Empty,
    /// Its state cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `state/selection.yaml`.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    version: u32,
    /// How far each agent is behind its share, in the order of the selection.
    #[serde(default)]
    shares: Vec<Share>,
    /// The last choices, oldest first.
    #[serde(default)]
    chosen: Vec<Chosen>,
}

/// One agent's share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Share {
    agent: String,
    weight: u32,
    /// Grows by `weight` with every choice, falls by the sum of all weights when it is chosen.
    credit: i64,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Chosen {
    task: String,
    agent: String,
}

/// The agent for a task (`project/task`). The same task gets the same agent again.
///
/// # Errors
/// When the selection is empty or its state cannot be read or written.
pub fn choose(root: &Root, selection: &Selection, task: &str) -> Result<String, ChooseError> {
    let weights = weights(selection);
    let Some((first, _)) = weights.first() else { return Err(ChooseError::Empty) };
    if selection.strategy == Strategy::First {
        return Ok(first.clone());
    }
    let dir = root.state_dir("")?;
    let _lock = OfdLock::acquire(&dir, LOCK, PATIENCE)?;
    let mut state = match dir.read_text(FILE, MAX_BYTES) {
        Ok(text) => yaml::parse(&text, &dir.join(FILE))?,
        Err(StoreError { kind: StoreErrorKind::NotFound, .. }) => State::default(),
        Err(error) => return Err(error.into()),
    };
    if let Some(before) = state.chosen.iter().find(|chosen| chosen.task == task) {
        // Unless the configuration has dropped it meanwhile.
        if weights.iter().any(|(agent, _)| *agent == before.agent) {
            return Ok(before.agent.clone());
        }
    }
    let agent = state.next(&weights);
    state.remember(task, &agent);
    dir.replace(FILE, yaml::emit(&state)?.as_bytes())?;
    Ok(agent)
}

/// The agent to go on with after permanent failures of others: the next in the selection's order that did
/// not fail. None: there is no other, or the selection does not fall back.
pub fn fall_back<'a>(selection: &'a Selection, current: &str, failed: &[String]) -> Option<&'a str> {
    if !selection.fallback_on_failure {
        return None;
    }
    let at = selection.agents.iter().position(|agent| agent == current).map_or(0, |at| at + 1);
    let order = selection.agents[at..].iter().chain(&selection.agents[..at]);
    order.map(String::as_str).find(|agent| *agent != current && !failed.iter().any(|failed| failed == agent))
}

/// The agents that may be chosen, with their weights; a weight of 0 is for fall-back only.
fn weights(selection: &Selection) -> Vec<(String, u32)> {
    let weight = |at: usize| match selection.strategy {
        Strategy::Weighted => selection.weights.get(at).copied().unwrap_or(1),
        Strategy::First | Strategy::RoundRobin => 1,
    };
    let all = selection.agents.iter().enumerate().map(|(at, agent)| (agent.clone(), weight(at)));
    all.filter(|(_, weight)| *weight > 0).collect()
}

impl Default for State {
    fn default() -> Self {
        Self { version: 1, shares: Vec::new(), chosen: Vec::new() }
    }
}

impl State {
    /// Smooth weighted round-robin: in any row of choices as long as the sum of the weights each agent has
    /// exactly its share, spread as evenly as can be.
    fn next(&mut self, weights: &[(String, u32)]) -> String {
        let known: Vec<_> = self.shares.iter().map(|share| (share.agent.clone(), share.weight)).collect();
        if known != weights {
            self.shares = weights
                .iter()
                .map(|(agent, weight)| Share { agent: agent.clone(), weight: *weight, credit: 0 })
                .collect();
        }
        let total: i64 = weights.iter().map(|(_, weight)| i64::from(*weight)).sum();
        self.shares.iter_mut().for_each(|share| share.credit += i64::from(share.weight));
        let most = self.shares.iter().map(|share| share.credit).max().unwrap_or(0);
        match self.shares.iter_mut().find(|share| share.credit == most) {
            Some(share) => {
                share.credit -= total;
                share.agent.clone()
            }
            None => weights.first().map(|(agent, _)| agent.clone()).unwrap_or_default(),
        }
    }

    fn remember(&mut self, task: &str, agent: &str) {
        self.chosen.retain(|chosen| chosen.task != task);
        self.chosen.push(Chosen { task: task.to_owned(), agent: agent.to_owned() });
        let excess = self.chosen.len().saturating_sub(REMEMBERED);
        self.chosen.drain(..excess);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(strategy: Strategy, agents: &[&str], weights: &[u32]) -> Selection {
        Selection {
            strategy,
            agents: agents.iter().map(|&agent| agent.to_owned()).collect(),
            weights: weights.to_vec(),
            fallback_on_failure: true,
        }
    }

    /// What as many tasks get, one after the other, each choice by a process that knows only the disk.
    fn choices(root: &Root, selection: &Selection, tasks: std::ops::Range<u32>) -> Vec<String> {
        tasks.map(|task| choose(root, selection, &format!("demo/{task}")).expect("chosen")).collect()
    }

    fn root() -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Root::open_or_init(&folder.path().join("runs")).expect("a root");
        (folder, root)
    }

    #[test]
    fn c5_round_robin_and_weights_do_not_always_pick_the_first() {
        let (_folder, root) = root();
        let turn = selection(Strategy::RoundRobin, &["a", "b", "c"], &[]);
        assert_eq!(choices(&root, &turn, 0..5), ["a", "b", "c", "a", "b"]);
        let weighted = selection(Strategy::Weighted, &["a", "b"], &[3, 1]);
        assert_eq!(choices(&root, &weighted, 10..18), ["a", "a", "b", "a", "a", "a", "b", "a"]);
    }

    #[test]
    fn c5_choices_of_racing_processes_keep_the_shares() {
        let (_folder, root) = root();
        let weighted = selection(Strategy::Weighted, &["a", "b", "c"], &[2, 1, 1]);
        let picked: Vec<String> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..8u32)
                .map(|racer| {
                    // A root of its own, as another process would have: only the disk is shared.
                    let root = Root::open(root.path()).expect("the root");
                    let weighted = &weighted;
                    scope.spawn(move || choices(&root, weighted, racer * 10..racer * 10 + 10))
                })
                .collect();
            racers.into_iter().flat_map(|racer| racer.join().expect("no panic")).collect()
        });
        let count = |agent: &str| picked.iter().filter(|picked| *picked == agent).count();
        assert_eq!((count("a"), count("b"), count("c")), (40, 20, 20));
    }

    #[test]
    fn a_task_that_asks_again_gets_the_same_agent() {
        let (_folder, root) = root();
        let turn = selection(Strategy::RoundRobin, &["a", "b"], &[]);
        for _ in 0..3 {
            assert_eq!(choose(&root, &turn, "demo/first").expect("chosen"), "a");
        }
        assert_eq!(choose(&root, &turn, "demo/second").expect("chosen"), "b");
    }

    #[test]
    fn a_changed_selection_begins_anew() {
        let (_folder, root) = root();
        choices(&root, &selection(Strategy::RoundRobin, &["a", "b"], &[]), 0..1);
        let changed = selection(Strategy::RoundRobin, &["c", "a"], &[]);
        assert_eq!(choices(&root, &changed, 5..8), ["c", "a", "c"]);
        let nothing = selection(Strategy::Weighted, &["a"], &[0]);
        assert!(matches!(choose(&root, &nothing, "demo/x"), Err(ChooseError::Empty)));
    }

    #[test]
    fn fall_back_goes_round_once() {
        let three = selection(Strategy::First, &["a", "b", "c"], &[]);
        let failed = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(fall_back(&three, "b", &failed(&["b"])), Some("c"));
        assert_eq!(fall_back(&three, "c", &failed(&["b", "c"])), Some("a"));
        assert_eq!(fall_back(&three, "a", &failed(&["a", "b", "c"])), None);
        let strict = Selection { fallback_on_failure: false, ..three };
        assert_eq!(fall_back(&strict, "a", &failed(&["a"])), None);
    }
}
