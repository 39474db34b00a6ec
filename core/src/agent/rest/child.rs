//! The child's side: one request, its answer as normalised events on standard output.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use jiff::Timestamp;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use super::answer::Answer;
use super::conversation::{self, Turn};
use super::{Service, refusal};
use crate::agent::normalised::Line;
use crate::causes::chain;
use crate::model::EventKind;

/// How often a request is made again before anything of its answer came.
const RETRIES: u32 = 3;
/// The longest wait that a service may ask for between them; the supervisor waits better.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);
const CONNECT_PATIENCE: Duration = Duration::from_secs(30);
/// Between two pieces of an answer; the task's idle time is usually shorter.
const READ_PATIENCE: Duration = Duration::from_secs(30 * 60);
/// Bytes of a refusal or of an answer that comes in one piece that are read.
const BODY_MAX: usize = 16 * 1024 * 1024;

/// What the child was told to do.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    service: Service,
    model: String,
    base_url: String,
    resume: Option<String>,
}

/// Where the child keeps what it leaves behind.
struct Folders {
    run_id: Option<String>,
    run: Option<PathBuf>,
    task: Option<PathBuf>,
}

/// Why there is no answer.
struct Failed(String);

/// The body of the hidden command `run-agent __rest SERVICE --model M --base-url URL [--resume RUN]`: the
/// prompt comes on standard input, the key in the service's variable. Exits with 0 when the answer is
/// complete, 1 when not, 2 when it was called wrongly.
pub fn run(args: &[OsString]) -> ExitCode {
    let Some(request) = parse(args) else {
        eprintln!("error: __rest is called by the supervisor only");
        return ExitCode::from(2);
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(converse(&request)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(reason)) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn parse(args: &[OsString]) -> Option<Request> {
    let mut words = args.iter().map(|arg| arg.to_str());
    let service = Service::from_word(words.next()??)?;
    let (mut model, mut base_url, mut resume) = (None, None, None);
    while let Some(flag) = words.next() {
        let value = words.next()??.to_owned();
        match flag? {
            "--model" => model = Some(value),
            "--base-url" => base_url = Some(value),
            "--resume" => resume = Some(value),
            _ => return None,
        }
    }
    Some(Request { service, model: model?, base_url: base_url?, resume })
}

impl Folders {
    fn from_env() -> Self {
        let path = |name| std::env::var_os(name).map(PathBuf::from);
        Self {
            run_id: std::env::var("JRUN_ID").ok(),
            run: path("JRUN_RUN_FOLDER"),
            task: path("JRUN_TASK_FOLDER"),
        }
    }
}

async fn converse(request: &Request) -> Result<(), Failed> {
    let folders = Folders::from_env();
    // The run is the session: its folder keeps the conversation.
    if let Some(id) = &folders.run_id {
        tell(EventKind::Session { id: id.clone(), model: Some(request.model.clone()) });
    }
    let outcome = answered(request, &folders).await;
    if let Err(Failed(reason)) = &outcome {
        tell(EventKind::Result { ok: false, text: reason.clone(), denied: vec![] });
    }
    let (answer, mut turns) = outcome?;
    answer.finish().into_iter().for_each(tell);
    if !answer.is_complete() {
        return Err(Failed("the answer is not complete".to_owned()));
    }
    turns.push(Turn::new("assistant", answer.text()));
    leave(&folders, &turns)
}

async fn answered(request: &Request, folders: &Folders) -> Result<(Answer, Vec<Turn>), Failed> {
    let mut turns = earlier(request, folders)?;
    let mut prompt = String::new();
    std::io::stdin()
        .read_to_string(&mut prompt)
        .map_err(|error| Failed(format!("cannot read the prompt: {error}")))?;
    turns.push(Turn::new("user", prompt));
    let response = send(request, &turns).await?;
    Ok((receive(response).await?, turns))
}

fn earlier(request: &Request, folders: &Folders) -> Result<Vec<Turn>, Failed> {
    let Some(run) = &request.resume else { return Ok(vec![]) };
    let task = folders.task.as_deref().unwrap_or(Path::new("."));
    conversation::load(task, run)
        .map_err(|error| Failed(format!("error resuming session: no conversation of run {run}: {error}")))
}

/// Keeps the conversation. The service has no tools, so a complete answer is all that there will be: it is
/// the agent's word that it is done, given here on its behalf.
fn leave(folders: &Folders, turns: &[Turn]) -> Result<(), Failed> {
    if let Some(run) = &folders.run {
        conversation::save(run, turns).map_err(|error| Failed(format!("{}: {error}", run.display())))?;
    }
    let Some(done) = folders.task.as_ref().map(|task| task.join("DONE")) else { return Ok(()) };
    match std::fs::File::create_new(&done) {
        Ok(mut file) => {
            writeln!(file, "answered").map_err(|error| Failed(format!("{}: {error}", done.display())))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Failed(format!("{}: {error}", done.display()))),
    }
}

/// Sends the conversation, again where that may help, and returns the answer's beginning.
async fn send(request: &Request, turns: &[Turn]) -> Result<Response, Failed> {
    let client = Client::builder()
        .connect_timeout(CONNECT_PATIENCE)
        .read_timeout(READ_PATIENCE)
        .user_agent(concat!("conductor-loop/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| Failed(chain(&error)))?;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let (status, message, after) = match once(&client, request, turns).await {
            Ok(response) if response.status().is_success() => return Ok(response),
            Ok(response) => refused(response).await,
            Err(error) => (None, chain(&error), None),
        };
        let again =
            status.is_none_or(|status| status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error());
        let empty = crate::agent::failure::is_usage_limit(&message);
        if !again || empty || attempt > RETRIES {
            return Err(Failed(message));
        }
        let delay = after.unwrap_or(Duration::from_secs(1 << (attempt - 1))).min(RETRY_AFTER_MAX);
        tell(EventKind::Retry {
            attempt,
            max: Some(RETRIES),
            delay_ms: Some(delay.as_millis() as u64),
            status: status.map(|status| status.as_u16()),
            message,
        });
        tokio::time::sleep(delay).await;
    }
}

async fn once(client: &Client, request: &Request, turns: &[Turn]) -> reqwest::Result<Response> {
    let key = std::env::var(request.service.key_variable()).unwrap_or_default();
    let mut body = json!({ "model": request.model, "stream": true, "messages": turns });
    if request.service == Service::Xai {
        body["stream_options"] = json!({ "include_usage": true });
    }
    let url = format!("{}/chat/completions", request.base_url.trim_end_matches('/'));
    client.post(url).bearer_auth(key).json(&body).send().await
}

async fn refused(response: Response) -> (Option<StatusCode>, String, Option<Duration>) {
    let status = response.status();
    let after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    let body = bounded(response).await.unwrap_or_default();
    let message = refusal::describe(status.as_u16(), &String::from_utf8_lossy(&body));
    (Some(status), message, after.map(Duration::from_secs))
}

async fn receive(response: Response) -> Result<Answer, Failed> {
    let mut answer = Answer::default();
    let is_stream = response
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/event-stream"));
    if !is_stream {
        let body = bounded(response).await?;
        let whole = serde_json::from_slice(&body).map_err(|_| {
            Failed(format!("not an answer: {}", refusal::reason(&String::from_utf8_lossy(&body))))
        })?;
        answer.take(&whole).into_iter().for_each(tell);
        return Ok(answer);
    }
    let mut events = response.bytes_stream().eventsource();
    while let Some(event) = events.next().await {
        let data = event.map_err(|error| Failed(format!("the stream broke: {}", chain(&error))))?.data;
        if data == "[DONE]" {
            break;
        }
        // A chunk that is no JSON is passed over, as the services' own clients do; the end decides.
        if let Ok(chunk) = serde_json::from_str::<Value>(&data) {
            answer.take(&chunk).into_iter().for_each(tell);
        }
    }
    Ok(answer)
}

async fn bounded(response: Response) -> Result<Vec<u8>, Failed> {
    let mut body = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        body.extend_from_slice(&piece.map_err(|error| Failed(chain(&error)))?);
        if body.len() > BODY_MAX {
            return Err(Failed(format!("the answer is longer than {BODY_MAX} bytes")));
        }
    }
    Ok(body)
}

/// Prints one event. Where nobody reads any more, the child has no reason to go on.
fn tell(kind: EventKind) {
    let line = serde_json::to_string(&Line { ts: Some(Timestamp::now()), kind }).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn its_command_line_is_exact() {
        let good = args(&["xai", "--model", "grok-4", "--base-url", "http://x", "--resume", "r1"]);
        let expected = Request {
            service: Service::Xai,
            model: "grok-4".to_owned(),
            base_url: "http://x".to_owned(),
            resume: Some("r1".to_owned()),
        };
        assert_eq!(parse(&good), Some(expected));
        for bad in [&["xai"][..], &["nobody", "--model", "m", "--base-url", "u"], &["xai", "--model"]] {
            assert_eq!(parse(&args(bad)), None, "{bad:?}");
        }
    }
}
