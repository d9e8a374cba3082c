//! The entry for fuzzing: addresses as somebody may type them.

use fluxchat_model::{Dialect, Origin};

use crate::{
    Call, Endpoint, Exchange, ExchangeHeaders, HostClass, Target, host_class, key_header,
    parse_base_url, parse_tool_url,
};

/// Reads `data` as an address and checks what must always hold.
///
/// # Panics
/// On a defect only.
pub fn fuzz(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = host_class(&text);
    let _ = text.parse::<Origin>();
    let version = text.clone().into_owned();
    fuzz_tools(&text);
    let Ok(base) = parse_base_url(&text) else {
        return;
    };
    let origin = base.origin.to_string();
    assert!(
        origin.parse() == Ok(base.origin.clone()),
        "an origin reads back as itself"
    );
    assert!(
        !origin.contains('@') && !origin.contains(char::is_whitespace),
        "an origin is scheme, host and port"
    );
    if base.origin.scheme() == "http" {
        assert!(
            host_class(base.origin.host()) != HostClass::Public,
            "unencrypted to a public host"
        );
    }
    let again = parse_base_url(&format!("{origin}{}", base.base_path));
    assert!(
        again.is_ok_and(|again| again.origin == base.origin && again.base_path == base.base_path),
        "an address reads back as itself"
    );
    // Whatever was typed, a call stays at its origin and below its path.
    let target = Target::remote(base.origin.clone(), &base.base_path, Dialect::Openai);
    for call in [Call::ModelsList, Call::PoliciesGet { version }] {
        if let Ok(uri) = Endpoint::new(call, target.clone()).uri() {
            let below = base.base_path.trim_end_matches('/');
            assert!(
                uri.host() == Some(base.origin.host()) && uri.path().starts_with(below),
                "a call leaves its address"
            );
        }
    }
}

/// The same as the address of a server of tools.
fn fuzz_tools(text: &str) {
    let _ = key_header(text);
    let Ok(found) = parse_tool_url(text) else {
        return;
    };
    if found.origin.scheme() == "http" {
        assert!(
            host_class(found.origin.host()) != HostClass::Public,
            "unencrypted to a public host"
        );
    }
    let again = parse_tool_url(&format!("{}{}", found.origin, found.path));
    assert!(
        again.is_ok_and(|again| again.origin == found.origin && again.path == found.path),
        "an address reads back as itself"
    );
    let call = Call::Tools {
        what: Exchange::Message,
        headers: ExchangeHeaders::default(),
    };
    if let Ok(uri) = Endpoint::new(call, Target::tools(found.origin.clone(), &found.path)).uri() {
        assert!(
            uri.host() == Some(found.origin.host()) && uri.path() == found.path,
            "a call leaves its address"
        );
    }
}
