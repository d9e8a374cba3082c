use std::collections::BTreeMap;
use std::process::ExitCode;

use fluxchat_core::{App, BudgetState, Estimate, Spending, dollars};
use fluxchat_model::{
    Budget, CostBasis, ModelFacts, Period, Price, Published, SpendRow, Timestamp,
};
use serde_json::{Value, json};

use super::{Done, word};
use crate::args::{BudgetCommand, By, PeriodArg, Spend};
use crate::output::{Out, count, document, plain};

/// A removed source.
const GONE: &str = "(a source that was removed)";

#[derive(Default)]
struct Sum {
    answers: u64,
    unpriced: u64,
    input: u64,
    output: u64,
    nanos: u64,
}

pub async fn spend(app: &App, spend: Spend, out: &Out) -> Done {
    if spend.forget {
        app.forget_spending().await?;
        out.answer(&json!({ "forgotten": true }), |_| {
            "What was spent on all days was forgotten.\n".to_owned()
        });
        return Ok(ExitCode::SUCCESS);
    }
    let found = app.spending(spend.days).await?;
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for row in &found.rows {
        let sum = sums.entry(name(&found, row, spend.by)).or_default();
        sum.answers += row.answers;
        sum.unpriced += row.unpriced;
        sum.input += row.input_tokens;
        sum.output += row.output_tokens;
        sum.nanos += row.nanos;
    }
    let rows: Vec<Value> = sums
        .iter()
        .map(|(name, sum)| {
            json!({
                word_of(spend.by): name,
                "answers": sum.answers,
                "answers_without_price": sum.unpriced,
                "input_tokens": sum.input,
                "output_tokens": sum.output,
                "nanodollars": sum.nanos,
            })
        })
        .collect();
    let all: u64 = sums.values().map(|sum| sum.nanos).sum();
    let answer = json!({
        "from": date(found.from),
        "to": date(found.today),
        "rows": rows,
        "nanodollars": all,
    });
    out.answer(&answer, |_| {
        let mut text = String::new();
        for (name, sum) in &sums {
            text.push_str(&format!(
                "{:<28} {:>12}  {}\n",
                plain(name),
                dollars(sum.nanos),
                count(sum.answers, "answer", "answers")
            ));
        }
        text.push_str(&format!("{:<28} {:>12}\n", "together", dollars(all)));
        text
    });
    let unpriced: u64 = sums.values().map(|sum| sum.unpriced).sum();
    if unpriced > 0 {
        out.note(&format!(
            "{} no known price; `fluxchat-cli source describe` enters one.",
            count(unpriced, "answer has", "answers have")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn budget(app: &App, command: BudgetCommand, out: &Out) -> Done {
    match command {
        BudgetCommand::List => {}
        BudgetCommand::Set {
            amount,
            per,
            source,
            warn,
        } => {
            let budget = Budget {
                source_id: source_id(app, source).await?,
                period: period(per),
                nanos: amount,
                warn_percent: warn,
            };
            app.set_budget(budget).await?;
        }
        BudgetCommand::Remove { per, source } => {
            let source = source_id(app, source).await?;
            app.remove_budget(source, period(per)).await?;
        }
    }
    let states = app.spending(1).await?.budgets;
    let rows: Vec<Value> = states.iter().map(row).collect();
    out.answer(&rows, |_| {
        if states.is_empty() {
            return "There is no budget.\n".to_owned();
        }
        states.iter().map(line).collect()
    });
    Ok(ExitCode::SUCCESS)
}

pub async fn titles(app: &App, state: Option<String>, out: &Out) -> Done {
    if let Some(state) = state {
        app.set_titles_by_model(state == "on").await?;
    }
    let by_model = app.titles_by_model().await?;
    out.answer(&json!({ "by_model": by_model }), |_| {
        let who = if by_model {
            "The model that answers gives titles, after the first answer in the window."
        } else {
            "The first words of the question are the title."
        };
        format!("{who}\n")
    });
    Ok(ExitCode::SUCCESS)
}

async fn source_id(
    app: &App,
    name: Option<String>,
) -> Result<Option<fluxchat_model::SourceId>, fluxchat_core::Error> {
    Ok(match name {
        Some(name) => Some(app.source_named(&name).await?.id),
        None => None,
    })
}

fn row(state: &BudgetState) -> Value {
    json!({
        "source": state.source,
        "per": word(&state.budget.period),
        "nanodollars": state.budget.nanos,
        "spent_nanodollars": state.spent,
        "warn_percent": state.budget.warn_percent,
        "near": state.is_near(),
    })
}

fn line(state: &BudgetState) -> String {
    format!(
        "{:<20} {:>10} a {:<6} {:>10} spent{}\n",
        plain(state.source.as_deref().unwrap_or("all together")),
        dollars(state.budget.nanos),
        word(&state.budget.period),
        dollars(state.spent),
        if state.is_near() {
            ", nearly used up"
        } else {
            ""
        },
    )
}

/// What would go along with a question.
pub fn estimate(found: &Estimate) -> Value {
    json!({
        "rule": found.rule,
        "messages": found.messages,
        "left_out": found.left_out,
        "first_sent": found.first_sent,
        "tokens": found.tokens,
        "context_tokens": found.context,
        "reserved_tokens": found.reserved,
        "nanodollars": found.nanos,
        "nanodollars_most": found.nanos_most,
        "longest_answer_tokens": found.longest,
        "price": found.basis,
        "price_day": found.published.as_ref().map(|published| &published.day),
        "budget": found.warning.as_ref().map(row),
        "stop": found.stop.as_ref().map(document),
    })
}

/// The same for people.
pub fn estimated(found: &Estimate) -> String {
    let mut text = format!(
        "{}, about {}",
        count(found.messages, "message", "messages"),
        count(found.tokens, "token", "tokens")
    );
    match found.context {
        Some(context) => text.push_str(&format!(" of {context}")),
        None => text.push_str("; how many the model reads is not known"),
    }
    if let Some(nanos) = found.nanos {
        text.push_str(&format!(", about {} to read", dollars(nanos)));
    }
    text.push_str(".\n");
    if let Some(published) = &found.published {
        text.push_str(&format!("By {}.\n", as_published(published)));
    }
    if found.left_out > 0 {
        text.push_str(&format!(
            "{} not sent.\n",
            count(found.left_out, "earlier message is", "earlier messages are")
        ));
    }
    if let Some(longest) = found.longest {
        let longest = count(longest.into(), "token", "tokens");
        text.push_str(&format!(
            "A budget has room for an answer of {longest}; it is asked to be no longer.\n"
        ));
    }
    if let Some(warning) = &found.warning {
        text.push_str(&format!("Budget: {}", line(warning)));
    }
    if let Some(stop) = &found.stop {
        text.push_str(&format!(
            "It would not be sent: {} {}\n",
            stop.message, stop.next
        ));
    }
    text
}

/// What is known of models.
pub fn facts(rows: &[ModelFacts], out: &Out) {
    out.answer(&json!(rows), |_| rows.iter().map(fact).collect());
}

/// A price as typed: dollars for a million tokens, in millionths.
pub fn price(input: Option<u64>, output: Option<u64>, cached: Option<u64>) -> Option<Price> {
    Some(Price {
        input: input? / 1_000,
        output: output? / 1_000,
        cached: cached.map(|nanos| nanos / 1_000),
    })
}

fn fact(facts: &ModelFacts) -> String {
    let context = facts
        .context()
        .map_or_else(|| "unknown".to_owned(), |it| it.to_string());
    let price = facts.priced().map_or_else(
        || "no price known".to_owned(),
        |(price, basis)| {
            let of = |millionths: u64| dollars(millionths.saturating_mul(1_000));
            let cached = price
                .cached
                .map(|cached| format!(", {} from its cache", of(cached)));
            let published = facts.published.as_ref();
            let from = match published.filter(|_| basis == CostBasis::Published) {
                Some(published) => as_published(published),
                None => word(&basis),
            };
            format!(
                "{} / {} a million{}, {from}",
                of(price.input),
                of(price.output),
                cached.unwrap_or_default(),
            )
        },
    );
    format!("{:<32} reads {context}; {price}\n", plain(&facts.model))
}

/// Where a price comes from that no source told and nobody entered.
pub fn as_published(published: &Published) -> String {
    format!("published price of {}; may have changed", published.day)
}

fn name(found: &Spending, row: &SpendRow, by: By) -> String {
    match by {
        By::Day => date(row.day),
        By::Model => row.model.clone(),
        By::Source => {
            let mut known = found.sources.iter();
            let known = known.find(|(id, _)| *id == row.source_id);
            known.map_or(GONE, |(_, name)| name).to_owned()
        }
    }
}

fn word_of(by: By) -> &'static str {
    match by {
        By::Day => "day",
        By::Source => "source",
        By::Model => "model",
    }
}

fn period(per: PeriodArg) -> Period {
    match per {
        PeriodArg::Day => Period::Day,
        PeriodArg::Month => Period::Month,
    }
}

fn date(day: i32) -> String {
    fluxchat_core::clock::date(Timestamp(i64::from(day) * Timestamp::DAY))
}
