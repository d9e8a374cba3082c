//! What goes along with a question, what answers cost, and the limits for both.

use fluxchat_core::{App, Ask, BudgetState, Estimate};
use fluxchat_model::Budget;

use crate::ApiError;
use crate::dto::chat::{ConversationReq, MessageReq, MessageSent};
use crate::dto::source::SourceReq;
use crate::dto::spend::*;
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// What a question would take along.
///
/// # Errors
/// When there is nowhere to ask it.
pub async fn context_estimate(app: &App, req: EstimateReq) -> Answer<ContextEstimate> {
    let ask = Ask {
        conversation: req.conversation_id,
        text: req.text,
        source: req.source_id,
        model: req.model,
        instructions: req.instructions,
        attachments: req.attachments,
    };
    Ok(estimate(app.estimate(ask).await?))
}

/// Lets an answer that a budget stopped go out once.
///
/// # Errors
/// When it is not such an answer, or a guardian keeps it locked.
pub async fn message_over_budget(app: &App, req: MessageReq) -> Answer<MessageSent> {
    let asked = app.send_over_budget(req.message_id).await?;
    Ok(super::chat::sent(app, asked).await)
}

/// Has a message always sent, or no longer.
///
/// # Errors
/// When it does not exist.
pub async fn message_pin(app: &App, req: MessagePinReq) -> Answer<Pins> {
    app.pin_message(req.message_id, req.on).await?;
    let id = app.message_by_id(req.message_id).await?.conversation_id;
    message_pins(app, ConversationReq { id }).await
}

/// The messages of a conversation that are always sent.
///
/// # Errors
/// When the archive is not open.
pub async fn message_pins(app: &App, req: ConversationReq) -> Answer<Pins> {
    Ok(Pins {
        ids: app.pinned_messages(req.id).await?,
    })
}

/// What was spent, and what may be.
///
/// # Errors
/// When the archive is not open.
pub async fn spending_get(app: &App, req: SpendingReq) -> Answer<Spending> {
    let found = app.spending(req.days).await?;
    let sources = found.sources.into_iter();
    Ok(Spending {
        today: found.today,
        from: found.from,
        rows: found.rows,
        sources: sources.map(|(id, name)| SpendSource { id, name }).collect(),
        budgets: found.budgets.into_iter().map(budget).collect(),
    })
}

/// Forgets what was spent on all days.
///
/// # Errors
/// When a guardian keeps it locked.
pub async fn spending_forget(app: &App, _: Empty) -> Answer<Done> {
    app.forget_spending().await?;
    Ok(Done {})
}

/// Sets a budget.
///
/// # Errors
/// `invalid_budget`; when a guardian keeps it locked.
pub async fn budget_set(app: &App, req: BudgetReq) -> Answer<Done> {
    let budget = Budget {
        source_id: req.source_id,
        period: req.period,
        nanos: req.nanos,
        warn_percent: req.warn_percent,
    };
    app.set_budget(budget).await?;
    Ok(Done {})
}

/// Removes a budget.
///
/// # Errors
/// When a guardian keeps it locked.
pub async fn budget_remove(app: &App, req: BudgetRemoveReq) -> Answer<Done> {
    app.remove_budget(req.source_id, req.period).await?;
    Ok(Done {})
}

/// What the answers of a conversation cost.
///
/// # Errors
/// When the archive is not open.
pub async fn conversation_cost(app: &App, req: ConversationReq) -> Answer<ConversationCost> {
    let (priced, nanos) = app.conversation_cost(req.id).await?;
    Ok(ConversationCost {
        priced: small(priced),
        nanos,
    })
}

/// What is known of the models of a source.
///
/// # Errors
/// When the archive is not open.
pub async fn model_facts(app: &App, req: SourceReq) -> Answer<ModelFactsList> {
    Ok(ModelFactsList {
        rows: app.model_facts(req.id).await?,
    })
}

/// Says how much a model reads and what it costs.
///
/// # Errors
/// `invalid_price`; when a guardian keeps it locked.
pub async fn model_facts_set(app: &App, req: ModelFactsReq) -> Answer<ModelFactsList> {
    app.set_model_facts(req.source_id, &req.model, req.context, req.price)
        .await?;
    model_facts(app, SourceReq { id: req.source_id }).await
}

/// Who gives titles.
///
/// # Errors
/// When the archive is not open.
pub async fn titles_get(app: &App, _: Empty) -> Answer<Titles> {
    Ok(Titles {
        by_model: app.titles_by_model().await?,
    })
}

/// Lets the model that answers give titles, or no longer.
///
/// # Errors
/// When a guardian keeps it locked.
pub async fn titles_set(app: &App, req: TitlesReq) -> Answer<Titles> {
    app.set_titles_by_model(req.by_model).await?;
    titles_get(app, Empty {}).await
}

pub(super) fn estimate(found: Estimate) -> ContextEstimate {
    ContextEstimate {
        rule: found.rule,
        messages: small(found.messages),
        left_out: small(found.left_out),
        first_sent: found.first_sent,
        tokens: small(found.tokens),
        context: found.context,
        reserved: small(found.reserved),
        nanos: found.nanos,
        nanos_most: found.nanos_most,
        longest: found.longest,
        basis: found.basis,
        price_day: found.published.map(|published| published.day),
        warning: found.warning.map(budget),
        stop: found.stop,
    }
}

fn budget(state: BudgetState) -> BudgetRow {
    BudgetRow {
        near: state.is_near(),
        budget: state.budget,
        source: state.source,
        spent: state.spent,
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
