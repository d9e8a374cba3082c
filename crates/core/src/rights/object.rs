//! Objections to purposes that rest on a legitimate interest: one by one, in force before the
//! next request.

use fluxchat_model::{LegalBasis, Purpose, Timestamp};
use fluxchat_store::{ReadTx, StoreError};

use crate::{App, Error, Event};

/// A purpose that can be objected to, and where that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The purpose.
    pub purpose: Purpose,
    /// Whether it is objected to.
    pub objected: bool,
    /// Since when it stands so; `None` if nothing was ever said.
    pub at: Option<Timestamp>,
}

pub(crate) fn check(purpose: Purpose) -> Result<(), Error> {
    if purpose.basis() == LegalBasis::LegitimateInterest {
        return Ok(());
    }
    Err(Error::invalid(
        "invalid_objection",
        format!(
            "“{purpose}” does not rest on a legitimate interest, so there is nothing to object to."
        ),
    ))
}

/// Whether the person objected; read in the transaction that writes the row of a request.
pub(crate) fn objected(tx: &ReadTx<'_>, purpose: Purpose) -> Result<bool, StoreError> {
    Ok(purpose.basis() == LegalBasis::LegitimateInterest
        && tx.objection(purpose)?.is_some_and(|event| event.objected))
}

impl App {
    /// Every purpose that can be objected to.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn objections(&self) -> Result<Vec<Objection>, Error> {
        self.read(|tx| {
            Purpose::all()
                .filter(|purpose| purpose.basis() == LegalBasis::LegitimateInterest)
                .map(|purpose| {
                    let event = tx.objection(purpose)?;
                    Ok(Objection {
                        purpose,
                        objected: event.as_ref().is_some_and(|it| it.objected),
                        at: event.map(|it| it.at),
                    })
                })
                .collect()
        })
        .await
    }

    /// Objects to a purpose, or takes the objection back. Effective before the next request.
    ///
    /// # Errors
    /// When the purpose does not rest on a legitimate interest.
    pub async fn set_objection(&self, purpose: Purpose, objected: bool) -> Result<(), Error> {
        check(purpose)?;
        let (now, surface) = (self.now(), self.inner.options.surface);
        let version = self.policy_in_force().0;
        self.write(move |tx| tx.objection_append(purpose, objected, now, &version, surface))
            .await?;
        if objected {
            self.open()?.door.cancel_purpose(purpose);
        }
        self.tell(Event::ConsentsChanged);
        Ok(())
    }
}
