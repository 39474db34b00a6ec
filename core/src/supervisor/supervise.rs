//! The way in: takes a task and supervises it until it has ended or is left to recovery.

use std::collections::BTreeMap;

use super::adopt;
use super::complete;
use super::drive::{Desk, Driver};
use super::early::{Early, Start};
use super::error::SuperviseError;
use super::intent::bus_settings;
use super::mend;
use super::news::OnDisk;
use super::process::Machine;
use super::queue;
use super::record::{Owned, TakeError};
use super::wake::Wake;
use crate::bus::Bus;
use crate::clock::Clock;
use crate::config::Config;
use crate::model::{ProjectId, TaskId, TaskStatus};
use crate::notify::{Courier, Outbox};
use crate::store::Root;

/// How to supervise.
#[derive(Default)]
pub struct SuperviseOptions {
    /// Listen to INT (a verified stop; twice forces it), TERM (stop the tree, leave the task to recovery)
    /// and HUP (go on without the terminal) in place of what they do by themselves.
    pub signals: bool,
    /// Called once, when this process owns the task.
    pub owns: Option<Box<dyn FnOnce()>>,
    /// Runs of another machine or pid namespace count as dead.
    pub assume_dead: bool,
    /// Take the task also where its `task.yaml` is lost: enough is known of it to carry out a STOP.
    pub to_stop: bool,
    /// What was begun for a task that was made just now.
    pub early: Option<Early>,
}

impl SuperviseError {
    /// Whether another process supervises the task.
    pub fn is_held(&self) -> bool {
        matches!(self, SuperviseError::Take(TakeError::Held { .. }))
    }
}

/// Supervises a task: its loop, its limits, DONE, STOP and PAUSE, questions and answers. A run that is
/// found alive is adopted. Returns when the task has ended or is `interrupted`.
///
/// # Errors
/// When another process supervises it ([`SuperviseError::is_held`]), or its files cannot be kept true:
/// then it is left as it is, and recovery goes on with it.
pub fn supervise(
    root: &Root,
    config: &Config,
    project: &ProjectId,
    task: &TaskId,
    options: SuperviseOptions,
) -> Result<TaskStatus, SuperviseError> {
    let folder = root.task(project, task)?;
    let (start, first) = match options.early {
        Some(Early { start, first }) => (start, Some(first)),
        None => (Start::new(root)?, None),
    };
    let wake = {
        let _inside = start.runtime.enter();
        // Before the lock: whoever sees it held signals its holder, and an unheard SIGUSR1 kills.
        Wake::listen(folder.path(), options.signals)?
    };
    let outbox = Outbox::open(root, config, &Clock::system());
    if let Err(error) = outbox.begin() {
        tracing::warn!(%error, "webhooks may miss the first of what follows");
    }
    // Declared here, so that it stays until the task was given up: nobody waits for a receiver.
    let courier;
    let taken = if options.to_stop { Owned::take_to_stop } else { Owned::take };
    let mut owned = taken(root, project, task)?;
    courier = Courier::start(outbox);
    owned.ring(courier.as_ref().map(Courier::bell));
    let machine = Machine::this()?;
    if !owned.state().status.is_ended() {
        mend::runs(&mut owned, &machine)?;
        adopt::check(&owned, &machine, options.assume_dead)?;
    }
    // Whoever started this process returns with this word: what refuses the task comes before it.
    if let Some(owns) = options.owns {
        owns();
    }
    if owned.state().status.is_ended() {
        complete::settle(&mut owned, bus_settings(config))?;
        let status = owned.state().status;
        owned.release()?;
        return Ok(status);
    }
    let Start { runtime, reaper, cli } = start;
    runtime.block_on(async {
        let bus = Bus::task(owned.task()).with_settings(bus_settings(config));
        let mut driver = Driver {
            bus,
            wake,
            desk: Desk { config, env: std::env::vars_os().collect::<BTreeMap<_, _>>(), cli, machine, reaper },
            on_disk: OnDisk::default(),
            adopting: false,
            run: None,
            first,
            owned,
        };
        let driven = driver.drive().await;
        let flushed = driver.bus.flush_rest();
        let status = driven?;
        flushed?;
        if status.is_ended() {
            queue::withdraw(root, project, task)?;
        }
        driver.owned.release()?;
        Ok(status)
    })
}
