use fluxchat_model::Timestamp;

use super::subject::Decision;
use crate::{IdentityFormat, RequestType, RightsRequest, ServiceError, Storage, StorageError};

/// The key of the subject who stands for everything this service keeps.
pub(super) const EVERYTHING: &str = "everything";

/// What a request asks of this service.
pub(super) enum Fulfilment {
    /// Delete before the answer is sent.
    Erase(Erasure),
    /// Give what is kept; it is read when it is fetched.
    Show,
    /// Write down what the subject decided.
    Record(Decision),
    /// The subject is not known by these identities: a person has to look.
    Later,
}

impl Fulfilment {
    /// What a request asks for.
    pub(super) fn of(request: &RightsRequest) -> Result<Self, ServiceError> {
        if let Some(erasure) = Erasure::of(request)? {
            return Ok(Self::Erase(erasure));
        }
        let Some(subject) = subject(request) else {
            return Ok(Self::Later);
        };
        Ok(match request.subject_request_type {
            RequestType::Access | RequestType::Portability => Self::Show,
            _ => Self::Record(Decision::of(request, subject)?),
        })
    }

    /// What is done before the answer is sent.
    pub(super) fn carry_out(
        &self,
        storage: &dyn Storage,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        match self {
            Self::Erase(erasure) => {
                let deleted = erasure.carry_out(storage)?;
                tracing::info!(name: "service.erasure.carried_out", deleted);
                Ok(())
            }
            Self::Record(decision) => decision.carry_out(storage, at),
            Self::Show | Self::Later => Ok(()),
        }
    }

    /// What the answer says to people; `None` while there is nothing to say but that it arrived.
    pub(super) fn details(&self) -> Option<&'static str> {
        match self {
            Self::Erase(_) => Some(
                "Every record of this subject was deleted before this answer was sent. Content is never kept.",
            ),
            Self::Show => {
                Some("What is kept can be fetched. Content is never kept, so it is not in it.")
            }
            Self::Record(decision) => Some(decision.details()),
            Self::Later => None,
        }
    }
}

/// The one subject a request is about, if this service finds records by it.
pub(super) fn subject(request: &RightsRequest) -> Option<&str> {
    let [identity] = request.subject_identities.as_slice() else {
        return None;
    };
    if identity.identity_format != IdentityFormat::Raw {
        return None;
    }
    match identity.identity_type.as_str() {
        EVERYTHING => Some(EVERYTHING),
        "conversation_alias" | "pii_principal_id" => Some(&identity.identity_value),
        _ => None,
    }
}

/// What an erasure request deletes here.
pub(super) enum Erasure {
    /// Everything this service keeps.
    Everything,
    /// The records of these owners.
    Owners(Vec<String>),
}

impl Erasure {
    /// The erasure a request asks for; `None` if it asks for something else.
    pub(super) fn of(request: &RightsRequest) -> Result<Option<Self>, ServiceError> {
        if request.subject_request_type != RequestType::Erasure {
            return Ok(None);
        }
        let mut owners = Vec::new();
        for identity in &request.subject_identities {
            if identity.identity_format != IdentityFormat::Raw {
                return Err(ServiceError::InvalidField {
                    param: "subject_identities",
                    message: "this service finds records by raw identities only".to_owned(),
                });
            }
            match identity.identity_type.as_str() {
                EVERYTHING => return Ok(Some(Self::Everything)),
                "conversation_alias" | "pii_principal_id" => {
                    owners.push(identity.identity_value.clone());
                }
                _ => {
                    return Err(ServiceError::InvalidField {
                        param: "subject_identities",
                        message: "the identity has to be a conversation_alias, a \
                            pii_principal_id or everything"
                            .to_owned(),
                    });
                }
            }
        }
        Ok(Some(Self::Owners(owners)))
    }

    /// Deletes; returns how many records.
    pub(super) fn carry_out(&self, storage: &dyn Storage) -> Result<u64, StorageError> {
        match self {
            Self::Everything => storage.delete_all(),
            Self::Owners(owners) => owners.iter().try_fold(0, |deleted, owner| {
                Ok(storage.delete_owned(owner)?.saturating_add(deleted))
            }),
        }
    }
}
