//! What goes along with a question, what answers cost, and the limits for both.

use fluxchat_model::{
    AssetId, Budget, ContextRule, ConversationId, CostBasis, Instructions, MessageId, ModelFacts,
    Period, Price, SourceId, SpendRow, VisibleError,
};

dto! {
    /// Asks what a question would take along. Nothing is sent.
    request EstimateReq {
        /// Where; `None` for a new conversation.
        pub conversation_id: Option<ConversationId>,
        /// The message as it stands; may be empty.
        pub text: String,
        /// Which source would answer.
        pub source_id: Option<SourceId>,
        /// Which model would.
        pub model: Option<String>,
        /// How a new conversation would be asked.
        pub instructions: Option<Instructions>,
        /// Files beside the unsent text that would go with it.
        #[serde(default)]
        #[cfg_attr(feature = "codegen", ts(as = "Option<Vec<AssetId>>", optional))]
        pub attachments: Vec<AssetId>,
    }
}

dto! {
    /// What a question would take along.
    answer ContextEstimate {
        /// The rule.
        pub rule: ContextRule,
        /// How many messages go along, the question included.
        pub messages: u32,
        /// How many earlier ones do not.
        pub left_out: u32,
        /// The first that goes along after what does not.
        pub first_sent: Option<MessageId>,
        /// About how many tokens all that is.
        pub tokens: u32,
        /// How many the model reads, where it is known.
        pub context: Option<u32>,
        /// How many of them are kept for the answer.
        pub reserved: u32,
        /// About what reading it costs, in billionths of a US dollar.
        #[cfg_attr(feature = "codegen", ts(type = "number | null"))]
        pub nanos: Option<u64>,
        /// The same with the longest answer that a person or a budget allows.
        #[cfg_attr(feature = "codegen", ts(type = "number | null"))]
        pub nanos_most: Option<u64>,
        /// How many tokens of an answer a budget has room for, where that is less than the model
        /// may say.
        pub longest: Option<u32>,
        /// Where the price comes from.
        pub basis: Option<CostBasis>,
        /// Of which day a published price is (RFC 3339 date).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "codegen", ts(optional))]
        pub price_day: Option<String>,
        /// The budget that is nearly used up.
        pub warning: Option<BudgetRow>,
        /// Why it would not be sent.
        pub stop: Option<VisibleError>,
    }
}

dto! {
    /// A budget and how much of it is used.
    answer BudgetRow {
        /// The budget.
        pub budget: Budget,
        /// The name of the source it is for.
        pub source: Option<String>,
        /// What was spent, what is arriving included, in billionths of a US dollar.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub spent: u64,
        /// Whether it is to be warned of.
        pub near: bool,
    }
}

dto! {
    /// Has a message always sent, or no longer.
    request MessagePinReq {
        /// Which.
        pub message_id: MessageId,
        /// Whether it always goes along.
        pub on: bool,
    }
}

dto! {
    /// The messages of a conversation that are always sent.
    answer Pins {
        /// Their ids.
        pub ids: Vec<MessageId>,
    }
}

dto! {
    /// What was spent in the last days.
    request SpendingReq {
        /// How many days, today included; up to 400.
        pub days: u32,
    }
}

dto! {
    /// What was spent, and what may be.
    answer Spending {
        /// Today, in days since 1970, in UTC.
        pub today: i32,
        /// The first day that is told.
        pub from: i32,
        /// Along the days.
        pub rows: Vec<SpendRow>,
        /// The sources that are still there.
        pub sources: Vec<SpendSource>,
        /// All budgets.
        pub budgets: Vec<BudgetRow>,
    }
}

dto! {
    /// A source by its name.
    answer SpendSource {
        /// Its id.
        pub id: SourceId,
        /// Its name.
        pub name: String,
    }
}

dto! {
    /// Sets a budget; there is one for a source and a time.
    request BudgetReq {
        /// The source it is for; `None` for all together.
        pub source_id: Option<SourceId>,
        /// The time it is for.
        pub period: Period,
        /// The limit, in billionths of a US dollar.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub nanos: u64,
        /// From what share on it warns, in percent.
        pub warn_percent: u8,
    }
}

dto! {
    /// Names a budget.
    request BudgetRemoveReq {
        /// The source it is for; `None` for all together.
        pub source_id: Option<SourceId>,
        /// The time it is for.
        pub period: Period,
    }
}

dto! {
    /// What the answers of a conversation cost, all branches together.
    answer ConversationCost {
        /// How many have a known cost.
        pub priced: u32,
        /// What they cost, in billionths of a US dollar.
        #[cfg_attr(feature = "codegen", ts(type = "number"))]
        pub nanos: u64,
    }
}

dto! {
    /// What is known of the models of a source.
    answer ModelFactsList {
        /// By name.
        pub rows: Vec<ModelFacts>,
    }
}

dto! {
    /// Says how much a model reads and what it costs.
    request ModelFactsReq {
        /// The source.
        pub source_id: SourceId,
        /// The model, in the words of the source.
        pub model: String,
        /// How many tokens it reads; `None` for what the source tells.
        pub context: Option<u32>,
        /// What it costs; `None` for what the source tells.
        pub price: Option<Price>,
    }
}

dto! {
    /// Who gives titles.
    answer Titles {
        /// The model that answers; otherwise the first words of the question are the title.
        pub by_model: bool,
    }
}

dto! {
    /// Lets the model that answers give titles, or no longer.
    request TitlesReq {
        /// Whether it does.
        pub by_model: bool,
    }
}
