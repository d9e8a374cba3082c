//! Where an address is, for people.

use fluxchat_egress::{HostClass, host_class, parse_base_url};
use fluxchat_model::{Origin, Source};

/// Where a source answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its host is this computer.
    pub on_this_computer: bool,
    /// The connection is not encrypted.
    pub plain_http: bool,
}

/// Where a source answers.
#[must_use]
pub fn place_of(source: &Source) -> Place {
    source
        .origin
        .as_ref()
        .map_or_else(Place::default, |origin| Place {
            on_this_computer: host_class(origin.host()) == HostClass::Loopback,
            plain_http: origin.scheme() == "http",
        })
}

/// The host of an address that a source cited; empty if it is none.
#[must_use]
pub fn host_of(address: &str) -> String {
    let without_query = address.split(['?', '#']).next().unwrap_or_default();
    parse_base_url(without_query)
        .map(|base| Origin::authority(&base.origin))
        .unwrap_or_default()
}
