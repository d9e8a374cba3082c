//! `GET /v1/models`.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of the only chat model of this service.
pub const GUIDE_MODEL: &str = "guide";

/// 2026-11-01, in seconds since 1970.
const GUIDE_CREATED: i64 = 1_793_491_200;

/// The models of this service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelList {
    /// `list`.
    pub object: String,
    /// The models.
    pub data: Vec<ModelCard>,
}

/// One model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelCard {
    /// The name to ask for.
    pub id: String,
    /// `model`.
    pub object: String,
    /// Since when, in seconds since 1970.
    pub created: i64,
    /// Who provides it.
    pub owned_by: String,
    /// The name to show.
    pub display_name: String,
    /// What it is and is not.
    pub description: String,
    /// False: what answers is no AI model.
    pub is_ai_model: bool,
}

/// List the models
#[utoipa::path(
    get,
    path = "/v1/models",
    tag = "generation",
    responses((status = 200, description = "The models", body = ModelList))
)]
pub(crate) async fn list() -> Json<ModelList> {
    Json(ModelList {
        object: "list".to_owned(),
        data: vec![ModelCard {
            id: GUIDE_MODEL.to_owned(),
            object: "model".to_owned(),
            created: GUIDE_CREATED,
            owned_by: "fluxchat".to_owned(),
            display_name: "Guide".to_owned(),
            description: "No AI model. Finds passages of the built-in help on this app and its \
                privacy rules and quotes them, in English and German."
                .to_owned(),
            is_ai_model: false,
        }],
    })
}
