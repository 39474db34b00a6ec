//! What is counted and measured, in the text form of Prometheus.

use std::time::{Duration, Instant};

use axum::http::Method;
use metrics::{Counter, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::api::overview::Overview;
use crate::model::TaskStatus;

const REQUESTS: &str = "conductor_http_requests_total";
const SECONDS: &str = "conductor_http_request_duration_seconds";
const REFUSED: &str = "conductor_http_refused_tokens_total";
const TASKS: &str = "conductor_tasks";
const RUNS: &str = "conductor_runs_active";
const QUEUE: &str = "conductor_queue_length";
const SLOTS: &str = "conductor_slots";
const BUS_BYTES: &str = "conductor_bus_bytes";
const UPTIME: &str = "conductor_uptime_seconds";

const BUCKETS: [f64; 10] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];
const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

/// The numbers of one server.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    started: Instant,
    refused: Counter,
}

impl Metrics {
    /// All at zero.
    pub fn new(started: Instant) -> Self {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BUCKETS)
            .expect("there are buckets");
        let recorder = builder.build_recorder();
        describe(&recorder);
        let refused = recorder.register_counter(&Key::from_name(REFUSED), &METADATA);
        Self { handle: recorder.handle(), recorder, started, refused }
    }

    /// Puts together what was counted; without it, each request takes memory until somebody reads the page.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// A request was answered.
    pub fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let route = Label::new("route", route.to_owned());
        let labels =
            vec![Label::new("method", word(method)), route.clone(), Label::new("status", status.to_string())];
        self.recorder.register_counter(&Key::from_parts(REQUESTS, labels), &METADATA).increment(1);
        let key = Key::from_parts(SECONDS, vec![route]);
        self.recorder.register_histogram(&key, &METADATA).record(took.as_secs_f64());
    }

    /// A token was not known.
    pub fn refused_token(&self) {
        self.refused.increment(1);
    }

    /// How long the server has run.
    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// The page that Prometheus reads; `now`: how the root stands.
    pub fn page(&self, now: &Overview) -> String {
        let gauge = |name: &'static str, value: f64| self.gauge(Key::from_name(name), value);
        for status in TaskStatus::all() {
            let count = now.tasks.get(&status).copied().unwrap_or_default();
            let label = Label::new("status", status.as_str());
            self.gauge(Key::from_parts(TASKS, vec![label]), f64::from(count));
        }
        gauge(RUNS, f64::from(now.runs_active));
        gauge(QUEUE, f64::from(now.queue));
        gauge(SLOTS, f64::from(now.slots));
        gauge(BUS_BYTES, now.bus_bytes as f64);
        gauge(UPTIME, self.started.elapsed().as_secs_f64());
        self.handle.render()
    }

    fn gauge(&self, key: Key, value: f64) {
        self.recorder.register_gauge(&key, &METADATA).set(value);
    }
}

/// A client may send any word as its method: those that nothing answers to are one.
fn word(method: &Method) -> &'static str {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    let words = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.iter().zip(words).find(|(one, _)| *one == method).map_or("other", |(_, word)| word)
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

fn describe(recorder: &PrometheusRecorder) {
    recorder.describe_counter(REQUESTS.into(), None, "Requests that were answered.".into());
    recorder.describe_histogram(SECONDS.into(), None, "Seconds until the answer began.".into());
    recorder.describe_counter(REFUSED.into(), None, "Requests with a token that is not known.".into());
    recorder.describe_gauge(TASKS.into(), None, "Tasks by status, checked against their locks.".into());
    recorder.describe_gauge(RUNS.into(), None, "Runs that are at work.".into());
    recorder.describe_gauge(QUEUE.into(), None, "Tasks that wait for a slot.".into());
    recorder.describe_gauge(SLOTS.into(), None, "Runs that may be at work at once.".into());
    recorder.describe_gauge(
        BUS_BYTES.into(),
        None,
        "Bytes of all message buses, rotated segments aside.".into(),
    );
    recorder.describe_gauge(UPTIME.into(), None, "Seconds since this server was started.".into());
}
