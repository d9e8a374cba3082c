//! Who may depend on whom, read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Findings;
use crate::shell::{self, Outcome, cargo, command};

/// The arrows between our crates: they point down only.
const ARROWS: &[(&str, &[&str])] = &[
    ("fluxchat", &["ipc", "core", "model", "voice"]),
    ("voice", &["core"]),
    ("cli", &["ipc", "core", "model"]),
    ("ipc", &["core", "markup", "model"]),
    (
        "core",
        &[
            "store",
            "vault",
            "egress",
            "providers",
            "sync",
            "markup",
            "mcp",
            "exchange",
            "extract",
            "forensic",
            "service",
            "model",
        ],
    ),
    ("extract", &["model"]),
    ("providers", &["egress", "model"]),
    ("server", &["service", "egress", "model"]),
    ("exchange", &["markup", "model"]),
    ("store", &["forensic", "model"]),
    ("vault", &["model"]),
    ("egress", &["model"]),
    ("sync", &["model"]),
    ("markup", &["model"]),
    ("mcp", &["egress", "model"]),
    ("service", &["model"]),
    ("forensic", &[]),
    ("model", &[]),
    ("xtask", &[]),
    // For measuring alone: it ships nowhere, and nobody may depend on it.
    ("bench", &["core", "store", "vault", "testkit", "model"]),
    // What the bench compares with; it knows nothing of the product.
    ("floor", &[]),
    // For tests alone: see below, nobody may depend on it but tests.
    (
        "testkit",
        &[
            "core",
            "store",
            "vault",
            "egress",
            "forensic",
            "providers",
            "service",
            "markup",
            "model",
        ],
    ),
];

/// Foreign crates with one owner each, by the start of their name.
const OWNERS: &[(&str, &[&str])] = &[
    ("rusqlite", &["store", "server", "testkit", "bench"]),
    ("libsqlite3-sys", &["store", "server", "testkit"]),
    ("keyring", &["vault"]),
    ("reqwest", &["egress", "server"]),
    ("hyper", &["egress", "server", "testkit"]),
    ("tauri", &["fluxchat", "floor"]),
    ("rfd", &["fluxchat"]),
    ("axum", &["service", "server", "testkit"]),
    ("pulldown-", &["markup"]),
    ("syntect", &["markup"]),
    ("clap", &["cli", "server"]),
    ("zip", &["exchange", "extract"]),
    ("image", &["extract"]),
    ("pdf-extract", &["extract"]),
    ("calamine", &["extract"]),
    ("merman", &["extract"]),
    ("age", &["exchange"]),
    ("rmcp", &["mcp"]),
    ("sse-stream", &["mcp"]),
    ("oauth2", &["mcp"]),
    ("fend-core", &["core"]),
    ("cpal", &["voice"]),
    ("rodio", &["voice"]),
];

/// What a server needs and nothing that ships may link.
const BANNED_IN_SHIPPED: &[&str] = &[
    "fluxchat-server",
    "fluxchat-testkit",
    "fluxchat-bench",
    "fluxchat-floor",
    "tauri-plugin-",
    "tokio-postgres",
    "postgres",
    "sqlx",
    "diesel",
    "mysql",
    "mongodb",
    "redis",
    "lettre",
    "aws-sdk",
    "object_store",
    "rust-s3",
    "openssl-probe-",
    "hickory-",
    "sentry",
];

const SHIPPED: &[&str] = &["fluxchat", "fluxchat-cli"];

struct Package {
    name: String,
    ours: bool,
    /// Names of direct dependencies, as declared, without those of tests.
    declared: BTreeSet<String>,
    /// Ids of what is linked, for this system.
    linked: Vec<String>,
}

/// Checks the arrows, the owners and what the shipped programs link.
pub fn check(findings: &mut Findings) -> Outcome {
    let packages = packages()?;
    for package in packages.values().filter(|package| package.ours) {
        arrows(package, findings);
        owners(package, findings);
    }
    for shipped in SHIPPED {
        linked(shipped, &packages, findings);
    }
    Ok(())
}

fn packages() -> Outcome<BTreeMap<String, Package>> {
    let version = shell::capture(command("rustc").arg("-vV"))?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap_or_default();
    let text = shell::capture(cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--filter-platform",
        host,
    ]))?;
    let metadata: Value = serde_json::from_str(&text)?;
    let members: BTreeSet<&str> = strings(&metadata["workspace_members"]).collect();
    let mut packages = BTreeMap::new();
    for package in list(&metadata["packages"]) {
        let id = string(&package["id"]);
        let declared = list(&package["dependencies"])
            .filter(|dependency| string(&dependency["kind"]) != "dev")
            .map(|dependency| string(&dependency["name"]).to_owned());
        packages.insert(
            id.to_owned(),
            Package {
                name: string(&package["name"]).to_owned(),
                ours: members.contains(id),
                declared: declared.collect(),
                linked: Vec::new(),
            },
        );
    }
    for node in list(&metadata["resolve"]["nodes"]) {
        let linked = list(&node["deps"])
            .filter(|dependency| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null()))
            .map(|dependency| string(&dependency["pkg"]).to_owned())
            .collect();
        if let Some(package) = packages.get_mut(string(&node["id"])) {
            package.linked = linked;
        }
    }
    Ok(packages)
}

fn short(name: &str) -> &str {
    name.strip_prefix("fluxchat-").unwrap_or(name)
}

fn arrows(package: &Package, findings: &mut Findings) {
    let name = short(&package.name);
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        findings.problem(format!(
            "{}: give this crate its arrows in xtask/src/tidy/graph.rs",
            package.name
        ));
        return;
    };
    for to in package
        .declared
        .iter()
        .filter(|to| to.starts_with("fluxchat"))
    {
        if !allowed.contains(&short(to)) {
            findings.problem(format!(
                "{} must not depend on {to}: arrows point down",
                package.name
            ));
        }
    }
}

fn owners(package: &Package, findings: &mut Findings) {
    for (prefix, owners) in OWNERS {
        let uses = package
            .declared
            .iter()
            .find(|name| name.starts_with(prefix));
        if let Some(name) = uses
            && !owners.contains(&short(&package.name))
        {
            let owners = owners.join(" and ");
            findings.problem(format!(
                "{} must not use {name}: only {owners} may",
                package.name
            ));
        }
    }
}

fn linked(root: &str, packages: &BTreeMap<String, Package>, findings: &mut Findings) {
    let start = packages
        .iter()
        .find(|(_, package)| package.ours && package.name == root);
    let Some((start, _)) = start else {
        findings.problem(format!("there is no crate {root}"));
        return;
    };
    let mut seen = BTreeSet::from([start.as_str()]);
    let mut open = vec![start.as_str()];
    let mut parents = BTreeSet::new();
    while let Some(package) = open.pop().and_then(|id| packages.get(id)) {
        if BANNED_IN_SHIPPED
            .iter()
            .any(|banned| package.name.starts_with(banned))
        {
            findings.problem(format!(
                "{root} links {}, which no shipped program may",
                package.name
            ));
        }
        for id in &package.linked {
            if packages.get(id).is_some_and(|to| to.name == "reqwest") {
                parents.insert(package.name.as_str());
            }
            if seen.insert(id) {
                open.push(id);
            }
        }
    }
    let foreign: Vec<_> = parents
        .into_iter()
        .filter(|name| *name != "fluxchat-egress")
        .collect();
    if !foreign.is_empty() {
        findings.problem(format!(
            "in {root}, reqwest has other parents than egress: {}",
            foreign.join(", ")
        ));
    }
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    list(value).filter_map(Value::as_str)
}
