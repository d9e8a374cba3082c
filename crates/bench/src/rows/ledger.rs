//! The ledger, what is built from it, and the overview.

use fluxchat_model::{LedgerFilter, LegalBasis, Outcome as Became, Purpose, Timestamp};
use fluxchat_store::{ReadTx, Store, StoreError};
use fluxchat_testkit::large::NOW;
use sha2::{Digest as _, Sha256};

use crate::Outcome;
use crate::floor;
use crate::line::{Budget, Row};
use crate::measure::{Of, both};
use crate::world::{World, Worlds};

const PAGE: u32 = 100;
const TURNS: usize = 100;
/// Reads the rows of one day, of which the larger ledger has a hundred times as many.
const LAST_DAYS: &str = "what left in the last 7 days";
const SMALL: &str = "the same in a ledger a hundred times smaller";

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    pages(worlds)?;
    totals(worlds)?;
    verify(worlds)
}

fn pages(worlds: &Worlds<'_>) -> Outcome {
    let (big, small) = (worlds.big.store()?, worlds.small.store()?);
    let raw = floor::reader(&worlds.big)?;
    let (ours, floor) = both(
        Of::Thread,
        TURNS,
        || page(&big, &LedgerFilter::default()),
        || {
            floor::read_all(
                &raw,
                "SELECT * FROM egress_record ORDER BY seq DESC LIMIT 100",
                [],
            )
        },
    )?;
    Row::new("ledger", "first 100 rows", "raw SQL", Budget::Ratio(4.0))
        .note("a row is read into types and its hash into hex")
        .print(&ours, Some(&floor));
    for (name, filter) in filters() {
        let (ours, floor) = both(
            Of::Thread,
            TURNS,
            || page(&big, &filter(&worlds.big)),
            || page(&small, &filter(&worlds.small)),
        )?;
        Row::new("ledger", name, SMALL, Budget::Ratio(1.5)).print(&ours, Some(&floor));
    }
    big.close();
    small.close();
    Ok(())
}

fn page(store: &Store, filter: &LedgerFilter) -> Outcome<usize> {
    Ok(store.read(|tx| tx.ledger_page(filter, PAGE))?.len())
}

type Filter = fn(&World) -> LedgerFilter;

fn filters() -> [(&'static str, Filter); 10] {
    [
        ("page 5,000", |world| LedgerFilter {
            before_seq: Some(i64::try_from(world.size.ledger / 2).unwrap_or(0)),
            ..LedgerFilter::default()
        }),
        ("by host, a common one", |_| LedgerFilter {
            host: Some("in-process".to_owned()),
            ..LedgerFilter::default()
        }),
        ("by host, a rare one", |_| LedgerFilter {
            host: Some("127.0.0.1:8080".to_owned()),
            ..LedgerFilter::default()
        }),
        ("by purpose", |_| LedgerFilter {
            purpose: Some(Purpose::Chat),
            ..LedgerFilter::default()
        }),
        ("by basis", |_| LedgerFilter {
            basis: Some(LegalBasis::Contract),
            ..LedgerFilter::default()
        }),
        ("by outcome, blocked", |_| LedgerFilter {
            outcome: Some(Became::Blocked),
            ..LedgerFilter::default()
        }),
        ("by time, a year in the middle", |_| LedgerFilter {
            from: Some(NOW.plus_ms(-1_200 * Timestamp::DAY)),
            until: Some(NOW.plus_ms(-835 * Timestamp::DAY)),
            ..LedgerFilter::default()
        }),
        ("by host, purpose and time", |_| LedgerFilter {
            host: Some("api.openai.com:443".to_owned()),
            purpose: Some(Purpose::Chat),
            from: Some(NOW.plus_ms(-1_200 * Timestamp::DAY)),
            ..LedgerFilter::default()
        }),
        ("by conversation", |world| LedgerFilter {
            conversation_id: Some(world.marks.usual[0]),
            ..LedgerFilter::default()
        }),
        ("by conversation and host", |world| LedgerFilter {
            conversation_id: Some(world.marks.usual[0]),
            host: Some("in-process".to_owned()),
            ..LedgerFilter::default()
        }),
    ]
}

type Question = fn(&ReadTx<'_>) -> Result<(), StoreError>;

fn totals(worlds: &Worlds<'_>) -> Outcome {
    let questions: [(&str, Question); 4] = [
        ("who received what, in all", |tx| {
            tx.ledger_facets().map(drop)
        }),
        (LAST_DAYS, |tx| {
            tx.ledger_totals(NOW.plus_ms(-7 * Timestamp::DAY)).map(drop)
        }),
        ("what is kept, by kind", |tx| tx.stored_totals().map(drop)),
        ("what is kept, by age", |tx| tx.stored_months(NOW).map(drop)),
    ];
    let (big, small) = (worlds.big.store()?, worlds.small.store()?);
    for (name, question) in questions {
        let (ours, floor) = both(
            Of::Thread,
            TURNS,
            || Ok(big.read(question)?),
            || Ok(small.read(question)?),
        )?;
        let budget = match name {
            LAST_DAYS => Budget::CpuMs(5.0),
            _ => Budget::Ratio(1.5),
        };
        Row::new("ledger", name, SMALL, budget).print(&ours, Some(&floor));
    }
    big.close();
    small.close();
    let runtime = worlds.runtime;
    let (big, small) = runtime.block_on(async {
        Ok::<_, Box<dyn std::error::Error>>((worlds.big.app().await?, worlds.small.app().await?))
    })?;
    let (ours, floor) = both(
        Of::Process,
        TURNS,
        || Ok(runtime.block_on(big.overview())?),
        || Ok(runtime.block_on(small.overview())?),
    )?;
    Row::new("ledger", "the whole overview", SMALL, Budget::CpuMs(5.0)).print(&ours, Some(&floor));
    let (ours, floor) = both(
        Of::Process,
        TURNS,
        || Ok(runtime.block_on(big.recipients())?),
        || Ok(runtime.block_on(small.recipients())?),
    )?;
    Row::new(
        "ledger",
        "the page of recipients",
        SMALL,
        Budget::Ratio(1.5),
    )
    .print(&ours, Some(&floor));
    runtime.block_on(async {
        big.shutdown().await;
        small.shutdown().await;
    });
    Ok(())
}

fn verify(worlds: &Worlds<'_>) -> Outcome {
    let big = worlds.big.store()?;
    let raw = floor::reader(&worlds.big)?;
    let (ours, floor) = both(
        Of::Thread,
        3,
        || match big.read(|tx| tx.ledger_verify())? {
            None => Ok(()),
            Some(_) => Err("the chain is broken".into()),
        },
        || {
            let mut statement = raw.prepare("SELECT * FROM egress_record ORDER BY seq")?;
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            let mut previous = [0_u8; 32];
            while let Some(row) = rows.next()? {
                let mut hash = Sha256::new();
                hash.update(previous);
                for column in 0..columns {
                    match row.get_ref(column)? {
                        rusqlite::types::ValueRef::Text(bytes)
                        | rusqlite::types::ValueRef::Blob(bytes) => {
                            hash.update((bytes.len() as u64).to_be_bytes());
                            hash.update(bytes);
                        }
                        rusqlite::types::ValueRef::Integer(number) => {
                            hash.update(number.to_be_bytes());
                        }
                        _ => {}
                    }
                }
                previous = hash.finalize().into();
            }
            std::hint::black_box(previous);
            Ok(())
        },
    )?;
    Row::new(
        "truth",
        "check the chain of the ledger, every row",
        "raw SQL and SHA-256 of every column",
        Budget::Ratio(2.0),
    )
    .print(&ours, Some(&floor));
    big.close();
    Ok(())
}
