//! Which refusals an operation can answer with, for its description. What is a defect (500) is not among them.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{ToSchema, openapi};

use super::problem::Problem;

/// Every refusal: its status, its name in the description, and when it comes.
const ALL: [(u16, &str, &str); 11] = [
    (400, "usage", "The request itself is wrong"),
    (401, "unauthorized", "No token, a wrong one, or one that was taken back"),
    (403, "forbidden", "The token or the server does not allow it, or a page of another site asks"),
    (404, "not_found", "What is named is not there"),
    (409, "conflict", "The state of what is named forbids it, or several answer to the name"),
    (413, "too_large", "The body is too large"),
    (415, "unsupported_media_type", "The body is of another type"),
    (416, "range_not_satisfiable", "The file has none of the bytes"),
    (421, "foreign_host", "The host is no name of this server"),
    (422, "config", "The configuration is wrong, or the agent cannot be used"),
    (423, "locked", "Another process holds the lock"),
];

/// Throttling is told of wherever a token is looked at.
const THROTTLED: (u16, &str, &str) = (429, "too_many_requests", "Too many wrong tokens at once");

/// What looks up something that its path does not name.
const LOOKS_UP: [&str; 10] = [
    "post /tasks",
    "post /tokens",
    "get /attention",
    "get /events",
    "get /fs/dirs",
    "get /listing/",
    "get /news",
    "get /resolve/",
    "get /runs",
    "get /tasks",
];

/// What only looks, and reads the configuration anew for it.
const CONFIGURED: [&str; 8] = [
    "get /agents",
    "get /attention",
    "get /config",
    "get /doctor",
    "get /listing/",
    "get /news",
    "get /resolve/",
    "get /projects/{project}/tasks/{task}/questions/",
];

/// What changes something that is no file: neither configuration nor locks are in its way.
const OF_THE_SERVER: [&str; 3] = ["post /tickets", "post /stream/", "delete /stream/"];

/// What is in conflict with something though it changes no file of the root's.
const IN_CONFLICT: [&str; 4] = [
    "post /stream/",
    "delete /stream/",
    "get /resolve/",
    "get /projects/{project}/tasks/{task}/changes/patch",
];

/// All refusals, for the components of the description.
pub fn components() -> impl Iterator<Item = (String, RefOr<Response>)> {
    ALL.into_iter().chain([THROTTLED]).map(|(_, name, words)| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
        let response = ResponseBuilder::new().description(words).content("application/problem+json", content);
        (name.to_owned(), RefOr::T(response.build()))
    })
}

/// The refusals of an operation. `path` is that behind the prefix; `open`: it needs no token.
pub fn of(method: &str, path: &str, operation: &Operation, open: bool) -> BTreeMap<String, RefOr<Response>> {
    let route = format!("{method} {path}");
    let is_one = |routes: &[&str]| routes.iter().any(|one| is_of(&route, one));
    let changes = method != "get";
    let changes_files = changes && !open && !is_one(&OF_THE_SERVER);
    let names_run = path == "/runs/{run}" || path.starts_with("/runs/{run}/");
    let can = |status: u16| match status {
        400 | 403 | 421 => true,
        401 => !open || changes,
        404 => path.contains('{') || is_one(&LOOKS_UP),
        409 => changes_files || names_run || is_one(&IN_CONFLICT),
        413 => operation.request_body.is_some(),
        415 => changes,
        416 => takes_range(operation),
        422 => changes_files || is_one(&CONFIGURED),
        423 => changes_files,
        _ => !open,
    };
    let refusals = ALL.into_iter().chain([THROTTLED]).filter(|(status, ..)| can(*status));
    refusals.map(|(status, name, _)| (status.to_string(), Ref::from_response_name(name).into())).collect()
}

/// Whether a route is this one, or one below it where that ends with a slash.
fn is_of(route: &str, one: &str) -> bool {
    if one.ends_with('/') { route.starts_with(one) } else { route == one }
}

fn takes_range(operation: &Operation) -> bool {
    let is_range = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(one) if one.name == "Range");
    operation.parameters.iter().flatten().any(is_range)
}

/// The methods of a path with their operations.
pub fn operations(item: &mut openapi::PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}
