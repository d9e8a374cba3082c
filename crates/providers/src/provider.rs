use fluxchat_egress::{Credential, Ctx, Door, Preview};
use fluxchat_model::{Model, Source};

use crate::wire::{self, wire_of};
use crate::{ChatRequest, ChatStream, KnownModels, ProviderError};

/// The models a source lists, in its order. A server that has to be asked about each is asked once
/// as long as `known` remembers.
///
/// # Errors
/// When the source could not be reached or did not answer with a list.
pub async fn models(
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    ctx: Ctx,
    known: &KnownModels,
) -> Result<Vec<Model>, ProviderError> {
    wire::models(wire_of(source), door, source, credential, ctx, known).await
}

/// Asks a source. Returns when it begins to answer; cancel by `ctx.cancel` or by dropping the
/// stream. Whether training is allowed is taken from `ctx`.
///
/// # Errors
/// When the source could not be reached or refused.
pub async fn chat(
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    ctx: Ctx,
    request: ChatRequest,
) -> Result<ChatStream, ProviderError> {
    wire::chat(wire_of(source), door, source, credential, ctx, request).await
}

/// What [`chat`] would send first, byte by byte, without sending it.
///
/// # Errors
/// When the request cannot be built.
pub fn preview(
    door: &Door,
    source: &Source,
    credential: Option<Credential>,
    ctx: Ctx,
    request: &ChatRequest,
) -> Result<Preview, ProviderError> {
    wire::preview(wire_of(source), door, source, credential, ctx, request)
}
