//! The server's metrics, for Prometheus.
//!
//! Each server has its own recorder instead of the process's global one, so that two in one process (as in the tests)
//! don't count for each other.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use logging::LostLines;
use metrics::{Counter, Gauge, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
const LOST_LOG_LINES: &str = "ringside_log_lines_lost_total";
const METADATA: Metadata<'static> = Metadata::new("ringside", Level::INFO, None);

/// The server's counts.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    events: Counter,
    streams: Gauge,
    lost_log_lines: LostLines,
}

/// An open stream, counted until it is dropped.
pub(crate) struct OpenStream(Gauge);

impl Metrics {
    /// All at zero.
    pub(crate) fn new(lost_log_lines: LostLines) -> Result<Self, BuildError> {
        let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS)?.build_recorder();
        let describe = |name: &'static str, text: &'static str| {
            recorder.describe_counter(name.into(), None, text.into());
        };
        describe("ringside_requests_total", "Requests answered, by method, route and status.");
        describe("ringside_events_total", "Events appended to feeds.");
        describe("ringside_commands_total", "Commands on sessions, by outcome.");
        describe(LOST_LOG_LINES, "Lines of the log that could not be written.");
        recorder.describe_histogram(
            "ringside_request_seconds".into(),
            None,
            "Time from a request to its answer's head.".into(),
        );
        recorder.describe_gauge("ringside_streams".into(), None, "Streams open now.".into());
        Ok(Self {
            handle: recorder.handle(),
            events: recorder.register_counter(&Key::from_name("ringside_events_total"), &METADATA),
            streams: recorder.register_gauge(&Key::from_name("ringside_streams"), &METADATA),
            recorder,
            lost_log_lines,
        })
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let route = Label::new("route", route.to_owned());
        let method = Label::new("method", method_label(method));
        let labels = vec![method.clone(), route.clone(), Label::new("status", status.as_u16().to_string())];
        let total = Key::from_parts("ringside_requests_total", labels);
        self.recorder.register_counter(&total, &METADATA).increment(1);
        let seconds = Key::from_parts("ringside_request_seconds", vec![method, route]);
        self.recorder.register_histogram(&seconds, &METADATA).record(took);
    }

    /// Counts a command.
    pub(crate) fn command(&self, outcome: &'static str) {
        let key = Key::from_parts("ringside_commands_total", vec![Label::new("outcome", outcome)]);
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    /// Counts events appended to feeds.
    pub(crate) fn events_appended(&self, count: usize) {
        self.events.increment(count as u64);
    }

    /// Counts a stream for as long as what it returns lives.
    pub(crate) fn stream_opened(&self) -> OpenStream {
        self.streams.increment(1);
        OpenStream(self.streams.clone())
    }

    /// Folds samples into their histogram: they would pile up if nobody scraped the metrics.
    pub(crate) fn run_upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn render(&self) -> String {
        self.run_upkeep();
        let lost = self.recorder.register_counter(&Key::from_name(LOST_LOG_LINES), &METADATA);
        lost.absolute(self.lost_log_lines.count());
        self.handle.render()
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// The method as a label; a made-up one must not create a new series.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
