//! The API as it is described (`docs/openapi.json`), and what `docs/api.md` promises of each route.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// A route of the description.
#[derive(Debug, Clone)]
pub struct Route {
    /// `GET`, …
    pub method: String,
    /// `/api/v1/projects/{project}`.
    pub path: String,
    /// Whether it answers with a stream that does not end.
    pub streams: bool,
    operation: Value,
    schemas: Value,
}

/// What a token must allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: there need be no token.
    Nothing,
    /// Any token.
    Any,
    /// To look at everything.
    Look,
    /// Everything.
    Full,
    /// To look at the task that the path names.
    LookAtTask,
    /// To act for the task that the path names.
    ActForTask,
}

fn document(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every route of the committed description.
///
/// # Panics
/// When it cannot be read.
pub fn routes() -> Vec<Route> {
    let api: Value = serde_json::from_str(&document("openapi.json")).expect("JSON");
    let paths = api["paths"].as_object().expect("paths");
    let of_path = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().expect("methods").clone();
        let route = |(method, operation): (String, Value)| Route {
            method: method.to_uppercase(),
            path: path.clone(),
            streams: operation["responses"]["200"]["content"].get("text/event-stream").is_some(),
            operation,
            schemas: api["components"]["schemas"].clone(),
        };
        methods.into_iter().map(route).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// What the table of routes in `docs/api.md` says that each needs: `GET /api/v1/tasks` and the word.
pub fn promised() -> Vec<(String, Option<Needs>)> {
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split('|');
        let (route, needs) = (cells.next()?.trim().strip_suffix('`')?.to_owned(), cells.next()?.trim());
        route.contains(" /api/").then(|| (route, Needs::parse(needs)))
    };
    document("api.md").lines().filter_map(row).collect()
}

impl Needs {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "–" => Self::Nothing,
            "any" => Self::Any,
            "read" => Self::Look,
            "full" => Self::Full,
            "task, read" => Self::LookAtTask,
            "task" => Self::ActForTask,
            _ => return None,
        })
    }

    /// Whether a token that may only look is enough.
    pub fn is_looking(self) -> bool {
        matches!(self, Self::Nothing | Self::Any | Self::Look | Self::LookAtTask)
    }

    /// Whether the token of the task that the path names is enough.
    pub fn is_of_task(self) -> bool {
        matches!(self, Self::Nothing | Self::Any | Self::LookAtTask | Self::ActForTask)
    }
}

impl Route {
    /// `GET /api/v1/tasks`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The names in its path.
    pub fn params(&self) -> Vec<&str> {
        self.path.split('{').skip(1).filter_map(|part| part.split('}').next()).collect()
    }

    /// Its path with these values, and the query that it cannot do without.
    pub fn with(&self, value: impl Fn(&str) -> String) -> String {
        let mut path = self.path.clone();
        for name in self.params() {
            path = path.replace(&format!("{{{name}}}"), &value(name));
        }
        let needed = |parameter: &&Value| parameter["in"] == "query" && parameter["required"] == true;
        let parameters = self.operation["parameters"].as_array().into_iter().flatten().filter(needed);
        let query: Vec<_> =
            parameters.map(|one| format!("{}=x", one["name"].as_str().expect("a name"))).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    /// Whether it is described that it may answer so. What a path never leads to (405) belongs to no route.
    pub fn may_answer(&self, status: u16) -> bool {
        self.operation["responses"].get(status.to_string()).is_some()
    }

    /// Whether it takes a body of JSON.
    pub fn takes_json(&self) -> bool {
        self.operation["requestBody"]["content"].get("application/json").is_some()
    }

    /// Whether it takes a body of bytes.
    pub fn takes_bytes(&self) -> bool {
        self.operation["requestBody"]["content"].get("application/octet-stream").is_some()
    }

    /// The smallest body that its schema allows; none for a route that takes no JSON.
    pub fn smallest_body(&self) -> Option<Value> {
        let schema = self.operation["requestBody"]["content"]["application/json"].get("schema")?;
        Some(self.smallest(schema))
    }

    fn smallest(&self, schema: &Value) -> Value {
        if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
            return self.smallest(&self.schemas[name]);
        }
        if let Some(first) = schema["oneOf"].as_array().and_then(|kinds| kinds.first()) {
            return self.smallest(first);
        }
        match schema["type"].as_str() {
            Some("object") => {
                let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                needed.map(|name| (name.to_owned(), self.smallest(&schema["properties"][name]))).collect()
            }
            Some("boolean") => json!(false),
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0)),
            Some("array") => json!([]),
            _ => schema["enum"].get(0).cloned().unwrap_or(json!("x")),
        }
    }
}
