//! A root behind a server.

mod address;
mod bus;
mod create;
mod http;
mod names;
mod problem;
mod ready;
mod run;
mod task;
mod watch;

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;

use self::address::Address;
use self::bus::RemoteBus;
use self::http::{Http, Tokens};
use self::task::RemoteTask;
use self::watch::RemoteNews;
use super::{Host, HostBus, HostTask, ListQuery, NewsReader};
use crate::api::agents::AgentView;
use crate::api::doctor::Finding;
use crate::api::dto::AttentionItem;
use crate::api::messages::BusView;
use crate::api::recover::RecoveryView;
use crate::api::requests::{Allows, CreatedTask, Handle, NewTask, PageToken, Recover, WantedToken};
use crate::api::settings::SettingsView;
use crate::api::tasks::{RunList, TaskList};
use crate::api::tokens::{TokenView, no_network};
use crate::api::{ApiError, App, Caller};

/// How long a server that does not answer is waited for, where it is not said.
pub const USUAL_PATIENCE: Duration = Duration::from_secs(30);

/// Which server, and what a client knows of itself.
pub struct Server {
    /// Its address.
    pub address: String,
    /// The token that was given.
    pub token: Option<SecretString>,
    /// How long it is waited for while it does not answer.
    pub patience: Duration,
    /// Told once that it is waited for.
    pub waiting: Box<dyn Fn(&str)>,
}

/// A root behind a server.
pub struct Remote {
    http: Http,
    project: Option<String>,
    task: Option<String>,
    /// The current folder, where the server's machine is this one.
    folder: Option<PathBuf>,
    calling: Option<Calling>,
}

/// The run that calls.
struct Calling {
    project: String,
    task: String,
    run: Option<String>,
}

impl Calling {
    fn of(caller: &Caller) -> Option<Self> {
        Some(Self {
            project: caller.text("JRUN_PROJECT_ID")?.to_owned(),
            task: caller.text("JRUN_TASK_ID")?.to_owned(),
            run: caller.text("JRUN_ID").map(str::to_owned),
        })
    }
}

impl Remote {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// For what is no address.
    pub fn new(server: Server, caller: Caller) -> Result<Self, ApiError> {
        let address = Address::parse(&server.address)?;
        let calling = Calling::of(&caller);
        let folder = address.is_here().then(|| caller.cwd.clone());
        let (project, task) = (caller.project.clone(), caller.task.clone());
        let find: Box<dyn Fn() -> _> = match address.is_here() {
            true => Box::new(own_token(address.clone(), caller)),
            false => Box::new(|| None),
        };
        let tokens = Tokens { given: server.token, find };
        let http = Http::new(address, tokens, server.patience, server.waiting)?;
        Ok(Self { http, project, task, folder, calling })
    }

    fn link(&self) -> Result<Link, ApiError> {
        self.http.request(Method::POST, &["tickets"]).answer()
    }

    fn open(&self, project: String, task: String) -> Box<dyn HostTask + '_> {
        Box::new(RemoteTask { remote: self, project, task })
    }
}

/// Looks for the token of the server of this user's root. None is sent to whoever else listens here.
fn own_token(address: Address, caller: Caller) -> impl Fn() -> Option<SecretString> {
    move || {
        let app = App::open(caller.clone()).ok()?;
        let server = app.running_server()?;
        address.is_of(&server).then(|| app.local_token().ok()).flatten()
    }
}

#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Deserialize)]
struct Root {
    path: String,
}

#[derive(Deserialize)]
struct Link {
    url: String,
    pairing_url: Option<String>,
}

impl Host for Remote {
    fn app(&self) -> Option<&App> {
        None
    }

    fn root_path(&self) -> Result<String, ApiError> {
        self.http.get::<Root>(&["status"]).map(|root| root.path)
    }

    fn task_if_meant(&self, target: Option<&str>) -> Result<Option<Box<dyn HostTask + '_>>, ApiError> {
        let name = crate::api::named(target, self.task.as_deref())?;
        Ok(self.meant_task(name)?.map(|(project, task)| self.open(project, task)))
    }

    fn named_task(&self, name: &str) -> Result<Box<dyn HostTask + '_>, ApiError> {
        let (project, task) = self.meant_task(Some(name))?.ok_or_else(crate::api::no_task_is_meant)?;
        Ok(self.open(project, task))
    }

    fn create(&self, new: NewTask) -> Result<CreatedTask, ApiError> {
        self.make(new)
    }

    fn default_agent(&self) -> Option<String> {
        let settings = Host::settings(self).ok()?;
        settings.config["defaults"]["agent"].as_str().map(str::to_owned)
    }

    fn list(&self, query: &ListQuery) -> Result<TaskList, ApiError> {
        self.listing("tasks", query)
    }

    fn list_runs(&self, query: &ListQuery) -> Result<RunList, ApiError> {
        self.listing("runs", query)
    }

    fn inbox(&self, all: bool) -> Result<Vec<AttentionItem>, ApiError> {
        let request = self.http.request(Method::GET, &["attention"]).query("all", all);
        let items: Items<_> = request.query_if("project", self.project.as_ref()).answer()?;
        Ok(items.items)
    }

    fn handle(&self, id: &str, how: Handle) -> Result<AttentionItem, ApiError> {
        self.http.post(&["attention", id], &how)
    }

    fn news(&self) -> Result<(Option<String>, Box<dyn NewsReader + '_>), ApiError> {
        Ok((self.project.clone(), Box::new(RemoteNews::begin(self)?)))
    }

    fn recover(&self, assume_dead: bool) -> Result<RecoveryView, ApiError> {
        self.http.post(&["recover"], &Recover { assume_dead })
    }

    fn agents(&self) -> Result<Vec<AgentView>, ApiError> {
        self.http.get::<Items<_>>(&["agents"]).map(|list| list.items)
    }

    fn diagnose(&self) -> Result<Vec<Finding>, ApiError> {
        self.http.get::<Items<_>>(&["doctor"]).map(|list| list.items)
    }

    fn settings(&self) -> Result<SettingsView, ApiError> {
        self.http.get(&["config"])
    }

    fn buses(&self) -> Result<Vec<BusView>, ApiError> {
        let request = self.http.request(Method::GET, &["listing", "buses"]);
        request.query_if("project", self.meant_project()?).answer()
    }

    fn bus(&self, on_project: bool) -> Result<Box<dyn HostBus + '_>, ApiError> {
        let task = if on_project { None } else { self.task_if_meant(None)? };
        let (project, task) = match task {
            Some(task) => (task.project().to_owned(), Some(task.id().to_owned())),
            None => (self.meant_project()?.ok_or_else(crate::api::no_project_is_meant)?, None),
        };
        Ok(Box::new(RemoteBus { remote: self, project, task }))
    }

    fn tokens(&self) -> Result<Vec<TokenView>, ApiError> {
        self.http.get::<Items<_>>(&["tokens"]).map(|list| list.items)
    }

    fn add_token(&self, name: &str, allows: Allows) -> Result<PageToken, ApiError> {
        self.http.post(&["tokens"], &WantedToken { name: name.to_owned(), allows })
    }

    fn revoke_token(&self, name: &str) -> Result<(), ApiError> {
        self.http.request(Method::DELETE, &["tokens", name]).send().map(|_| ())
    }

    fn dashboard_link(&self) -> Result<String, ApiError> {
        self.link().map(|link| link.url)
    }

    fn pairing_link(&self) -> Result<String, ApiError> {
        self.link()?.pairing_url.ok_or_else(no_network)
    }
}
