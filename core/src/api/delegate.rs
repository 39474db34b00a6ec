//! A child task that is asked for from elsewhere: it may do no more than the task that asks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::create::{Wanted, WantedLimits};
use super::requests::NewTask;
use super::sight::Own;
use super::{ApiError, App, ErrorCode};
use crate::model::{Access, Limits, RunId, TaskSpec};
use crate::store::TaskDir;

impl App {
    /// A child of `parent`, as it is asked for: in the parent's project and folder, with no more access and no
    /// higher limits. What is not said is the parent's where the configuration would give more. Who may know of
    /// `own` alone names no other task.
    ///
    /// # Errors
    /// For what the parent itself may not, and where the parent has not run yet. What is another's and what is not
    /// there are refused alike.
    pub fn delegated(&self, parent: &TaskDir, new: NewTask, own: &Own) -> Result<Wanted, ApiError> {
        let spec = parent.spec()?;
        let unknown = new.depends_on.iter().find(|name| !self.is_known_name(own, parent.project(), name));
        if let Some(name) = unknown {
            return Err(beyond(format_args!("{name:?} is none that this token may know of")));
        }
        // Whether a whole name is taken would tell of another task.
        if own.is_some() && new.task.as_deref().is_some_and(|name| name.starts_with("task-")) {
            return Err(
                beyond("its name is made of words").with_hint("name it by a few words such as fix-login")
            );
        }
        if new.project.as_deref().is_some_and(|project| project != parent.project().as_str()) {
            return Err(beyond("its project is the parent's").with_hint("leave the project out"));
        }
        if new.prompt.is_none() {
            return Err(ApiError::usage("nothing is said about what to do").with_hint("say it in `prompt`"));
        }
        let wanted = new.wanted()?;
        Ok(Wanted {
            access: Some(self.bounded_access(&spec, &wanted)?),
            cwd: Some(bounded_folder(&spec, wanted.cwd.as_deref())?),
            limits: bounded_limits(&wanted.limits, &self.config().defaults.limits(), &spec.limits)?,
            parent_run: Some(parent_run(parent, wanted.parent_run.as_deref())?.to_string()),
            parent_task: Some((parent.project().clone(), parent.id().clone())),
            ..wanted
        })
    }

    fn bounded_access(&self, parent: &TaskSpec, wanted: &Wanted) -> Result<Access, ApiError> {
        let project = parent.project_id.as_str();
        let most = self.access_of(parent.agent.as_deref(), parent.access, project);
        match wanted.access {
            Some(asked) if asked > most => {
                Err(beyond(format_args!("access {asked} is more than the parent's {most}")))
            }
            Some(asked) => Ok(asked),
            None => {
                let agent = wanted.agent.as_deref().or_else(|| self.config().default_agent());
                Ok(self.access_of(agent, None, project).min(most))
            }
        }
    }
}

fn beyond(what: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::Forbidden, format_args!("a child task may do no more than its parent: {what}"))
        .with_hint("leave it out for what the parent has, or ask for less")
}

/// A folder in that of the parent; the parent's own where none is named.
fn bounded_folder(parent: &TaskSpec, asked: Option<&Path>) -> Result<PathBuf, ApiError> {
    let own = PathBuf::from(&parent.cwd);
    let Some(asked) = asked else { return Ok(own) };
    let failed = |error| ApiError::io(format_args!("work in {}", asked.display()), &error);
    let folder = own.join(asked).canonicalize().map_err(failed)?;
    if folder.starts_with(own.canonicalize().map_err(failed)?) {
        return Ok(folder);
    }
    Err(beyond(format_args!("{} lies outside of its folder", asked.display())))
}

/// The run that starts it: one of the parent's, the last where none is named.
fn parent_run(parent: &TaskDir, named: Option<&str>) -> Result<RunId, ApiError> {
    if let Some(name) = named {
        return Ok(parent.run(&RunId::from_disk(name)?)?.id().clone());
    }
    parent.runs()?.pop().ok_or_else(|| {
        ApiError::conflict(format_args!("task {} has not run yet: nothing of it starts tasks", parent.id()))
    })
}

/// Limits that are none above the parent's.
fn bounded_limits(asked: &WantedLimits, usual: &Limits, most: &Limits) -> Result<WantedLimits, ApiError> {
    let seconds = |asked: Option<Duration>| asked.map(|span| span.as_secs());
    let span = |seconds: Option<u64>| seconds.map(Duration::from_secs);
    let some = |seconds: u64| (seconds > 0).then_some(seconds);
    let bound_span = |name, asked: Option<Duration>, usual, most| {
        let bounded = bound(name, seconds(asked).map(some), some(usual), some(most))?;
        Ok::<_, ApiError>(span(Some(bounded.unwrap_or(0))))
    };
    let restarts = asked.restarts.map(Some);
    let failures = asked.failures.map(Some);
    Ok(WantedLimits {
        restarts: bound("restarts", restarts, Some(usual.max_restarts), Some(most.max_restarts))?,
        failures: bound("failures", failures, Some(usual.max_failures), Some(most.max_failures))?,
        idle: bound_span("idle time", asked.idle, usual.idle_seconds, most.idle_seconds)?,
        wall: bound_span("time", asked.wall, usual.wall_seconds, most.wall_seconds)?,
        tokens: bound("tokens", asked.tokens.map(Some), usual.tokens, most.tokens)?,
        cost_usd: bound("cost", asked.cost_usd.map(Some), usual.cost_usd, most.cost_usd)?,
    })
}

/// One limit; none is no limit.
fn bound<T: PartialOrd + Copy>(
    name: &str,
    asked: Option<Option<T>>,
    usual: Option<T>,
    most: Option<T>,
) -> Result<Option<T>, ApiError> {
    let exceeds = |value: Option<T>| match (value, most) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(value), Some(most)) => value > most,
    };
    match asked {
        Some(value) if exceeds(value) => Err(beyond(format_args!("its limit of {name} is the parent's"))),
        Some(value) => Ok(value),
        None if exceeds(usual) => Ok(most),
        None => Ok(usual),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_rises_above_the_parents() {
        for (asked, usual, most, bounded) in [
            (None, Some(5), Some(3), Ok(Some(3))),
            (None, Some(2), Some(3), Ok(Some(2))),
            (None, None, Some(3), Ok(Some(3))),
            (None, None, None, Ok(None)),
            (Some(Some(3)), None, Some(3), Ok(Some(3))),
            (Some(Some(9)), None, None, Ok(Some(9))),
            (Some(Some(4)), None, Some(3), Err(())),
            (Some(None), None, Some(3), Err(())),
        ] {
            let found = bound("tokens", asked, usual, most).map_err(|_| ());
            assert_eq!(found, bounded, "{asked:?} of {usual:?}, at most {most:?}");
        }
    }

    #[test]
    fn no_time_limit_is_more_than_any() {
        let limits = |idle_seconds, wall_seconds| Limits {
            idle_seconds,
            wall_seconds,
            ..crate::config::Config::built_in().defaults.limits()
        };
        let asked = |wall| WantedLimits { wall: Some(Duration::from_secs(wall)), ..WantedLimits::default() };
        let bounded = |wall, most| bounded_limits(&asked(wall), &limits(0, 0), &limits(10, most));
        assert!(bounded(0, 60).is_err() && bounded(61, 60).is_err());
        let fine = bounded(60, 60).expect("as the parent");
        assert_eq!((fine.wall, fine.idle), (Some(Duration::from_secs(60)), Some(Duration::from_secs(10))));
        assert_eq!(bounded(0, 0).expect("none").wall, Some(Duration::ZERO));
    }
}
