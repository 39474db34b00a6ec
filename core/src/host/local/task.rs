//! A task of this process's root.

use std::path::PathBuf;
use std::time::Instant;

use super::run::LocalRun;
use crate::api::changes::{ChangesView, PatchView, Wanted};
use crate::api::dto::{TaskDetail, TaskView};
use crate::api::feed::{Feed, Moment};
use crate::api::outcome::{
    AnsweredView, AskedView, DoneView, PausedView, ResumedView, StoppedView, ToldView,
};
use crate::api::requests::{Answer, Ask, Pause, Resume, Stop};
use crate::api::steer::Question;
use crate::api::{ApiError, App, run_of};
use crate::host::{HostRun, HostTask, MomentReader};
use crate::model::MessageId;
use crate::store::TaskDir;

pub struct LocalTask<'a> {
    app: &'a App,
    dir: TaskDir,
}

impl<'a> LocalTask<'a> {
    pub fn boxed(app: &'a App, dir: TaskDir) -> Box<dyn HostTask + 'a> {
        Box::new(Self { app, dir })
    }
}

impl HostTask for LocalTask<'_> {
    fn project(&self) -> &str {
        self.dir.project().as_str()
    }

    fn id(&self) -> &str {
        self.dir.id().as_str()
    }

    fn view(&self) -> Result<TaskView, ApiError> {
        self.app.view(&self.dir)
    }

    fn detail(&self) -> Result<TaskDetail, ApiError> {
        self.app.detail(&self.dir)
    }

    fn folders(&self) -> Vec<String> {
        let path = self.dir.path().display();
        let cwd = self.dir.spec().map(|spec| format!("{}/", spec.cwd)).ok();
        [format!("{path}/runs/"), format!("{path}/")].into_iter().chain(cwd).collect()
    }

    fn stop(&self, how: Stop) -> Result<StoppedView, ApiError> {
        Ok(StoppedView::new(&self.dir, self.app.stop(&self.dir, how.force, how.reason)?))
    }

    fn pause(&self, how: Pause) -> Result<PausedView, ApiError> {
        Ok(PausedView::new(&self.dir, &self.app.pause(&self.dir, how.after_turn, how.reason)?))
    }

    fn resume(&self, how: Resume) -> Result<ResumedView, ApiError> {
        Ok(ResumedView::new(&self.dir, &self.app.resume(&self.dir, how.agent)?))
    }

    fn done(&self, message: Option<String>) -> Result<DoneView, ApiError> {
        self.app.done(&self.dir, message)?;
        Ok(DoneView::new(&self.dir))
    }

    fn ask(&self, question: Ask) -> Result<AskedView, ApiError> {
        let question = Question { hold: None, ..question.question() };
        Ok(AskedView::from(self.app.ask(&self.dir, &question)?))
    }

    fn answer(&self, answer: Answer) -> Result<AnsweredView, ApiError> {
        let question = answer.question.as_deref().map(MessageId::parse).transpose()?;
        Ok(AnsweredView::new(&self.dir, self.app.answer(&self.dir, &answer.text, question)?))
    }

    fn tell(&self, text: &str, now: bool, files: &[PathBuf]) -> Result<ToldView, ApiError> {
        Ok(ToldView::new(&self.dir, &self.app.tell(&self.dir, text, now, files)?))
    }

    fn changes(&self) -> Result<ChangesView, ApiError> {
        self.app.changes(&self.dir)
    }

    fn patch(&self, wanted: &Wanted) -> Result<PatchView, ApiError> {
        self.app.patch(&self.dir, wanted)
    }

    fn moments(&self, history: bool) -> Result<Box<dyn MomentReader + '_>, ApiError> {
        Ok(Box::new(LocalMoments { app: self.app, feed: Feed::open(&self.dir, history)? }))
    }

    fn run(&self, name: Option<&str>) -> Result<Box<dyn HostRun + '_>, ApiError> {
        Ok(Box::new(LocalRun { app: self.app, run: run_of(&self.dir, name)? }))
    }
}

struct LocalMoments<'a> {
    app: &'a App,
    feed: Feed,
}

impl MomentReader for LocalMoments<'_> {
    fn poll(&mut self) -> Result<Vec<Moment>, ApiError> {
        self.feed.poll(self.app)
    }

    fn wait(&mut self, deadline: Option<Instant>) {
        self.feed.wait(deadline);
    }
}
