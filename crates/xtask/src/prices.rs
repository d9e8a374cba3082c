//! The table of published prices, `crates/providers/data/prices.json`: made from the newest
//! `litellm` of the Python package index, or the version that is named. Why from there, and what is
//! taken, says `docs/adr/0010-published-prices.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::shell::{self, Failure, Outcome, command, root, workshop};

const PACKAGE: &str = "litellm";
const TABLE: &str = "crates/providers/data/prices.json";

/// How the package calls a provider, the host that is asked directly, and whether that one writes
/// what it reads to its cache unasked, at a price.
const PROVIDERS: &[(&str, &str, bool)] = &[
    ("anthropic", "api.anthropic.com", false),
    ("azure", "openai.azure.com", true),
    ("deepseek", "api.deepseek.com", false),
    ("gemini", "generativelanguage.googleapis.com", false),
    ("groq", "api.groq.com", false),
    ("mistral", "api.mistral.ai", false),
    ("openai", "api.openai.com", true),
];

/// A deployment of Azure does not tell in which zone it is: the dearest counts.
const ZONES: &[&str] = &["apac/", "eu/", "global-standard/", "global/", "us/"];
/// This zone has hosts of its own.
const GOVERNMENT: &str = "us-gov/";

type Row = BTreeMap<&'static str, Value>;

/// Downloads the package and writes the table.
pub fn prices(arguments: &[String]) -> Outcome {
    let folder = workshop().join("prices");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let python = if cfg!(windows) { "python" } else { "python3" };
    let wanted = match arguments.first() {
        Some(version) => format!("{PACKAGE}=={version}"),
        None => PACKAGE.to_owned(),
    };
    shell::run(
        command(python)
            .args(["-m", "pip", "download", "--quiet", "--no-deps"])
            .args(["--only-binary", ":all:", "--dest"])
            .arg(&folder)
            .arg(wanted),
    )?;
    let wheel = found(&folder, ".whl")?;
    shell::run(
        command(python)
            .args(["-m", "zipfile", "-e"])
            .arg(&wheel)
            .arg(&folder),
    )?;

    let info = found(&folder, ".dist-info")?;
    let version = name_of(&info)
        .strip_prefix(PACKAGE)
        .and_then(|rest| rest.strip_prefix('-')?.strip_suffix(".dist-info"))
        .ok_or("the package does not say its version")?
        .to_owned();
    let day = day_of(&info)?;
    let list = folder.join("litellm/model_prices_and_context_window_backup.json");
    let list: BTreeMap<String, Value> = serde_json::from_str(&fs::read_to_string(list)?)?;
    let hosts = table(&list, &day);
    let text = written(&day, &version, &hosts);
    fs::create_dir_all(root().join("crates/providers/data"))?;
    fs::write(root().join(TABLE), &text)?;
    for (host, rows) in &hosts {
        println!("  {host:<36} {} models", rows.len());
    }
    println!("  {TABLE}: {} kB, of {day}", text.len() / 1_000);
    Ok(())
}

fn found(folder: &Path, ending: &str) -> Outcome<std::path::PathBuf> {
    fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| name_of(path).ends_with(ending))
        .ok_or_else(|| Failure(format!("nothing in the package ends in {ending}")))
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// When the package was built, by the list of its parts: its files carry no time.
fn day_of(info: &Path) -> Outcome<String> {
    let parts = fs::read_to_string(found(&info.join("sboms"), ".cyclonedx.json")?)?;
    let parts: Value = serde_json::from_str(&parts)?;
    let time = parts.pointer("/metadata/timestamp").and_then(Value::as_str);
    let day = time.and_then(|time| time.get(..10));
    Ok(day
        .ok_or("the package does not say when it was built")?
        .to_owned())
}

fn table(
    list: &BTreeMap<String, Value>,
    day: &str,
) -> BTreeMap<&'static str, BTreeMap<String, Row>> {
    let mut hosts = BTreeMap::new();
    for (provider, host, writes) in PROVIDERS {
        let mut rows: BTreeMap<String, Option<Row>> = BTreeMap::new();
        for (name, told) in list {
            if told["litellm_provider"] != *provider {
                continue;
            }
            let name = name.strip_prefix(&format!("{provider}/")).unwrap_or(name);
            if name.starts_with(GOVERNMENT) {
                continue;
            }
            let name = ZONES
                .iter()
                .find_map(|zone| name.strip_prefix(zone))
                .unwrap_or(name);
            // A name that ended, or that has no price we can use, has none under another spelling.
            let row = row(told, *writes, day);
            let so_far = rows.remove(name);
            let row = match so_far {
                Some(before) => before.zip(row).map(|(one, other)| dearer(one, other)),
                None => row,
            };
            rows.insert(name.to_owned(), row);
        }
        let rows = rows
            .into_iter()
            .filter_map(|(name, row)| Some((name, row?)));
        let mut rows = rows.collect();
        if *provider == "azure" {
            as_dear_as_undated(&mut rows);
        }
        hosts.insert(*host, rows);
    }
    hosts
}

/// Not every zone is told of a version with a date.
fn as_dear_as_undated(rows: &mut BTreeMap<String, Row>) {
    let undated = rows.clone();
    for (name, row) in rows {
        let day = name.len().saturating_sub("-2026-01-31".len());
        let base = name.get(..day).and_then(|base| undated.get(base));
        if let Some(base) = base.filter(|_| name[day..].starts_with("-20")) {
            *row = dearer(row.clone(), base.clone());
        }
    }
}

/// What is told of a model that answers in words; `None` where it is none, where it ended, or
/// where its tokens are not all that costs.
fn row(told: &Value, writes: bool, day: &str) -> Option<Row> {
    if !matches!(told["mode"].as_str(), Some("chat" | "responses")) {
        return None;
    }
    let other = [
        "output_cost_per_audio_token",
        "output_cost_per_image",
        "output_cost_per_video_token",
    ];
    if other.iter().any(|name| told.get(*name).is_some()) {
        return None;
    }
    let mut row = prices_of(told, "")?;
    if let Some(above) = told.as_object()?.keys().find_map(|name| tier(name)) {
        let mut long = prices_of(told, &format!("_above_{above}k_tokens"))?;
        long.insert("above", json!(above * 1_000));
        row.insert("long", json!(long));
    }
    let uplift = ["eu", "us"]
        .iter()
        .filter_map(|zone| told[format!("regional_processing_uplift_multiplier_{zone}")].as_f64())
        .fold(1.0, f64::max);
    if uplift > 1.0 {
        row.insert("regional", json!(uplift));
    }
    if writes && row.contains_key("written") {
        row.insert("unasked", json!(true));
    }
    for (name, from) in [
        ("context", "max_input_tokens"),
        ("longest", "max_output_tokens"),
    ] {
        if let Some(count) = told[from].as_u64().filter(|count| *count > 0) {
            row.insert(name, json!(count));
        }
    }
    if let Some(ends) = told["deprecation_date"].as_str() {
        if ends <= day {
            return None;
        }
        row.insert("ends", json!(ends));
    }
    Some(row)
}

/// From how many thousand tokens on another price counts.
fn tier(name: &str) -> Option<u64> {
    let rest = name.strip_prefix("input_cost_per_token_above_")?;
    rest.strip_suffix("k_tokens")?.parse().ok()
}

/// In dollars for a million. A model that costs nothing costs nothing only on some plans.
fn prices_of(told: &Value, tier: &str) -> Option<Row> {
    let of = |name: &str| {
        let token = told[format!("{name}{tier}")].as_f64()?;
        // In millionths of a dollar for a million, which is what is counted in.
        let millionths = (token * 1e12).round();
        (millionths > 0.0).then(|| json!(millionths / 1e6))
    };
    let thought = of("output_cost_per_reasoning_token").and_then(|it| it.as_f64());
    let output = of("output_cost_per_token")?.as_f64()?;
    let mut row = Row::from([
        ("input", of("input_cost_per_token")?),
        ("output", json!(output.max(thought.unwrap_or(0.0)))),
    ]);
    row.extend(of("cache_read_input_token_cost").map(|cost| ("cached", cost)));
    row.extend(of("cache_creation_input_token_cost").map(|cost| ("written", cost)));
    Some(row)
}

/// Of two rows of one model what costs more, reads less and ends first.
fn dearer(one: Row, mut other: Row) -> Row {
    let mut both = Row::new();
    for (name, a) in one {
        let Some(b) = other.remove(name) else {
            // What has a cheaper price of its own in one alone has none.
            if !matches!(name, "cached") {
                both.insert(name, a);
            }
            continue;
        };
        let least = matches!(name, "context" | "longest" | "ends" | "above");
        let chosen = match (a.as_object(), b.as_object()) {
            (Some(a), Some(b)) => json!(dearer(long(a), long(b))),
            _ if a.as_str().zip(b.as_str()).is_some_and(|(a, b)| a > b) => b,
            _ if a
                .as_f64()
                .zip(b.as_f64())
                .is_some_and(|(a, b)| (a > b) == least && a != b) =>
            {
                b
            }
            _ => a,
        };
        both.insert(name, chosen);
    }
    other.remove("cached");
    both.extend(other);
    both
}

fn long(of: &serde_json::Map<String, Value>) -> Row {
    ["above", "input", "output", "cached", "written"]
        .into_iter()
        .filter_map(|name| Some((name, of.get(name)?.clone())))
        .collect()
}

/// One line for each model, so that a change is read in a comparison.
fn written(day: &str, version: &str, hosts: &BTreeMap<&str, BTreeMap<String, Row>>) -> String {
    let mut text = format!(
        "{{\n\"day\":{},\n\"from\":{},\n\"unit\":\"USD for a million tokens\",\n\"hosts\":{{",
        json!(day),
        json!(format!("{PACKAGE} {version}"))
    );
    for (at, (host, rows)) in hosts.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\n{}:{{", json!(host));
        for (at, (name, row)) in rows.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\n{}:{}", json!(name), json!(row));
        }
        text.push('}');
    }
    text.push_str("}\n}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(models: Value) -> BTreeMap<&'static str, BTreeMap<String, Row>> {
        let list = models.as_object().unwrap().clone();
        table(&list.into_iter().collect(), "2026-11-20")
    }

    /// A model with more or other fields.
    fn with(mut model: Value, more: &Value) -> Value {
        let fields = model.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        model
    }

    #[test]
    fn a_row_has_what_counts_and_nothing_that_may_be_wrong() {
        let model = |more: Value| {
            let model = json!({
                "litellm_provider": "gemini", "mode": "chat", "max_input_tokens": 1_048_576,
                "input_cost_per_token": 1.25e-6, "output_cost_per_token": 1e-5,
                "cache_read_input_token_cost": 1.25e-7,
                "input_cost_per_token_above_200k_tokens": 2.5e-6,
                "output_cost_per_token_above_200k_tokens": 1.5e-5,
                "input_cost_per_token_above_200k_tokens_batches": 1e-6,
            });
            with(model, &more)
        };
        let hosts = listed(json!({
            "gemini/a": model(json!({"deprecation_date": "2026-11-21"})),
            "gemini/b": model(json!({"deprecation_date": "2026-11-20"})),
            "gemini/c": model(json!({"mode": "embedding"})),
            "gemini/d": model(json!({"output_cost_per_audio_token": 1e-5})),
            "gemini/e": model(json!({"input_cost_per_token": 0})),
            "gemini/f": model(json!({"litellm_provider": "vertex_ai"})),
        }));
        let rows = &hosts["generativelanguage.googleapis.com"];
        assert_eq!(rows.keys().collect::<Vec<_>>(), ["a"]);
        let expected = json!({
            "input": 1.25, "output": 10.0, "cached": 0.125, "context": 1_048_576,
            "long": {"above": 200_000, "input": 2.5, "output": 15.0}, "ends": "2026-11-21",
        });
        assert_eq!(json!(rows["a"]), expected);
    }

    #[test]
    fn of_several_zones_the_dearest_counts() {
        let of = |input: f64, context: u64, more: Value| {
            let model = json!({
                "litellm_provider": "azure", "mode": "chat", "max_input_tokens": context,
                "input_cost_per_token": input, "output_cost_per_token": 1e-5,
            });
            with(model, &more)
        };
        let hosts = listed(json!({
            "azure/m": of(2e-6, 9, json!({"cache_read_input_token_cost": 1e-6})),
            "azure/eu/m": of(3e-6, 8, json!({})),
            "azure/us/m": of(1e-6, 7, json!({"cache_read_input_token_cost": 2e-6})),
            "azure/us-gov/m": of(9e-6, 9, json!({})),
            "azure/m-2026-10-31": of(1e-6, 9, json!({})),
        }));
        let rows = &hosts["openai.azure.com"];
        let expected = json!({"input": 3.0, "output": 10.0, "context": 7});
        assert_eq!(json!(rows["m"]), expected);
        assert_eq!(json!(rows["m-2026-10-31"]), expected);
        assert_eq!(rows.len(), 2);
    }
}
