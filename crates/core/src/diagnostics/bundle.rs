//! The support bundle: a text about the state of the app, for a person to read, change and save.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use fluxchat_model::{SessionState, StoredTotal};
use serde::Serialize;

use crate::{App, Error, crash, export, place_of, profile};

/// As much of the log as is looked at.
const LOG_TAIL: u64 = 64 << 10;
const MOST_LINES: usize = 40;

impl App {
    /// Writes down how things stand: versions, states, counts and the names of what happened last.
    /// No title, no name, no address, nothing that was said.
    ///
    /// # Errors
    /// When a task ended early.
    pub async fn support_bundle(&self) -> Result<String, Error> {
        let found = self.doctor().await;
        let status = self.status();
        let mut out = String::from(
            "# Fluxchat support bundle\n# Read it, change what you like, then save it. Nothing was sent.\n\n",
        );
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(out, "{name:<22} {value}");
        };
        line("app.version", self.version());
        line("app.surface", self.inner.options.surface);
        line("os.family", crash::os_family());
        line("os.arch", std::env::consts::ARCH);
        line("archive.schema", &fluxchat_store::LATEST_SCHEMA.to_string());
        line("session.state", &word(&found.state));
        line(
            "key.storage",
            &found.storage.map_or("-".to_owned(), |it| word(&it)),
        );
        line("archive.integrity", found.integrity.unwrap_or("-"));
        line("setup.done", yes_no(status.setup_done));
        line("setup.supervised", yes_no(status.supervised));
        line("door.offline", yes_no(status.offline));
        if let Some(problem) = &found.problem {
            line("problem.code", &problem.code);
        }
        if found.state == SessionState::Ready {
            for (name, value) in self.counts().await? {
                line(&name, &value.to_string());
            }
        }
        let log = self
            .profile()
            .join(profile::LOG_FOLDER)
            .join("fluxchat.log");
        let lines = tokio::task::spawn_blocking(move || last_events(&log)).await?;
        let _ = writeln!(
            out,
            "\n# What happened last, by name (level, event, how often in a row)"
        );
        if lines.is_empty() {
            out.push_str("-\n");
        }
        for line in lines {
            let _ = writeln!(out, "{line}");
        }
        Ok(out)
    }

    /// Saves the bundle as a person left it. Returns the name of the file.
    ///
    /// # Errors
    /// `export_exists`, `export_link`, `export_unwritable`, `export_full`.
    pub async fn save_support_bundle(
        &self,
        text: &str,
        path: &Path,
        replace: bool,
    ) -> Result<String, Error> {
        let (text, path) = (text.to_owned(), path.to_owned());
        tokio::task::spawn_blocking(move || export::save_small(&path, text.as_bytes(), replace))
            .await?
    }

    async fn counts(&self) -> Result<BTreeMap<String, u64>, Error> {
        let (totals, sources, waiting) = self
            .read(|tx| {
                let sources = tx.sources()?;
                Ok((tx.stored_totals()?, sources, tx.erasures()?.len()))
            })
            .await?;
        let mut counts: BTreeMap<String, u64> = totals
            .iter()
            .flat_map(|total: &StoredTotal| {
                let kind = word(&total.kind);
                [
                    (format!("stored.{kind}"), u64::from(total.count)),
                    (format!("stored.{kind}.bytes"), total.bytes),
                ]
            })
            .collect();
        for source in &sources {
            let place = match place_of(source) {
                _ if source.is_in_process() => "inside",
                place if place.on_this_computer => "local",
                _ => "remote",
            };
            *counts
                .entry(format!("sources.{}.{place}", word(&source.dialect)))
                .or_default() += 1;
        }
        counts.insert("deletions.waiting".to_owned(), waiting as u64);
        Ok(counts)
    }
}

fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "-".to_owned(),
    }
}

fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// The last events of the log: their level and name, without their fields. The log has no content;
/// this takes even less of it.
fn last_events(log: &Path) -> Vec<String> {
    let mut tail = Vec::new();
    if let Ok(mut file) = std::fs::File::open(log) {
        let length = file.metadata().map_or(0, |meta| meta.len());
        let _ = file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL)));
        let _ = file.take(LOG_TAIL).read_to_end(&mut tail);
    }
    let text = String::from_utf8_lossy(&tail);
    let mut lines: Vec<(String, u32)> = Vec::new();
    for line in text.lines() {
        let Some(name) = event_name(line) else {
            continue;
        };
        match lines.last_mut() {
            Some((last, times)) if *last == name => *times += 1,
            _ => lines.push((name, 1)),
        }
    }
    let from = lines.len().saturating_sub(MOST_LINES);
    lines
        .drain(from..)
        .map(|(name, times)| format!("{name} {times}"))
        .collect()
}

fn event_name(line: &str) -> Option<String> {
    let mut words = line.split(' ');
    let level = words.next()?;
    let target = words.next()?;
    let name = words.next()?;
    let is_level = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&level);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
    (is_level && target.starts_with("fluxchat") && name.len() <= 64 && name.chars().all(plain))
        .then(|| format!("{level:<5} {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_taken_from_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("fluxchat.log");
        std::fs::write(
            &log,
            "INFO fluxchat_core::session archive.opened owner=true\n\
             WARN fluxchat_core outbox.not_flushed code=offline\n\
             WARN fluxchat_core outbox.not_flushed code=offline\n\
             INFO hyper\nsomething else entirely\nINFO fluxchat_x Some words\n",
        )
        .unwrap();
        assert_eq!(
            last_events(&log),
            ["INFO  archive.opened 1", "WARN  outbox.not_flushed 2"]
        );
        assert!(last_events(&dir.path().join("none")).is_empty());
    }
}
