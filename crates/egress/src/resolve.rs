//! Names become addresses here, and an address that a name may not have is dropped before a
//! connection is made. This is what stops DNS rebinding.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::HostClass;
use crate::origin::address_class;

/// Which addresses a name may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Unencrypted: this computer and private networks only.
    LocalOnly,
    /// The Fluxchat service: public addresses only.
    PublicOnly,
    /// An encrypted address the person typed: everything one can talk to.
    Any,
}

impl Reach {
    fn allows(self, address: IpAddr) -> bool {
        match address_class(address) {
            HostClass::Loopback | HostClass::Private => self != Self::PublicOnly,
            HostClass::Public => self != Self::LocalOnly,
            HostClass::LocalName | HostClass::Unusable => false,
        }
    }
}

/// Why a name has no address that may be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("the name is unknown")]
    Unknown,
    #[error("the name leads where it may not")]
    NotAllowed,
}

pub(crate) struct Resolver(pub(crate) Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            #[allow(
                clippy::disallowed_methods,
                reason = "egress is where names are looked up"
            )]
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|_| ResolveError::Unknown)?
                .collect::<Vec<SocketAddr>>();
            let addresses = permitted(reach, found)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn permitted(reach: Reach, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, ResolveError> {
    if found.is_empty() {
        return Err(ResolveError::Unknown);
    }
    let addresses: Vec<_> = found
        .into_iter()
        .filter(|address| reach.allows(address.ip()))
        .collect();
    if addresses.is_empty() {
        return Err(ResolveError::NotAllowed);
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_leads_nowhere() {
        let all: Vec<SocketAddr> = [
            "127.0.0.1:0",
            "192.168.0.1:0",
            "8.8.8.8:0",
            "169.254.169.254:0",
        ]
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();
        let kept = |reach| {
            permitted(reach, all.clone())
                .unwrap()
                .iter()
                .map(|address| address.ip().to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(kept(Reach::LocalOnly), ["127.0.0.1", "192.168.0.1"]);
        assert_eq!(kept(Reach::PublicOnly), ["8.8.8.8"]);
        assert_eq!(kept(Reach::Any), ["127.0.0.1", "192.168.0.1", "8.8.8.8"]);
        assert!(matches!(
            permitted(Reach::PublicOnly, all[..2].to_vec()),
            Err(ResolveError::NotAllowed)
        ));
        assert!(matches!(
            permitted(Reach::LocalOnly, Vec::new()),
            Err(ResolveError::Unknown)
        ));
    }
}
