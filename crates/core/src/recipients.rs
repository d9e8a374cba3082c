//! Who receives what, from the totals of the ledger.

use std::collections::BTreeMap;

use fluxchat_egress::IN_PROCESS;
use fluxchat_model::{
    DataCategory, DataPractices, LedgerFacet, LegalBasis, Outcome, Purpose, Source,
    StatedPractices, Timestamp,
};
use fluxchat_providers::{KnownHost, OptOut, known_host};
use serde::Serialize;

use crate::{App, Error};

/// What one recipient received for one purpose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecipientPurpose {
    /// Why.
    pub purpose: Purpose,
    /// On what basis.
    pub basis: LegalBasis,
    /// What kinds of data.
    pub categories: Vec<DataCategory>,
    /// How many requests left.
    pub requests: u64,
    /// Bytes that left.
    pub bytes_out: u64,
    /// Bytes that came back.
    pub bytes_in: u64,
}

/// Somebody who received something, or was refused it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipient {
    /// Host and port, or `in-process`.
    pub host: String,
    /// True for what stays in this app.
    pub in_process: bool,
    /// The sources at this host by name, then the servers of tools.
    pub sources: Vec<String>,
    /// What for.
    pub purposes: Vec<RecipientPurpose>,
    /// How many requests left.
    pub requests: u64,
    /// How many were refused before anything left.
    pub blocked: u64,
    /// Bytes that left.
    pub bytes_out: u64,
    /// Bytes that came back.
    pub bytes_in: u64,
    /// When the first request left.
    pub first_at: Option<Timestamp>,
    /// When the last request left.
    pub last_at: Option<Timestamp>,
    /// What the provider says it does with data. Nobody here can prove it.
    pub practices: DataPractices,
    /// Where the provider says so, and when that was read.
    pub practices_from: Option<String>,
    /// The same as sentences that every language has.
    #[serde(skip)]
    pub stated: Option<StatedPractices>,
    /// What is asked of it with every request.
    pub opt_outs: Vec<OptOut>,
}

impl App {
    /// Everybody who received something according to the ledger, who received most first.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn recipients(&self) -> Result<Vec<Recipient>, Error> {
        self.read(|tx| {
            let mut found = recipients(tx.ledger_facets()?, &tx.sources()?);
            for server in tx.tool_servers()? {
                let host = server.transport.host();
                let at = found.iter_mut().find(|it| Some(&it.host) == host.as_ref());
                if let Some(at) = at {
                    at.sources.push(server.name);
                }
            }
            Ok(found)
        })
        .await
    }
}

/// What a source says about data: its own words, or what is known of its host.
#[must_use]
pub fn practices_of(source: &Source) -> (DataPractices, Option<String>) {
    if source.practices != DataPractices::default() {
        return (source.practices.clone(), None);
    }
    let known = source
        .origin
        .as_ref()
        .and_then(|origin| known_host(origin.host()));
    stated(known)
}

/// The same as sentences that every language has, where it is what is known of its host.
#[must_use]
pub fn stated_of(source: &Source) -> Option<StatedPractices> {
    if source.practices != DataPractices::default() {
        return None;
    }
    let origin = source.origin.as_ref()?;
    known_host(origin.host()).map(KnownHost::stated)
}

fn stated(known: Option<&'static KnownHost>) -> (DataPractices, Option<String>) {
    known.map_or_else(Default::default, |known| {
        (known.practices(), Some(known.stated_at()))
    })
}

fn recipients(facets: Vec<LedgerFacet>, sources: &[Source]) -> Vec<Recipient> {
    let mut by_host: BTreeMap<String, Vec<LedgerFacet>> = BTreeMap::new();
    for facet in facets {
        by_host.entry(facet.host.clone()).or_default().push(facet);
    }
    let mut found: Vec<Recipient> = by_host
        .into_iter()
        .map(|(host, facets)| recipient(host, &facets, sources))
        .collect();
    found.sort_by_key(|it| (it.in_process, std::cmp::Reverse(it.bytes_out)));
    found
}

fn recipient(host: String, facets: &[LedgerFacet], sources: &[Source]) -> Recipient {
    let at_host: Vec<&Source> = sources
        .iter()
        .filter(|source| match &source.origin {
            Some(origin) => origin.authority() == host,
            None => host == IN_PROCESS,
        })
        .collect();
    let mut found = Recipient {
        in_process: host == IN_PROCESS,
        sources: at_host.iter().map(|source| source.name.clone()).collect(),
        purposes: Vec::new(),
        requests: 0,
        blocked: 0,
        bytes_out: 0,
        bytes_in: 0,
        first_at: None,
        last_at: None,
        practices: DataPractices::default(),
        practices_from: None,
        stated: None,
        opt_outs: Vec::new(),
        host,
    };
    for facet in facets {
        if facet.outcome == Outcome::Blocked {
            found.blocked += facet.requests;
            continue;
        }
        found.requests += facet.requests;
        found.bytes_out += facet.bytes_out;
        found.bytes_in += facet.bytes_in;
        let earliest = |at: Timestamp| at.min(facet.first_at);
        found.first_at = Some(found.first_at.map_or(facet.first_at, earliest));
        found.last_at = found.last_at.max(Some(facet.last_at));
        let known = found
            .purposes
            .iter_mut()
            .find(|it| it.purpose == facet.purpose && it.basis == facet.basis);
        match known {
            Some(purpose) => {
                purpose.requests += facet.requests;
                purpose.bytes_out += facet.bytes_out;
                purpose.bytes_in += facet.bytes_in;
                for category in &facet.categories {
                    if !purpose.categories.contains(category) {
                        purpose.categories.push(*category);
                    }
                }
            }
            None => found.purposes.push(RecipientPurpose {
                purpose: facet.purpose,
                basis: facet.basis,
                categories: facet.categories.clone(),
                requests: facet.requests,
                bytes_out: facet.bytes_out,
                bytes_in: facet.bytes_in,
            }),
        }
    }
    let own = at_host.first().map(|source| practices_of(source));
    let name = found
        .host
        .rsplit_once(':')
        .map_or(found.host.as_str(), |(name, _)| name);
    found.stated = match at_host.first() {
        Some(source) => stated_of(source),
        None => known_host(name).map(KnownHost::stated),
    };
    (found.practices, found.practices_from) = own.unwrap_or_else(|| stated(known_host(name)));
    found.opt_outs = at_host
        .first()
        .map(|source| fluxchat_providers::opt_outs(source, false))
        .unwrap_or_default();
    found
}
