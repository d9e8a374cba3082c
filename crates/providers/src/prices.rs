//! What providers publish of their models, for those whose lists do not tell it: a table that goes
//! with the app (`data/prices.json`, made by `cargo xtask prices`). Nothing is asked of anybody for
//! it. No price rather than a wrong one: a model has to be named as the table names it, and be
//! asked at its provider's own host.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use fluxchat_model::{LongPrice, Model, Price, Published, Source};
use serde::{Deserialize, Deserializer};

use crate::hosts::is_host;

const JSON: &str = include_str!("../data/prices.json");

/// Hosts of OpenAI that keep data in a region, some models of which cost more there.
const REGIONAL: &[&str] = &["eu.api.openai.com", "us.api.openai.com"];
const OPENAI: &str = "api.openai.com";
/// Every resource has a host of its own below it.
const AZURE: &str = "openai.azure.com";
const GOOGLE: &str = "generativelanguage.googleapis.com";

#[derive(Debug, Deserialize)]
struct Table {
    /// RFC 3339 date.
    day: String,
    hosts: HashMap<String, BTreeMap<String, Row>>,
}

/// Prices in dollars for a million tokens, read as millionths of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(deserialize_with = "millionths")]
    input: u64,
    #[serde(deserialize_with = "millionths")]
    output: u64,
    #[serde(default, deserialize_with = "some_millionths")]
    cached: Option<u64>,
    #[serde(default, deserialize_with = "some_millionths")]
    written: Option<u64>,
    /// Whether what is read is written to the cache without anybody asking for it.
    #[serde(default)]
    unasked: bool,
    /// What counts for a request that reads more.
    long: Option<Long>,
    /// By how much the price is multiplied at a regional host.
    regional: Option<f64>,
    context: Option<u32>,
    longest: Option<u32>,
    /// RFC 3339 date.
    ends: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    above: u32,
    #[serde(deserialize_with = "millionths")]
    input: u64,
    #[serde(deserialize_with = "millionths")]
    output: u64,
    #[serde(default, deserialize_with = "some_millionths")]
    cached: Option<u64>,
    #[serde(default, deserialize_with = "some_millionths")]
    written: Option<u64>,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test reads the whole table: every price is between nothing and a thousand dollars"
)]
fn times(dollars: f64, by: f64) -> u64 {
    (dollars * by).round() as u64
}

fn millionths<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    f64::deserialize(from).map(|dollars| times(dollars, 1e6))
}

fn some_millionths<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    millionths(from).map(Some)
}

/// Read when the first price is asked for; a table that cannot be read has no prices.
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| match serde_json::from_str(JSON) {
    Ok(table) => Some(table),
    Err(error) => {
        tracing::error!(name: "prices.unreadable", line = error.line());
        None
    }
});

/// What the provider of a source publishes of a model, where the source is the provider itself.
#[must_use]
pub fn published(source: &Source, model: &str) -> Option<Published> {
    let origin = source.origin.as_ref()?;
    if origin.scheme() != "https" {
        return None;
    }
    let host = origin.host();
    let regional = REGIONAL.contains(&host);
    let name = match host {
        _ if regional => OPENAI,
        _ if host != AZURE && is_host(host, AZURE) => AZURE,
        _ => host,
    };
    let table = TABLE.as_ref()?;
    let rows = table.hosts.get(name)?;
    let model = match name {
        GOOGLE => model.strip_prefix("models/").unwrap_or(model),
        _ => model,
    };
    let row = find(rows, model)?;
    let by = row.regional.filter(|_| regional).unwrap_or(1.0);
    Some(row.told(by, &table.day))
}

/// Says of listed models what is published of them.
pub fn publish(source: &Source, models: &mut [Model]) {
    for model in models {
        model.published = published(source, &model.id);
    }
}

fn find<'t>(rows: &'t BTreeMap<String, Row>, model: &str) -> Option<&'t Row> {
    if let Some(row) = rows.get(model) {
        return Some(row);
    }
    // A model that somebody trained further: `ft:gpt-4o-2024-08-06:who::which`.
    if let Some(rest) = model.strip_prefix("ft:") {
        let (base, _) = rest.split_once(':')?;
        return rows.get(&format!("ft:{base}"));
    }
    // A version with its day costs what the model costs, unless another version does not.
    let base = undated(model)?;
    let row = rows.get(base)?;
    let as_it =
        |(name, other): (&String, &Row)| undated(name) != Some(base) || other.same_price(row);
    let from = format!("{base}-");
    let versions = rows.range(from.clone()..);
    let mut versions = versions.take_while(|(name, _)| name.starts_with(&from));
    versions.all(as_it).then_some(row)
}

/// Without a day at the end, `-2026-03-05` or `-20260305`.
fn undated(model: &str) -> Option<&str> {
    ["-0000-00-00", "-00000000"].iter().find_map(|form| {
        let at = model.len().checked_sub(form.len())?;
        let (base, day) = model.split_at_checked(at)?;
        let fits = day.bytes().zip(form.bytes()).all(|(is, form)| match form {
            b'0' => is.is_ascii_digit(),
            _ => is == form,
        });
        (fits && day.starts_with("-20")).then_some(base)
    })
}

impl Row {
    fn same_price(&self, other: &Self) -> bool {
        self.told(1.0, "").price == other.told(1.0, "").price
    }

    fn told(&self, by: f64, day: &str) -> Published {
        #[expect(clippy::cast_precision_loss, reason = "at most a thousand dollars")]
        let at = |price: u64| times(price as f64, by);
        let price = |input, output, cached: Option<u64>| Price {
            input: at(input),
            output: at(output),
            cached: cached.map(at),
        };
        Published {
            price: price(self.input, self.output, self.cached),
            written: self.written.map(at),
            writes_unasked: self.unasked,
            long: self.long.as_ref().map(|long| LongPrice {
                above: long.above,
                price: price(long.input, long.output, long.cached),
                written: long.written.map(at),
            }),
            context_tokens: self.context,
            output_tokens: self.longest,
            shutdown_date: self.ends.clone(),
            day: day.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use fluxchat_model::{Dialect, Origin};
    use serde_json::Value;

    use super::*;
    use crate::hosts::known_host;
    use crate::sample;

    fn at(host: &str) -> Source {
        sample::source(Some(host), Dialect::Openai)
    }

    fn priced(host: &str, model: &str) -> Option<(u64, u64)> {
        let price = published(&at(host), model)?.price;
        Some((price.input, price.output))
    }

    #[test]
    fn the_table_can_be_used_as_it_is() {
        let table = TABLE.as_ref().unwrap();
        let date = table.day.as_bytes();
        assert!(
            date.len() == 10 && date[4] == b'-' && date[7] == b'-',
            "{}",
            table.day
        );
        let told: Value = serde_json::from_str(JSON).unwrap();
        assert_eq!(told["unit"], "USD for a million tokens");
        assert!(JSON.len() < 150_000, "{} bytes", JSON.len());
        assert!(table.hosts.len() >= 7);
        // A thousand dollars for a million; nothing costs as much.
        let most = 1_000_000_000;
        for (host, rows) in &table.hosts {
            assert_eq!(known_host(host).unwrap().host, host, "nobody by that name");
            assert!(!rows.is_empty(), "{host}");
            for (name, row) in rows {
                let parts = [row.input, row.output];
                assert!(
                    parts.iter().all(|it| (1..most).contains(it)),
                    "{host} {name}"
                );
                assert!(row.cached.is_none_or(|it| it <= row.input), "{host} {name}");
                assert!(row.written.is_none_or(|it| it < most), "{host} {name}");
                assert!(
                    row.regional.is_none_or(|it| (1.0..2.0).contains(&it)),
                    "{name}"
                );
                assert!(
                    row.ends.as_ref().is_none_or(|day| *day > table.day),
                    "{name}"
                );
                if let Some(long) = &row.long {
                    assert!(
                        long.input >= row.input && long.output >= row.output,
                        "{name}"
                    );
                    assert!(long.input < most && long.output < most, "{name}");
                }
            }
        }
    }

    #[test]
    fn the_table_is_sorted_one_line_for_each_model() {
        let mut hosts = Vec::new();
        let mut models: Vec<Vec<&str>> = Vec::new();
        for line in JSON.lines().skip(5) {
            let Some(name) = line
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            match line.ends_with(":{") {
                true => {
                    hosts.push(name);
                    models.push(Vec::new());
                }
                false => models.last_mut().unwrap().push(name),
            }
        }
        assert!(hosts.is_sorted() && hosts.len() == TABLE.as_ref().unwrap().hosts.len());
        for (host, models) in hosts.iter().zip(&models) {
            let read = &TABLE.as_ref().unwrap().hosts[*host];
            assert!(models.iter().eq(read.keys()), "{host}");
        }
    }

    /// A table of two prices for one model, so that what is tested does not change with prices.
    fn rows(json: &str) -> BTreeMap<String, Row> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_model_is_named_as_the_table_names_it() {
        let rows = rows(
            r#"{"a":{"input":1,"output":2},"a-2024-05-13":{"input":5,"output":15},
                "b":{"input":1,"output":2},"b-2026-03-05":{"input":1,"output":2},
                "b-mini":{"input":0.1,"output":0.2},"ft:b-2026-03-05":{"input":3,"output":4}}"#,
        );
        let input = |model: &str| find(&rows, model).map(|row| row.input);
        assert_eq!(input("a"), Some(1_000_000));
        assert_eq!(input("a-2024-05-13"), Some(5_000_000));
        assert_eq!(input("a-2024-08-06"), None, "which of the two?");
        assert_eq!(input("b-2026-09-22"), Some(1_000_000));
        assert_eq!(input("b-20260922"), Some(1_000_000));
        assert_eq!(input("b-mini"), Some(100_000));
        assert_eq!(input("ft:b-2026-03-05:somebody::9abc"), Some(3_000_000));
        for other in [
            "b-latest",
            "b-micro",
            "B",
            "b-",
            "",
            "b-2026-9-22",
            "b-99999999",
            "c",
        ] {
            assert_eq!(input(other), None, "{other}");
        }
        for other in [
            "ft:b",
            "ft:b-mini:somebody::9abc",
            "ä-2026-09-2",
            "-2026-09-22",
        ] {
            assert_eq!(input(other), None, "{other}");
        }
    }

    #[test]
    fn only_the_provider_itself_has_what_it_publishes() {
        let asked = [
            ("api.openai.com", "gpt-5.4-mini"),
            ("api.anthropic.com", "claude-opus-4-5-20251101"),
            (
                "generativelanguage.googleapis.com",
                "gemini-3.1-pro-preview",
            ),
            ("api.mistral.ai", "mistral-large-2512"),
            ("api.groq.com", "openai/gpt-oss-120b"),
            ("api.deepseek.com", "deepseek-v4-pro"),
            ("somebody.openai.azure.com", "gpt-5.4-mini"),
        ];
        for (host, model) in asked {
            assert!(priced(host, model).is_some(), "{host} {model}");
            let others = [
                "llm.example",
                "localhost",
                "127.0.0.1",
                "openrouter.ai",
                &format!("{host}.evil.example"),
                &format!("not-{host}"),
                &format!("proxy.{host}.example"),
            ];
            for other in others.iter().filter(|other| !other.ends_with(".azure.com")) {
                assert_eq!(priced(other, model), None, "{other} {model}");
            }
            let mut open = at(host);
            open.origin = Some(Origin::new("http", host, 80).unwrap());
            assert_eq!(published(&open, model), None, "{host} without TLS");
        }
        assert_eq!(priced("api.anthropic.com", "gpt-5.4-mini"), None);
        assert_eq!(
            priced("in.api.openai.com", "gpt-5.4-mini"),
            None,
            "nobody says"
        );
        assert_eq!(
            published(&sample::source(None, Dialect::Fluxchat), "gpt-5.4-mini"),
            None
        );
    }

    #[test]
    fn google_names_its_models_in_two_ways() {
        let named = |model| priced(GOOGLE, model);
        assert!(named("models/gemini-3.1-pro-preview").is_some());
        assert_eq!(
            named("models/gemini-3.1-pro-preview"),
            named("gemini-3.1-pro-preview")
        );
        assert_eq!(priced(OPENAI, "models/gpt-5.4-mini"), None);
    }

    #[test]
    fn a_region_costs_more_where_it_is_said_to() {
        let told = |host| published(&at(host), "gpt-5.4-mini").unwrap();
        let (everywhere, there) = (told(OPENAI), told("eu.api.openai.com"));
        assert_eq!(there.price.input * 10, everywhere.price.input * 11);
        assert_eq!(there.price.output * 10, everywhere.price.output * 11);
        assert_eq!(
            there.price.cached.unwrap() * 10,
            everywhere.price.cached.unwrap() * 11
        );
    }
}
