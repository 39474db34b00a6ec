//! What must hold after a round.

use std::collections::BTreeMap;
use std::path::Path;

use conductor_core::model::TaskStatus;
use conductor_core::store::Root;

use super::Report;
use crate::{TestEnv, check};

/// Reads everything and compares it with what was promised.
pub fn everything(round: u32, env: &TestEnv, acknowledgements: &Path, report: &mut Report) {
    let mut wrong = match Root::open(&env.root()) {
        Ok(root) => {
            let look = check::everything(&root, TaskStatus::Completed, 1);
            report.files += look.files;
            let mut wrong = look.wrong;
            acknowledged(acknowledgements, &look.bodies, report, &mut wrong);
            wrong
        }
        Err(error) => vec![error.to_string()],
    };
    report.violations.extend(wrong.drain(..).map(|what| format!("round {round}: {what}")));
}

fn acknowledged(file: &Path, bodies: &BTreeMap<String, usize>, report: &mut Report, wrong: &mut Vec<String>) {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    for body in text.lines() {
        report.acknowledged += 1;
        match bodies.get(body) {
            Some(1) => report.read_back += 1,
            Some(count) => wrong.push(format!("{body} is there {count} times")),
            None => wrong.push(format!("{body} was acknowledged and is lost")),
        }
    }
    for (body, count) in bodies.iter().filter(|(_, count)| **count > 1) {
        wrong.push(format!("{body} is there {count} times"));
    }
}
