//! What people and agents ask of a task: the intents of the supervisor, with what the caller knows.

use std::path::PathBuf;
use std::time::Duration;

use super::once::OnceKey;
use super::outcome::ToldView;
use super::{ApiError, App};
use crate::bus::Once;
use crate::model::{MessageId, RunId};
use crate::store::TaskDir;
use crate::supervisor::intent::{self, Target, Who};

pub use crate::supervisor::intent::{
    AnswerOutcome, AskOutcome, PauseOutcome, ResumeOutcome, StopOutcome, TakeoverOutcome, TellOutcome,
    TellRequest,
};

/// A question to the person.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Its text.
    pub text: String,
    /// Answers to choose from.
    pub choices: Vec<String>,
    /// What is answered when nobody does.
    pub default: Option<String>,
    /// When the default takes effect.
    pub after: Option<Duration>,
    /// Wait so long for the answer.
    pub wait: Option<Duration>,
    /// Wait no longer than this here: whoever asks waits on by [`App::answer_to`].
    pub hold: Option<Duration>,
    /// The run that asks; else the calling one.
    pub run: Option<String>,
}

impl App {
    /// Says that a task is done.
    ///
    /// # Errors
    /// When it ended otherwise, or cannot be written.
    pub fn done(&self, task: &TaskDir, message: Option<String>) -> Result<(), ApiError> {
        self.steer(task, |target| intent::done(target, &self.who(message)))
    }

    /// Asks the person.
    ///
    /// # Errors
    /// When the task has ended or the question makes no sense.
    pub fn ask(&self, task: &TaskDir, question: &Question) -> Result<AskOutcome, ApiError> {
        self.ask_by(task, question, None)
    }

    /// As [`App::ask`], once for a key: who asks again waits for the answer to the same question.
    ///
    /// # Errors
    /// As [`App::ask`], and where the key was used for something else.
    pub fn ask_once(
        &self,
        key: Option<&OnceKey>,
        task: &TaskDir,
        question: &Question,
    ) -> Result<AskOutcome, ApiError> {
        // Nobody else who uses the key is kept waiting for an answer.
        let at_once = Question { hold: Some(Duration::ZERO), ..question.clone() };
        let asked =
            self.once(key, |once| self.ask_by(task, &at_once, once).map(|asked| asked.question.to_string()))?;
        let id = MessageId::parse(&asked)?;
        match question.wait {
            Some(wait) => self.answer_to(task, id, question.hold.map_or(wait, |hold| hold.min(wait))),
            None => Ok(AskOutcome { question: id, answer: None }),
        }
    }

    fn ask_by(
        &self,
        task: &TaskDir,
        question: &Question,
        once: Option<Once>,
    ) -> Result<AskOutcome, ApiError> {
        let request = intent::AskRequest {
            text: question.text.clone(),
            choices: question.choices.clone(),
            default: question.default.clone(),
            after: question.after,
            run: self.asking_run(question)?,
            wait: question.wait,
            hold: question.hold,
            once,
        };
        self.steer(task, |target| intent::ask(target, &request))
    }

    fn asking_run(&self, question: &Question) -> Result<Option<RunId>, ApiError> {
        let calling = self.caller.run().map(|run| run.run);
        Ok(question.run.as_deref().or(calling).map(RunId::from_disk).transpose()?)
    }

    /// Waits so long for the answer to a question; none where the time is over.
    ///
    /// # Errors
    /// When the task's bus cannot be read.
    pub fn answer_to(
        &self,
        task: &TaskDir,
        question: MessageId,
        limit: Duration,
    ) -> Result<AskOutcome, ApiError> {
        self.steer(task, |target| intent::answer_to(target, question, limit))
    }

    /// Answers a question, the open one unless another is named.
    ///
    /// # Errors
    /// When none is open, or another answer came first.
    pub fn answer(
        &self,
        task: &TaskDir,
        text: &str,
        question: Option<MessageId>,
    ) -> Result<AnswerOutcome, ApiError> {
        let request = intent::AnswerRequest { who: self.who(None), question, text: text.to_owned() };
        self.steer(task, |target| intent::answer(target, &request))
    }

    /// Says something to a task's agent.
    ///
    /// # Errors
    /// When it cannot be written, or a file cannot be attached.
    pub fn tell(
        &self,
        task: &TaskDir,
        text: &str,
        now: bool,
        files: &[PathBuf],
    ) -> Result<TellOutcome, ApiError> {
        let attachments = files.iter().map(|file| self.caller.cwd.join(file)).collect();
        self.tell_with(
            task,
            TellRequest { text: text.to_owned(), now, attachments, ..TellRequest::default() },
        )
    }

    /// As [`App::tell`], with all that can be said. Who says it is filled in.
    ///
    /// # Errors
    /// As [`App::tell`].
    pub fn tell_with(&self, task: &TaskDir, request: TellRequest) -> Result<TellOutcome, ApiError> {
        let request = TellRequest { who: self.who(None), ..request };
        self.steer(task, |target| intent::tell(target, &request))
    }

    /// As [`App::tell_with`], once for a key.
    ///
    /// # Errors
    /// As [`App::tell`], and where the key was used for something else.
    pub fn tell_once(
        &self,
        key: Option<&OnceKey>,
        task: &TaskDir,
        request: TellRequest,
    ) -> Result<ToldView, ApiError> {
        self.once(key, |once| {
            Ok(ToldView::new(task, &self.tell_with(task, TellRequest { once, ..request })?))
        })
    }

    /// Pauses a task after its turn and tells how to go on in its session.
    ///
    /// # Errors
    /// When the turn lasts longer than `limit`; the pause stays asked for.
    pub fn takeover(&self, task: &TaskDir, limit: Duration) -> Result<TakeoverOutcome, ApiError> {
        self.steer(task, |target| intent::takeover(target, &self.who(None), limit))
    }

    /// Stops a task and its children and returns when that is verified.
    ///
    /// # Errors
    /// When it has ended already.
    pub fn stop(&self, task: &TaskDir, force: bool, reason: Option<String>) -> Result<StopOutcome, ApiError> {
        let request = intent::StopRequest { who: self.who(reason), force };
        self.steer(task, |target| intent::stop(target, &request))
    }

    /// Pauses a task and its children.
    ///
    /// # Errors
    /// When it has ended.
    pub fn pause(
        &self,
        task: &TaskDir,
        after_turn: bool,
        reason: Option<String>,
    ) -> Result<PauseOutcome, ApiError> {
        let request = intent::PauseRequest { who: self.who(reason), after_turn };
        self.steer(task, |target| intent::pause(target, &request))
    }

    /// Lets a task go on.
    ///
    /// # Errors
    /// When it is at work already.
    pub fn resume(&self, task: &TaskDir, agent: Option<String>) -> Result<ResumeOutcome, ApiError> {
        let request = intent::ResumeRequest { who: self.who(None), agent };
        self.steer(task, |target| intent::resume(target, &request))
    }

    fn steer<T>(
        &self,
        task: &TaskDir,
        ask: impl FnOnce(&Target<'_>) -> Result<T, intent::IntentError>,
    ) -> Result<T, ApiError> {
        let target = Target {
            root: task.root(),
            config: self.config(),
            clock: &self.clock,
            project: task.project(),
            task: task.id(),
            lasting: self.caller.lasting,
            launches_nothing: self.caller.launches_nothing,
        };
        Ok(ask(&target)?)
    }

    /// Who asks: who was named, the calling run, else the user.
    fn who(&self, reason: Option<String>) -> Who {
        let user = || self.caller.text("USER").or_else(|| self.caller.text("LOGNAME")).map(str::to_owned);
        let run = || self.caller.run().map(|run| format!("run {}", run.run));
        let by = self.caller.by.clone().or_else(run).or_else(user);
        Who { by, reason, request_id: None }
    }
}
