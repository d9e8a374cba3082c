//! What servers ask of us: nothing of it is offered, and who asks all the same is told so at once.

#![expect(deprecated, reason = "folders are asked for by servers that are there")]

use rmcp::ErrorData;
use rmcp::RoleClient;
use rmcp::handler::client::ClientHandler;
use rmcp::model::{
    ClientConfig, ElicitRequestParams, ElicitResult, ErrorCode, Implementation, ListRootsResult,
};
use rmcp::service::RequestContext;

/// Who is asked. Its capabilities are none: no folders of the person, no questions to the person,
/// no model for servers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked;

/// JSON-RPC's word for what was never offered; a server that understands it goes on without.
fn not_offered(method: &'static str) -> ErrorData {
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method, None)
}

// Asking a model is refused by the trait itself, in the same way.
impl ClientHandler for Asked {
    fn get_info(&self) -> ClientConfig {
        let mut who = ClientConfig::default();
        who.client_info = Implementation::new("fluxchat", env!("CARGO_PKG_VERSION"));
        who
    }

    async fn list_roots(
        &self,
        _: RequestContext<RoleClient>,
    ) -> Result<ListRootsResult, ErrorData> {
        Err(not_offered("roots/list"))
    }

    async fn create_elicitation(
        &self,
        _: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        Err(not_offered("elicitation/create"))
    }
}
