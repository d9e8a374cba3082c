//! Sources of answers.

use fluxchat_core::{App, NewSource};
use fluxchat_model::{Secret, Source};

use crate::ApiError;
use crate::dto::source::{
    FoundServer, FoundServers, ModelList, ServiceList, ServiceRow, SourceAddReq, SourceAdded,
    SourceList, SourceReq, SourceRow, SourceUpdateReq,
};
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// All sources.
///
/// # Errors
/// When the archive is not open.
pub async fn source_list(app: &App, _: Empty) -> Answer<SourceList> {
    let (sources, default_source_id) = app.sources().await?;
    Ok(SourceList {
        rows: sources.into_iter().map(row).collect(),
        default_source_id,
    })
}

/// Adds a server or a key.
///
/// # Errors
/// When name or address cannot be used.
pub async fn source_add(app: &App, req: SourceAddReq) -> Answer<SourceAdded> {
    let new = NewSource {
        name: req.name,
        url: req.url,
        dialect: req.dialect,
        key: req.key.map(Secret::new),
    };
    let added = app.add_source(new).await?;
    let (models, problem) = match added.models {
        Ok(models) => (models, None),
        Err(error) => (Vec::new(), Some(error.into())),
    };
    Ok(SourceAdded {
        source: row(added.source),
        models,
        problem,
    })
}

/// Changes a source.
///
/// # Errors
/// When it does not exist.
pub async fn source_update(app: &App, req: SourceUpdateReq) -> Answer<SourceRow> {
    if req.make_default == Some(true) {
        app.make_default(req.id).await?;
    }
    if let Some(redact) = req.redact {
        app.set_redact(req.id, redact).await?;
    }
    let key = req.key.map(Secret::new);
    Ok(row(app
        .update_source(req.id, req.name, key, req.default_model)
        .await?))
}

/// Removes a source and its key.
///
/// # Errors
/// When it does not exist or is the sandbox.
pub async fn source_remove(app: &App, req: SourceReq) -> Answer<Done> {
    app.remove_source(req.id).await?;
    Ok(Done {})
}

/// What a source offers, asked live; what it last said where it cannot be asked.
///
/// # Errors
/// When it could not be asked and never was before.
pub async fn source_models(app: &App, req: SourceReq) -> Answer<ModelList> {
    let source = app.source(req.id).await?;
    let listed = app.listed(&source).await?;
    Ok(ModelList {
        models: listed.models,
        listed_at: listed.at,
        problem: listed.problem.map(Into::into),
    })
}

/// Services and servers that are known by name. Nothing is asked.
///
/// # Errors
/// Never.
pub async fn source_services(_: &App, _: Empty) -> Answer<ServiceList> {
    let row = |service: &fluxchat_core::Service| {
        let source = fluxchat_core::as_source(service)?;
        let (practices, practices_from) = fluxchat_core::practices_of(&source);
        let opt_outs = fluxchat_core::opt_outs(&source, false);
        Some(ServiceRow {
            id: service.id.to_owned(),
            name: service.name.to_owned(),
            url: service.url.to_owned(),
            dialect: service.dialect,
            needs_key: service.needs_key,
            local: service.local,
            fill_in: service.fill_in,
            practices,
            practices_from,
            stated: fluxchat_core::stated_of(&source),
            opt_outs: opt_outs.into_iter().map(super::ledger::opt_out).collect(),
        })
    };
    Ok(ServiceList {
        rows: fluxchat_core::services().iter().filter_map(row).collect(),
    })
}

/// Looks for servers on this computer.
///
/// # Errors
/// When nothing may be asked.
pub async fn source_find(app: &App, _: Empty) -> Answer<FoundServers> {
    let found = app.find_servers().await?.into_iter().map(|it| FoundServer {
        service: it.service.id.to_owned(),
        name: it.service.name.to_owned(),
        url: it.service.url.to_owned(),
        dialect: it.service.dialect,
        models: u32::try_from(it.models.len()).unwrap_or(u32::MAX),
        needs_key: it.needs_key,
        source_id: it.source,
    });
    Ok(FoundServers {
        rows: found.collect(),
    })
}

fn row(source: Source) -> SourceRow {
    let place = fluxchat_core::place_of(&source);
    let (practices, practices_from) = fluxchat_core::practices_of(&source);
    let opt_outs = fluxchat_core::opt_outs(&source, false);
    let stated = fluxchat_core::stated_of(&source);
    SourceRow {
        id: source.id,
        host: source
            .origin
            .as_ref()
            .map(fluxchat_model::Origin::authority),
        address: source.origin.as_ref().map(|origin| {
            format!(
                "{}://{}{}",
                origin.scheme(),
                origin.authority(),
                source.base_path
            )
        }),
        in_process: source.is_in_process(),
        on_this_computer: place.on_this_computer,
        plain_http: place.plain_http,
        name: source.name,
        dialect: source.dialect,
        has_credential: source.has_credential,
        default_model: source.default_model,
        redact: source.redact,
        practices,
        practices_from,
        stated,
        opt_outs: opt_outs.into_iter().map(super::ledger::opt_out).collect(),
    }
}
