//! The ledger under every filter, its totals, and what clearing leaves.

use fluxchat_model::{
    EgressRecord, LedgerFilter, LegalBasis, Outcome, Purpose, RequestId, Timestamp,
};
use fluxchat_store::{ChainBreak, HostTotal};

use crate::records::{egress, tamper};
use crate::support::{Archive, NOW};

const DAY: i64 = Timestamp::DAY;

/// Rows of several recipients, purposes and outcomes over some days, told by a fixed pattern.
fn fill(archive: &Archive, rows: i64) -> Vec<(EgressRecord, Outcome)> {
    let conversation = archive.conversation("c");
    (0..rows)
        .map(|n| {
            let host = ["api.example", "in-process", "router.example"][(n % 3) as usize];
            let mut record = egress(archive, host, (n % 5 == 0).then_some(conversation));
            // Twice the clock goes back by two days.
            record.at = Timestamp(NOW.0 + n * DAY / 7 - if n % 40 > 30 { 2 * DAY } else { 0 });
            record.request_id = RequestId::new(record.at, archive.random());
            if n % 4 == 0 {
                record.purpose = Purpose::ConsentSync;
                record.basis = LegalBasis::LegalObligation;
            }
            let outcome = [
                Outcome::Sent,
                Outcome::Failed,
                Outcome::Cancelled,
                Outcome::Blocked,
            ][(n % 7 % 4) as usize];
            archive
                .store
                .write(|tx| {
                    if outcome == Outcome::Blocked {
                        return tx.ledger_blocked(&record).map(|_| ());
                    }
                    let seq = tx.ledger_begin(&record)?;
                    tx.ledger_finish(seq, outcome, Some(200), 10 + n as u64, 3)
                })
                .unwrap();
            (record, outcome)
        })
        .collect()
}

/// All pages of a filter, and that no page was longer than asked for.
fn pages(archive: &Archive, filter: &LedgerFilter) -> Vec<i64> {
    let mut filter = filter.clone();
    let mut seqs = Vec::new();
    loop {
        let page = archive.store.read(|tx| tx.ledger_page(&filter, 7)).unwrap();
        assert!(page.len() <= 7);
        let Some(last) = page.last() else { return seqs };
        filter.before_seq = Some(last.seq);
        seqs.extend(page.iter().map(|entry| entry.seq));
    }
}

#[test]
fn every_filter_finds_what_a_look_at_every_row_finds() {
    let archive = Archive::new();
    let rows = fill(&archive, 120);
    let conversation = rows[0].0.conversation_id;
    let mut filters = Vec::new();
    for host in [None, Some("api.example"), Some("nobody.example")] {
        for purpose in [None, Some(Purpose::Chat)] {
            for basis in [None, Some(LegalBasis::LegalObligation)] {
                for outcome in [None, Some(Outcome::Blocked), Some(Outcome::Sent)] {
                    for conversation_id in [None, conversation] {
                        for (from, until) in [
                            (None, None),
                            (Some(3), Some(9)),
                            (None, Some(2)),
                            (Some(400), None),
                        ] {
                            let at = |days: i64| Timestamp(NOW.0 + days * DAY + 12_345);
                            filters.push(LedgerFilter {
                                host: host.map(str::to_owned),
                                purpose,
                                basis,
                                outcome,
                                conversation_id,
                                from: from.map(at),
                                until: until.map(at),
                                before_seq: None,
                            });
                        }
                    }
                }
            }
        }
    }
    let mut found = 0;
    for filter in filters {
        let mut expected: Vec<i64> = (1..)
            .zip(&rows)
            .filter(|(_, (record, outcome))| {
                filter.host.as_ref().is_none_or(|it| *it == record.host)
                    && filter.purpose.is_none_or(|it| it == record.purpose)
                    && filter.basis.is_none_or(|it| it == record.basis)
                    && filter.outcome.is_none_or(|it| it == *outcome)
                    && filter
                        .conversation_id
                        .is_none_or(|it| Some(it) == record.conversation_id)
                    && filter.from.is_none_or(|it| record.at >= it)
                    && filter.until.is_none_or(|it| record.at < it)
            })
            .map(|(seq, _)| seq)
            .collect();
        expected.reverse();
        assert_eq!(pages(&archive, &filter), expected, "{filter:?}");
        found += expected.len();
    }
    assert!(found > 500, "the filters find something");
}

#[test]
fn totals_say_what_a_look_at_every_row_says() {
    let archive = Archive::new();
    let rows = fill(&archive, 120);
    for since in [NOW.0, NOW.0 + 5 * DAY + 777, NOW.0 + 300 * DAY] {
        let mut expected: Vec<HostTotal> = Vec::new();
        for (n, (record, outcome)) in (0_u64..).zip(&rows) {
            if record.at.0 < since || *outcome == Outcome::Blocked {
                continue;
            }
            let known = expected
                .iter_mut()
                .find(|it| it.host == record.host && it.purpose == record.purpose);
            let total = match known {
                Some(total) => total,
                None => {
                    expected.push(HostTotal {
                        host: record.host.clone(),
                        purpose: record.purpose,
                        requests: 0,
                        bytes_out: 0,
                        bytes_in: 0,
                    });
                    expected.last_mut().unwrap()
                }
            };
            total.requests += 1;
            total.bytes_out += 10 + n;
            total.bytes_in += 3;
        }
        expected.sort_by(|a, b| (&a.host, a.purpose).cmp(&(&b.host, b.purpose)));
        let totals = archive.store.read(|tx| tx.ledger_totals(Timestamp(since)));
        assert_eq!(totals, Ok(expected), "since {since}");
    }
    let facets = archive.store.read(|tx| tx.ledger_facets()).unwrap();
    assert_eq!(facets.iter().map(|it| it.requests).sum::<u64>(), 120);
    assert!(facets.iter().all(|it| it.outcome != Outcome::Pending));
    let sent = facets.iter().find(|it| it.host == "api.example").unwrap();
    assert!(sent.first_at <= sent.last_at);
}

#[test]
fn clearing_leaves_one_link_that_the_chain_goes_on_from() {
    let archive = Archive::new();
    for _ in 0..10 {
        let record = egress(&archive, "api.example", None);
        archive.store.write(|tx| tx.ledger_begin(&record)).unwrap();
    }
    let nothing_to_clear = archive
        .store
        .write(|tx| tx.ledger_clear(None, NOW))
        .unwrap();
    assert_eq!(nothing_to_clear, None, "all of them are under way");
    archive.store.write(|tx| tx.ledger_recover()).unwrap();
    let fifth = archive
        .store
        .read(|tx| tx.ledger_page(&LedgerFilter::default(), 6))
        .unwrap()
        .pop()
        .unwrap();

    let at = archive.tick();
    let cleared = archive
        .store
        .write(|tx| tx.ledger_clear(Some(fifth.record.at), at))
        .unwrap()
        .unwrap();
    assert_eq!(
        (cleared.seq, cleared.first_seq, cleared.last_seq),
        (11, 1, 4)
    );
    assert_eq!(cleared.requests, 4);
    let verify = || archive.store.read(|tx| tx.ledger_verify()).unwrap();
    assert_eq!(verify(), None);
    assert_eq!(
        pages(&archive, &LedgerFilter::default()),
        [10, 9, 8, 7, 6, 5]
    );
    assert_eq!(archive.store.ledger_sweep(), Ok(4));
    assert_eq!(archive.store.ledger_sweep(), Ok(0));
    assert_eq!(verify(), None);

    let record = egress(&archive, "router.example", None);
    archive
        .store
        .write(|tx| tx.ledger_blocked(&record))
        .unwrap();
    let all = archive
        .store
        .write(|tx| tx.ledger_clear(None, archive.tick()));
    let all = all.unwrap().unwrap();
    assert_eq!((all.seq, all.last_seq, all.requests), (13, 12, 11));
    assert_eq!(all.first_hash, cleared.first_hash);
    assert_eq!(archive.store.ledger_sweep(), Ok(7));
    let summaries = archive.store.read(|tx| tx.ledger_summaries()).unwrap();
    assert_eq!(summaries, [all], "one link for all of them");
    assert_eq!(archive.store.read(|tx| tx.ledger_facets()), Ok(Vec::new()));
    assert_eq!(verify(), None);

    let record = egress(&archive, "api.example", None);
    let next = archive.store.write(|tx| tx.ledger_begin(&record));
    assert_eq!(next, Ok(14), "places are never used twice");
    assert_eq!(verify(), None);
    tamper(
        &archive,
        "DROP TRIGGER ledger_summary_is_final; UPDATE ledger_summary SET requests = 3;",
    );
    assert_eq!(verify(), Some(ChainBreak { seq: 13 }));
}

#[test]
fn no_row_goes_without_its_summary() {
    let archive = Archive::new();
    let record = egress(&archive, "api.example", None);
    archive
        .store
        .write(|tx| tx.ledger_blocked(&record))
        .unwrap();
    assert_eq!(archive.store.ledger_sweep(), Ok(0));
    let refused = std::panic::catch_unwind(|| tamper(&archive, "DELETE FROM egress_record"));
    assert!(refused.is_err(), "the table refuses");
    assert_eq!(pages(&archive, &LedgerFilter::default()), [1]);
}

#[test]
fn what_is_kept_is_counted_by_month() {
    let archive = Archive::new();
    let conversation = archive.conversation("c");
    archive.talk(conversation, &["one", "two", "three"]);
    let months = archive
        .store
        .read(|tx| tx.stored_months(NOW.plus_ms(70 * DAY)))
        .unwrap();
    let [month] = &months[..] else {
        panic!("{months:?}")
    };
    assert_eq!(
        (
            month.kind.as_str(),
            month.month,
            month.count,
            month.months_ago
        ),
        ("message", 202_611, 3, 3)
    );
    archive.erase(fluxchat_model::ErasureScope::Conversation(conversation));
    assert_eq!(
        archive
            .store
            .read(|tx| tx.stored_months(NOW.plus_ms(70 * DAY))),
        Ok(Vec::new())
    );
    let conversation = archive.conversation("d");
    archive.talk(conversation, &["four"]);
    archive.erase(fluxchat_model::ErasureScope::Everything);
    assert_eq!(
        archive
            .store
            .read(|tx| tx.stored_months(NOW.plus_ms(70 * DAY))),
        Ok(Vec::new())
    );
}
