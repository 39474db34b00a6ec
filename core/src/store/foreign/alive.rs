//! Whether the process that a foreign run names is really that run's.
//!
//! The seed system records neither start time nor boot. A pid alone proves nothing, as it may have
//! been given to another process since: the process itself is asked.

use jiff::{SignedDuration, Timestamp};

/// How far the recorded start and the process's own may lie apart.
const SLACK: SignedDuration = SignedDuration::from_secs(5);

/// What proves that a process is a run's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It carries the run's id in its environment; where that cannot be read, as `Began`.
    Marker,
    /// It began when the run did.
    Began,
    /// It began before the run, which only took it over.
    BeganBefore,
}

/// Whether `pid` is the process of the run that began at this time.
pub(super) fn is_alive(pid: i32, run: &str, began: Option<Timestamp>, proof: Proof) -> bool {
    if pid <= 1 || is_gone(pid) {
        return false;
    }
    if proof == Proof::Marker
        && let Ok(environment) = std::fs::read(format!("/proc/{pid}/environ"))
    {
        let wanted = format!("JRUN_ID={run}");
        return environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes());
    }
    let (Some(began), Some(process)) = (began, process_start(pid)) else { return false };
    let late = process.duration_since(began);
    late <= SLACK && (proof == Proof::BeganBefore || late >= -SLACK)
}

/// Whether the process is gone, or only waits to be collected.
fn is_gone(pid: i32) -> bool {
    fields(pid).is_none_or(|fields| matches!(fields.first().map(String::as_str), Some("Z" | "X") | None))
}

fn process_start(pid: i32) -> Option<Timestamp> {
    // Field 22 of the file; the list begins with field 3.
    let ticks: u64 = fields(pid)?.get(19)?.parse().ok()?;
    let per_second = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK).ok()??;
    let uptime: f64 =
        std::fs::read_to_string("/proc/uptime").ok()?.split_whitespace().next()?.parse().ok()?;
    let age = uptime - ticks as f64 / per_second as f64;
    Timestamp::now().checked_sub(SignedDuration::try_from_secs_f64(age).ok()?).ok()
}

/// The fields of `/proc/<pid>/stat` after the name, which may hold blanks and brackets.
fn fields(pid: i32) -> Option<Vec<String>> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let text = String::from_utf8_lossy(&stat);
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_pid_alone_proves_nothing() {
        let own = i32::try_from(std::process::id()).expect("a pid");
        assert!(!is_alive(own, "20260101-0000000000-1-1", Some(Timestamp::now()), Proof::Marker));
        assert!(!is_alive(0, "x", None, Proof::Began) && !is_alive(-1, "x", None, Proof::Began));
        assert!(!is_alive(own, "x", None, Proof::BeganBefore));
        let epoch = Some(Timestamp::UNIX_EPOCH);
        assert!(!is_alive(own, "x", epoch, Proof::BeganBefore), "began long after the run");
        let later = Timestamp::now().checked_add(SignedDuration::from_hours(1)).expect("in range");
        assert!(is_alive(own, "x", Some(later), Proof::BeganBefore));
        assert!(!is_alive(own, "x", Some(later), Proof::Began), "began long before the run");
    }

    #[test]
    fn the_marker_in_the_environment_proves_it() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .env("JRUN_ID", "20260101-0000000000-1-1")
            .spawn()
            .expect("sleep starts");
        let pid = i32::try_from(child.id()).expect("a pid");
        // Between fork and exec the child still shows its parent's environment.
        let deadline = Instant::now() + Duration::from_secs(20);
        while !is_alive(pid, "20260101-0000000000-1-1", None, Proof::Marker) {
            assert!(Instant::now() < deadline, "its environment never showed the run");
            std::thread::yield_now();
        }
        assert!(!is_alive(pid, "20260101-0000000000-1-2", None, Proof::Marker));
        child.kill().expect("killed");
        let deadline = Instant::now() + Duration::from_secs(20);
        while is_alive(pid, "20260101-0000000000-1-1", None, Proof::Marker) {
            assert!(Instant::now() < deadline, "a zombie is dead");
            std::thread::yield_now();
        }
        child.wait().expect("collected");
    }
}
