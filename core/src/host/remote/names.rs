//! Which task and project are meant: the server resolves names as a command beside it would.

use reqwest::Method;
use serde::de::DeserializeOwned;

use super::Remote;
use super::http::Request;
use crate::api::ApiError;
use crate::api::names::Meant;
use crate::host::ListQuery;

impl Remote {
    /// The task of a name, or the one that is meant without any.
    pub(super) fn meant_task(&self, name: Option<&str>) -> Result<Option<(String, String)>, ApiError> {
        let request = self.hints("task").query_if("name", name);
        let meant: Meant = request.query_if("project", self.project.as_ref()).answer()?;
        Ok(meant.project.zip(meant.task))
    }

    /// The project that is meant; none means all.
    pub(super) fn meant_project(&self) -> Result<Option<String>, ApiError> {
        let request = self.hints("project").query_if("project", self.project.as_ref());
        Ok(request.answer::<Meant>()?.project)
    }

    /// What the client knows of where it is.
    fn hints(&self, what: &str) -> Request<'_> {
        let calling = self.calling.as_ref().map(|run| format!("{}/{}", run.project, run.task));
        let folder = self.folder.as_ref().and_then(|folder| folder.to_str());
        let request = self.http.request(Method::GET, &["resolve", what]);
        request.query_if("folder", folder).query_if("calling", calling)
    }

    pub(super) fn listing<T: DeserializeOwned>(&self, what: &str, query: &ListQuery) -> Result<T, ApiError> {
        let project = if query.all { None } else { self.meant_project()? };
        let statuses: Vec<&str> = query.statuses.iter().map(|status| status.as_str()).collect();
        let statuses = (!statuses.is_empty()).then(|| statuses.join(","));
        let request = self.http.request(Method::GET, &["listing", what]).query_if("project", project);
        request
            .query_if("status", statuses)
            .query("active", query.active)
            .query_if("limit", query.limit)
            .answer()
    }
}
