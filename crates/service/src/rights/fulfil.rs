use crate::{IdentityFormat, RequestType, RightsRequest, ServiceError, Storage, StorageError};

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
                "everything" => return Ok(Some(Self::Everything)),
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
