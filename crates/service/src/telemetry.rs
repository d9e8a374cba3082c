//! `/v1/telemetry`: names of events and numbers, from people who agreed.

use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::JsonBody;
use crate::{ErrorBody, ServiceError};

/// The name of the only form of report there is.
const SCHEMA: &str = "fluxchat.diagnostics/1";
const MOST_EVENTS: usize = 200;

/// A report. A field that is not listed here is refused: nothing can ride along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TelemetryReport {
    /// `fluxchat.diagnostics/1`.
    pub schema: String,
    /// What it is about.
    pub kind: TelemetryKind,
    /// The version of the app.
    pub app_version: String,
    /// The family of the operating system, without its version.
    pub os: TelemetryOs,
    /// What happened, and how often.
    pub events: Vec<TelemetryEvent>,
}

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TelemetryKind {
    /// The app ended where it should not.
    Crash,
    /// How much is used, in rounded numbers.
    Usage,
}

/// A family of operating systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TelemetryOs {
    /// Linux.
    Linux,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
    /// Any other.
    Other,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TelemetryEvent {
    /// Its name: lower-case letters, digits, dots and underscores.
    pub name: String,
    /// How often, rounded.
    pub count: u64,
    /// For a crash, where in the app's own sources.
    #[serde(default)]
    pub place: Option<String>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TelemetryAccepted {
    /// How many events were read.
    pub events: usize,
    /// What is kept of it: `nothing`. This service reads a report, checks it and forgets it.
    pub kept: String,
}

/// Send a diagnostic report
///
/// Sent only by people who agreed to it. This service checks that a report is what the schema says,
/// answers, and keeps nothing of it.
#[utoipa::path(
    post,
    path = "/v1/telemetry",
    tag = "diagnostics",
    request_body = TelemetryReport,
    responses(
        (status = 202, description = "Read and forgotten", body = TelemetryAccepted),
        (status = 400, description = "The report is not what the schema says", body = ErrorBody),
    )
)]
pub(crate) async fn create(
    body: JsonBody<TelemetryReport>,
) -> Result<(StatusCode, Json<TelemetryAccepted>), ServiceError> {
    let report = body.value;
    check(&report)?;
    Ok((
        StatusCode::ACCEPTED,
        Json(TelemetryAccepted {
            events: report.events.len(),
            kept: "nothing".to_owned(),
        }),
    ))
}

fn check(report: &TelemetryReport) -> Result<(), ServiceError> {
    let refused = |param, message: &str| {
        Err(ServiceError::InvalidField {
            param,
            message: message.to_owned(),
        })
    };
    if report.schema != SCHEMA {
        return refused("schema", "there is only fluxchat.diagnostics/1");
    }
    if !is_word(&report.app_version, 32, ".-+") {
        return refused(
            "app_version",
            "a version has digits, letters, dots and dashes",
        );
    }
    if report.events.is_empty() || report.events.len() > MOST_EVENTS {
        return refused("events", "a report has 1 to 200 events");
    }
    for event in &report.events {
        if !is_word(&event.name, 64, "._") {
            return refused(
                "events.name",
                "a name has lower-case letters, digits, dots and underscores",
            );
        }
        let place = event.place.as_deref();
        if place.is_some_and(|place| !is_word(place, 120, "./_-:")) {
            return refused(
                "events.place",
                "a place is a file of the app's sources and a line",
            );
        }
    }
    Ok(())
}

fn is_word(text: &str, longest: usize, marks: &str) -> bool {
    !text.is_empty()
        && text.len() <= longest
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || marks.contains(c))
}
