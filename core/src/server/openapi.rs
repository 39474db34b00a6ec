//! The description of the API (OpenAPI 3.1), made from the routes.

use std::collections::BTreeSet;

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, RefOr, Required, SecurityRequirement};
use utoipa::{PartialSchema, ToSchema};

use super::problem::Problem;
use super::{refusals, routes};

/// What every token is sent as.
const SCHEME: &str = "token";
/// Where the API is.
const PREFIX: &str = "/api/v1";
/// Paths that need none.
const OPEN: [&str; 4] = ["/api/v1/health", "/api/v1/version", "/api/v1/openapi.json", "/api/v1/session"];

/// The description, as it is committed and served.
pub fn document() -> OpenApi {
    let (_, mut api) = routes::described().split_for_parts();
    api.info = InfoBuilder::new()
        .title("Conductor Loop")
        .version("1")
        .description(Some("Runs AI coding agents until the work is really done. Errors are RFC 9457 problems; `code` is what to branch on."))
        .build();
    let components = api.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let mut components: utoipa::openapi::Components = components;
    components.security_schemes.insert(SCHEME.to_owned(), bearer.into());
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    components.responses.extend(refusals::components());
    api.components = Some(components);
    for (path, item) in &mut api.paths.paths {
        refusals::operations(item).for_each(|(method, operation)| complete(method, path, operation));
    }
    api
}

fn name_of(parameter: &RefOr<Parameter>) -> Option<String> {
    match parameter {
        RefOr::T(parameter) => Some(parameter.name.clone()),
        RefOr::Ref(_) => None,
    }
}

/// Says of an operation what holds for all: what it refuses, that a token is needed, that every name in the path is a
/// parameter.
fn complete(method: &str, path: &str, operation: &mut Operation) {
    let open = OPEN.contains(&path);
    let refused = refusals::of(method, path.strip_prefix(PREFIX).unwrap_or(path), operation, open);
    operation.responses.responses.extend(refused);
    if !open {
        operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(SCHEME, [])]);
    }
    let parameters = operation.parameters.get_or_insert_default();
    let known: BTreeSet<String> = parameters.iter().filter_map(name_of).collect();
    let named = path.split('{').skip(1).filter_map(|part| part.split('}').next());
    for name in named.filter(|name| !known.contains(*name)) {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(String::schema()))
            .build();
        parameters.push(RefOr::T(parameter));
    }
    let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
    // The same use case under its long path is another operation.
    let suffix = if path.contains("/tasks/{task}/runs/{run}") { "_of_task" } else { "" };
    operation.operation_id = operation.operation_id.take().map(|id| format!("{tag}_{id}{suffix}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `CONDUCTOR_BLESS=1 cargo nextest run -E 'test(the_committed_description)'` writes it anew.
    #[test]
    fn the_committed_description_is_that_of_the_routes() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
        let mut text = document().to_pretty_json().expect("JSON");
        text.push('\n');
        if std::env::var_os("CONDUCTOR_BLESS").is_some() {
            std::fs::write(&path, &text).expect("written");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "docs/openapi.json is stale: write it anew with CONDUCTOR_BLESS=1");
    }

    #[test]
    fn every_operation_has_its_own_name_words_and_errors() {
        let mut document = document();
        let mut names = BTreeSet::new();
        for (path, item) in &mut document.paths.paths {
            for (_, operation) in refusals::operations(item) {
                let name = operation.operation_id.clone().expect("a name");
                assert!(names.insert(name.clone()), "{name} names two operations");
                assert!(operation.summary.is_some(), "{path} has no words");
                let answers = &operation.responses.responses;
                assert!(answers.contains_key("400") && answers.contains_key("421"), "{path}");
                let of_us = |status: &String| status.as_str() < "500" && status != "default";
                assert!(answers.keys().all(of_us), "{path}: a defect is no answer that is promised");
            }
        }
        assert!(names.len() > 20);
    }
}
