//! `model_fact`, `spend_day` and `conversation_cost`: prices and what was spent.

use fluxchat_model::{
    Abilities, ConversationId, Cost, Model, ModelFacts, Price, SourceId, SpendRow, Usage,
};
use rusqlite::{Row, params};

use crate::table::{all, change, from_json, one, refused, scalar, signed, to_json, unsigned};
use crate::{ReadTx, StoreError, WriteTx};

macro_rules! facts {
    () => {
        "SELECT model, context_tokens, output_tokens, price_input, price_output, price_cached,
                own_context, own_input, own_output, own_cached, estimated, counted, abilities
         FROM model_fact WHERE source_id = ?1"
    };
}
const FACTS: &str = concat!(facts!(), " ORDER BY model");
pub(crate) const FACT: &str = concat!(facts!(), " AND model = ?2");
pub(crate) const DAYS: &str =
    "SELECT day, source_id, model, answers, unpriced, input_tokens, output_tokens, nanos
     FROM spend_day WHERE day >= ?1 AND day <= ?2 ORDER BY day, source_id, model";
pub(crate) const SUM: &str = "SELECT coalesce(sum(nanos), 0) FROM spend_day
     WHERE day >= ?1 AND day <= ?2 AND (?3 IS NULL OR source_id = ?3)";
pub(crate) const COST: &str =
    "SELECT priced, nanos FROM conversation_cost WHERE conversation_id = ?1";

/// Older sums are of no use to anybody.
const KEPT_DAYS: i32 = 1_100;
/// Old counts weigh less than new ones.
const FORGET_FROM: i64 = 200_000;

/// From three columns, the first of which is this.
fn price(row: &Row<'_>, first: usize) -> Result<Option<Price>, StoreError> {
    let of = |at: usize| -> Result<Option<u64>, StoreError> {
        let amount: Option<i64> = row.get(first + at)?;
        amount.map(|amount| unsigned(amount, "price")).transpose()
    };
    let (Some(input), Some(output)) = (of(0)?, of(1)?) else {
        return Ok(None);
    };
    Ok(Some(Price {
        input,
        output,
        cached: of(2)?,
    }))
}

fn read(row: &Row<'_>) -> Result<ModelFacts, StoreError> {
    Ok(ModelFacts {
        model: row.get(0)?,
        context_tokens: row.get(1)?,
        output_tokens: row.get(2)?,
        price: price(row, 3)?,
        published: None,
        own_context: row.get(6)?,
        own_price: price(row, 7)?,
        estimated: unsigned(row.get(10)?, "count")?,
        counted: unsigned(row.get(11)?, "count")?,
        abilities: match row.get::<_, Option<String>>(12)? {
            Some(json) => from_json(&json, "abilities")?,
            None => Abilities::default(),
        },
    })
}

impl ReadTx<'_> {
    /// What is known of the models of a source, by name.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn model_facts(&self, source: SourceId) -> Result<Vec<ModelFacts>, StoreError> {
        all(self.conn, FACTS, [source.0], read)
    }

    /// What is known of a model; nothing but its name if nothing is.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn model_fact(&self, source: SourceId, model: &str) -> Result<ModelFacts, StoreError> {
        let found = one(self.conn, FACT, params![source.0, model], read)?;
        Ok(found.unwrap_or_else(|| ModelFacts {
            model: model.to_owned(),
            ..ModelFacts::default()
        }))
    }

    /// What was spent from one day to another, both included.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn spending(&self, from: i32, to: i32) -> Result<Vec<SpendRow>, StoreError> {
        all(self.conn, DAYS, params![from, to], |row| {
            Ok(SpendRow {
                day: row.get(0)?,
                source_id: SourceId(row.get(1)?),
                model: row.get(2)?,
                answers: unsigned(row.get(3)?, "spending")?,
                unpriced: unsigned(row.get(4)?, "spending")?,
                input_tokens: unsigned(row.get(5)?, "spending")?,
                output_tokens: unsigned(row.get(6)?, "spending")?,
                nanos: unsigned(row.get(7)?, "spending")?,
            })
        })
    }

    /// The sum of it, of one source or of all.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn spent(&self, from: i32, to: i32, of: Option<SourceId>) -> Result<u64, StoreError> {
        let sum: Option<i64> = scalar(self.conn, SUM, params![from, to, of.map(|id| id.0)])?;
        unsigned(sum.unwrap_or(0), "spending")
    }

    /// How many answers of a conversation have a known cost, and what they cost together.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversation_cost(&self, id: ConversationId) -> Result<(u64, u64), StoreError> {
        let found = one(self.conn, COST, [id.0], |row| {
            Ok((
                unsigned(row.get(0)?, "cost")?,
                unsigned(row.get(1)?, "cost")?,
            ))
        })?;
        Ok(found.unwrap_or_default())
    }
}

impl WriteTx<'_> {
    /// Remembers what a source told of its models. What it does not tell stays as it was.
    ///
    /// # Errors
    /// `conflict` if there is no such source.
    pub fn model_facts_told(&self, source: SourceId, models: &[Model]) -> Result<(), StoreError> {
        for model in models {
            let abilities = match model.abilities.is_empty() {
                true => None,
                false => Some(to_json(&model.abilities, "abilities")?),
            };
            let counts = model.context_tokens.or(model.output_tokens);
            if counts.is_none() && model.price.is_none() && abilities.is_none() {
                continue;
            }
            change(
                self.conn,
                "INSERT INTO model_fact (source_id, model, context_tokens, output_tokens,
                   price_input, price_output, price_cached, abilities)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (source_id, model) DO UPDATE SET
                   context_tokens = coalesce(excluded.context_tokens, context_tokens),
                   output_tokens = coalesce(excluded.output_tokens, output_tokens),
                   price_cached = iif(excluded.price_input IS NULL, price_cached, excluded.price_cached),
                   price_input = coalesce(excluded.price_input, price_input),
                   price_output = coalesce(excluded.price_output, price_output),
                   abilities = coalesce(excluded.abilities, abilities)",
                params![
                    source.0,
                    model.id,
                    model.context_tokens,
                    model.output_tokens,
                    model.price.map(|price| signed(price.input)),
                    model.price.map(|price| signed(price.output)),
                    model.price.and_then(|price| price.cached).map(signed),
                    abilities,
                ],
            )
            .map_err(refused("source"))?;
        }
        Ok(())
    }

    /// Remembers what a person says of a model; `None` goes back to what was told.
    ///
    /// # Errors
    /// `conflict` if there is no such source.
    pub fn model_facts_entered(
        &self,
        source: SourceId,
        model: &str,
        context: Option<u32>,
        price: Option<Price>,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO model_fact (source_id, model, own_context, own_input, own_output, own_cached)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (source_id, model) DO UPDATE SET own_context = excluded.own_context,
               own_input = excluded.own_input, own_output = excluded.own_output,
               own_cached = excluded.own_cached",
            params![
                source.0,
                model,
                context,
                price.map(|price| signed(price.input)),
                price.map(|price| signed(price.output)),
                price.and_then(|price| price.cached).map(signed),
            ],
        )
        .map_err(refused("source"))?;
        Ok(())
    }

    /// Learns from an answer how many tokens there were where so many were estimated.
    ///
    /// # Errors
    /// `conflict` if there is no such source.
    pub fn model_counted(
        &self,
        source: SourceId,
        model: &str,
        estimated: u64,
        counted: u64,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO model_fact (source_id, model, estimated, counted) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (source_id, model) DO UPDATE SET
               estimated = excluded.estimated + iif(estimated > ?5, estimated / 2, estimated),
               counted = excluded.counted + iif(estimated > ?5, counted / 2, counted)",
            params![
                source.0,
                model,
                signed(estimated),
                signed(counted),
                FORGET_FROM
            ],
        )
        .map_err(refused("source"))?;
        Ok(())
    }

    /// Adds an answer to what was spent on a day.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn spend(
        &self,
        day: i32,
        source: SourceId,
        model: &str,
        usage: &Usage,
        cost: Option<Cost>,
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO spend_day VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7)
             ON CONFLICT (day, source_id, model) DO UPDATE SET
               answers = answers + 1, unpriced = unpriced + excluded.unpriced,
               input_tokens = input_tokens + excluded.input_tokens,
               output_tokens = output_tokens + excluded.output_tokens,
               nanos = nanos + excluded.nanos",
            params![
                day,
                source.0,
                model,
                cost.is_none(),
                usage.input_tokens,
                usage.output_tokens,
                signed(cost.map_or(0, |cost| cost.nanos)),
            ],
        )?;
        change(
            self.conn,
            "DELETE FROM spend_day WHERE day < ?1",
            [day.saturating_sub(KEPT_DAYS)],
        )?;
        Ok(())
    }

    /// Forgets what was spent. Returns how many lines there were.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn spending_forget(&self) -> Result<usize, StoreError> {
        change(self.conn, "DELETE FROM spend_day", [])
    }
}
