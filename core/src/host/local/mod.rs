//! The files of a root, by this process.

mod bus;
mod run;
mod task;

use std::time::Duration;

use secrecy::ExposeSecret;

use self::bus::LocalBus;
use self::task::LocalTask;
use super::{Host, HostBus, HostTask, ListQuery, NewsReader};
use crate::api::agents::AgentView;
use crate::api::doctor::Finding;
use crate::api::dto::AttentionItem;
use crate::api::inbox::Handling;
use crate::api::messages::BusView;
use crate::api::news::{NewsFeed, NewsPage};
use crate::api::recover::RecoveryView;
use crate::api::requests::{Allows, CreatedTask, Handle, NewTask, PageToken};
use crate::api::settings::SettingsView;
use crate::api::tasks::{RunList, TaskList, TaskQuery};
use crate::api::tokens::{TokenView, WantedScope};
use crate::api::{ApiError, App};

impl Host for App {
    fn app(&self) -> Option<&App> {
        Some(self)
    }

    fn root_path(&self) -> Result<String, ApiError> {
        Ok(App::root_path(self).display().to_string())
    }

    fn task_if_meant(&self, target: Option<&str>) -> Result<Option<Box<dyn HostTask + '_>>, ApiError> {
        Ok(App::task_if_meant(self, target)?.map(|dir| LocalTask::boxed(self, dir)))
    }

    fn named_task(&self, name: &str) -> Result<Box<dyn HostTask + '_>, ApiError> {
        Ok(LocalTask::boxed(self, App::named_task(self, name)?))
    }

    fn create(&self, new: NewTask) -> Result<CreatedTask, ApiError> {
        let ready = self.prepare(new.wanted()?)?;
        self.detach(&ready.task)?;
        let (project, task) = (ready.task.project().to_string(), ready.task.id().to_string());
        Ok(CreatedTask { project, task, warnings: ready.warnings })
    }

    fn default_agent(&self) -> Option<String> {
        self.config().default_agent().map(str::to_owned)
    }

    fn list(&self, query: &ListQuery) -> Result<TaskList, ApiError> {
        App::list(self, &task_query(self, query)?)
    }

    fn list_runs(&self, query: &ListQuery) -> Result<RunList, ApiError> {
        App::list_runs(self, &task_query(self, query)?)
    }

    fn inbox(&self, all: bool) -> Result<Vec<AttentionItem>, ApiError> {
        Ok(App::inbox(self, all)?.items)
    }

    fn handle(&self, id: &str, how: Handle) -> Result<AttentionItem, ApiError> {
        App::handle(self, id, Handling::from(how))
    }

    fn news(&self) -> Result<(Option<String>, Box<dyn NewsReader + '_>), ApiError> {
        let project = self.named_project()?.map(|project| project.to_string());
        Ok((project, Box::new(App::news(self, None)?)))
    }

    fn recover(&self, assume_dead: bool) -> Result<RecoveryView, ApiError> {
        App::recover(self, assume_dead).map(RecoveryView::from)
    }

    fn agents(&self) -> Result<Vec<AgentView>, ApiError> {
        Ok(App::agents(self))
    }

    fn diagnose(&self) -> Result<Vec<Finding>, ApiError> {
        Ok(App::diagnose(self))
    }

    fn settings(&self) -> Result<SettingsView, ApiError> {
        Ok(App::settings(self))
    }

    fn buses(&self) -> Result<Vec<BusView>, ApiError> {
        App::buses(self)
    }

    fn bus(&self, on_project: bool) -> Result<Box<dyn HostBus + '_>, ApiError> {
        Ok(Box::new(LocalBus { app: self, open: App::bus(self, on_project)? }))
    }

    fn tokens(&self) -> Result<Vec<TokenView>, ApiError> {
        App::tokens(self)
    }

    fn add_token(&self, name: &str, allows: Allows) -> Result<PageToken, ApiError> {
        let scope = match allows {
            Allows::Full => WantedScope::Full,
            Allows::Read => WantedScope::Read,
            Allows::Task { project, task } => {
                WantedScope::Task(App::named_task(self, &format!("{project}/{task}"))?)
            }
        };
        let token = App::add_token(self, name, scope)?.expose_secret().to_owned();
        Ok(PageToken { token, name: name.to_owned() })
    }

    fn revoke_token(&self, name: &str) -> Result<(), ApiError> {
        App::revoke_token(self, name)
    }

    fn dashboard_link(&self) -> Result<String, ApiError> {
        App::dashboard_link(self)
    }

    fn pairing_link(&self) -> Result<String, ApiError> {
        App::pairing_link(self)
    }
}

fn task_query(app: &App, query: &ListQuery) -> Result<TaskQuery, ApiError> {
    Ok(TaskQuery {
        project: if query.all { None } else { app.project_to_list()? },
        statuses: query.statuses.clone(),
        active: query.active,
        limit: query.limit,
    })
}

impl NewsReader for NewsFeed {
    fn next(&mut self, limit: Duration) -> Result<NewsPage, ApiError> {
        self.wait(limit)
    }
}
