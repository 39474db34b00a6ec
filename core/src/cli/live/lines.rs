//! A task in a pipe: one line for each change of its status, nothing else.

use crate::api::feed::{Moment, Standing};
use crate::cli::failure::Failure;
use crate::cli::output::Out;
use crate::host::HostTask;
use crate::model::TaskStatus;

/// Writes the lines.
pub struct Lines<'a> {
    out: &'a Out,
    task: String,
    last: Option<String>,
}

impl<'a> Lines<'a> {
    pub fn new(out: &'a Out, task: &dyn HostTask) -> Self {
        Self { out, task: task.id().to_owned(), last: None }
    }

    /// Writes a line where the status is another one.
    pub fn show(&mut self, moment: &Moment) -> Result<(), Failure> {
        let Moment::Status(standing) = moment else { return Ok(()) };
        let words = self.words(standing);
        if self.last.as_ref() == Some(&words) {
            return Ok(());
        }
        self.out.line(format_args!("{} {words}", self.task))?;
        self.last = Some(words);
        self.out.flush()
    }

    fn words(&self, standing: &Standing) -> String {
        let mut words = standing.status.to_string();
        let reason = standing.error.as_ref().map(|error| &error.message).or(standing.reason.as_ref());
        let asked = standing.question.as_ref().filter(|_| standing.status == TaskStatus::WaitingAnswer);
        if let Some(question) = asked {
            words.push_str(&format!(": {}", self.out.safe(&question.text)));
        } else if let Some(reason) = reason {
            words.push_str(&format!(": {}", self.out.safe(reason)));
        }
        words
    }
}
