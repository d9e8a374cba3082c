//! Everything that goes into an export, entry by entry, page by page.

use std::io::Write;

use fluxchat_exchange::rows::{
    AttachmentRow, ConversationRow, DraftRow, MessageRow, NameRow, SandboxRow, SearchRow,
};
use fluxchat_exchange::{
    EntryKind, Markdown, Names, Package, README, attachment_path, attachment_text_path, schema,
};
use fluxchat_model::{
    AssetId, Conversation, DraftKey, LedgerFilter, Message, Source, StoredKind, StoredTotal,
};
use fluxchat_store::{NamedRow, PathAnchor, ReadTx};
use fluxchat_vault::asset::AssetReader;
use serde::Serialize;
use serde_json::Value;

use super::{Course, Halt};
use crate::{consent_records, verify};

const PAGE: u32 = 500;
/// As much of a branch at a time.
pub(super) const BRANCH_PAGE: u32 = 100;
/// As much of a file at a time: one chunk of the vault.
const CHUNK: u64 = 64 << 10;
/// More than the search history and the reports ever hold.
const ALL: u32 = 100_000;
/// JSON of a row is at most about this many times as long as what is counted of it.
const SWELL: u64 = 4;

/// Writes all entries but the manifest.
pub(super) fn write<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
) -> Result<(), Halt> {
    let totals = tx.stored_totals()?;
    let count = |kind| u64::from(total(&totals, kind).map_or(0, |it| it.count));
    course.progress.items_total = count(StoredKind::Conversations) * 2
        + count(StoredKind::Messages)
        + count(StoredKind::Assets) * 2
        + count(StoredKind::Ledger)
        + count(StoredKind::Sandbox);
    course.begin("about")?;
    out.text("README.md", README)?;
    for (path, text) in schema::ALL {
        out.text(path, text)?;
    }
    let sources = tx.sources()?;
    rows(
        out,
        course,
        "folders",
        tx.export_folders()?.into_iter().map(named),
    )?;
    rows(
        out,
        course,
        "tags",
        tx.export_tags()?.into_iter().map(named),
    )?;
    rows(out, course, "presets", tx.presets()?)?;
    rows(out, course, "prompts", tx.saved_prompts()?)?;
    rows(out, course, "tool_servers", tx.tool_servers()?)?;
    conversations(tx, out, course)?;
    messages(tx, out, course, bytes(&totals, StoredKind::Messages))?;
    rows(
        out,
        course,
        "drafts",
        tx.export_drafts()?.into_iter().map(draft),
    )?;
    let searches = tx.recent_searches(ALL)?.into_iter();
    rows(
        out,
        course,
        "search_history",
        searches.map(|it| SearchRow {
            query: it.query,
            at: it.at,
        }),
    )?;
    attachments(tx, out, course)?;
    rows(out, course, "retention", tx.retention_rules()?)?;
    out.document("sources.json", &sources)?;
    out.document("settings.json", &settings(tx)?)?;
    rows(out, course, "consents", tx.consent_events()?)?;
    let records = consent_records::records(tx)?;
    out.document(
        "consent_records.jsonld",
        &consent_records::document(&records),
    )?;
    rows(out, course, "objections", tx.objection_events()?)?;
    statement_flags(tx, out, course)?;
    rows(out, course, "ledger_cleared", tx.ledger_summaries()?)?;
    ledger(tx, out, course, bytes(&totals, StoredKind::Ledger))?;
    rows(out, course, "receipts", tx.receipts()?)?;
    course.begin("chains")?;
    out.document("chains.json", &verify::verify(tx)?)?;
    rows(out, course, "requests", tx.privacy_requests()?)?;
    sandbox(tx, out, course)?;
    diagnostics(tx, out, course)?;
    markdown(tx, out, course, &sources)?;
    media(tx, out, course)?;
    course.begin("manifest")
}

fn total(totals: &[StoredTotal], kind: StoredKind) -> Option<&StoredTotal> {
    totals.iter().find(|total| total.kind == kind)
}

fn bytes(totals: &[StoredTotal], kind: StoredKind) -> u64 {
    total(totals, kind).map_or(0, |it| it.bytes.saturating_mul(SWELL))
}

/// A file of rows that are few enough to be read at once.
fn rows<W: Write, T: Serialize>(
    out: &mut Package<W>,
    course: &mut Course<'_>,
    name: &'static str,
    all: impl IntoIterator<Item = T>,
) -> Result<(), Halt> {
    course.begin(name)?;
    let path = format!("{name}.jsonl");
    let mut entry = out.entry(&path, EntryKind::Text, 0)?.with_schema(&path);
    for row in all {
        entry.row(&row)?;
    }
    entry.finish();
    Ok(())
}

fn named(row: NamedRow) -> NameRow {
    NameRow {
        id: row.id.to_string(),
        name: row.name,
        created_at: row.created_at,
    }
}

fn draft(row: fluxchat_store::DraftRow) -> DraftRow {
    DraftRow {
        conversation_id: match row.key {
            DraftKey::NewConversation => None,
            DraftKey::Conversation(id) => Some(id),
        },
        updated_at: row.updated_at,
        text: row.text,
    }
}

/// Every setting by its name, decoded.
fn settings(tx: &ReadTx<'_>) -> Result<serde_json::Map<String, Value>, Halt> {
    let mut all = serde_json::Map::new();
    for (key, text) in tx.settings()? {
        if !crate::settings::is_secret(&key) {
            all.insert(key, serde_json::from_str(&text).unwrap_or(Value::Null));
        }
    }
    Ok(all)
}

/// Goes through all conversations; the names of their files come out the same each time.
fn each_conversation(
    tx: &ReadTx<'_>,
    mut f: impl FnMut(&Conversation, &fluxchat_store::ConversationPlace, &str) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let mut names = Names::default();
    let mut after = i64::MIN;
    loop {
        let page = tx.export_conversations(after, PAGE)?;
        for place in &page {
            if let Some(conversation) = tx.conversation(place.id)? {
                let day = Markdown::day(conversation.created_at);
                let name = names.conversation(&day, &conversation.title);
                f(&conversation, place, &format!("markdown/{name}"))?;
            }
        }
        match page.last() {
            Some(last) => after = last.seq,
            None => return Ok(()),
        }
    }
}

fn conversations<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
) -> Result<(), Halt> {
    course.begin("conversations")?;
    let path = "conversations.jsonl";
    let mut entry = out.entry(path, EntryKind::Text, 0)?.with_schema(path);
    each_conversation(tx, |conversation, place, markdown| {
        entry.row(&ConversationRow {
            conversation,
            root_id: place.root_id,
            tag_ids: tx.export_tags_of(place.id)?,
            instructions: Some(tx.instructions(place.id)?).filter(|it| !it.is_empty()),
            origin: tx.fork_origin(place.id)?,
            markdown,
        })?;
        course.step(1, entry.written())
    })?;
    entry.finish();
    Ok(())
}

fn messages<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
    expected: u64,
) -> Result<(), Halt> {
    course.begin("messages")?;
    let path = "messages.jsonl";
    let mut entry = out
        .entry(path, EntryKind::Text, expected)?
        .with_schema(path);
    let mut after = i64::MIN;
    loop {
        let page = tx.export_messages(after, PAGE)?;
        for place in &page {
            if let Some(message) = tx.message(place.id)? {
                entry.row(&MessageRow {
                    message: &message,
                    depth: place.depth,
                    shown_child_id: place.shown_child_id,
                })?;
            }
            course.step(1, entry.written())?;
        }
        match page.last() {
            Some(last) => after = last.seq,
            None => break,
        }
    }
    entry.finish();
    Ok(())
}

fn each_asset(
    tx: &ReadTx<'_>,
    mut f: impl FnMut(&fluxchat_store::Asset, &str) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let mut after: Option<AssetId> = None;
    loop {
        let page = tx.export_assets(after, PAGE)?;
        for id in &page {
            if let Some(asset) = tx.asset(*id)? {
                let path = attachment_path(asset.id, &asset.media_type, &asset.name);
                f(&asset, &path)?;
            }
        }
        match page.last() {
            Some(last) => after = Some(*last),
            None => return Ok(()),
        }
    }
}

fn attachments<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
) -> Result<(), Halt> {
    course.begin("attachments")?;
    let path = "attachments.jsonl";
    let mut entry = out.entry(path, EntryKind::Text, 0)?.with_schema(path);
    each_asset(tx, |asset, path| {
        let facts = tx.attachment(asset.id)?.map(|it| it.facts);
        let has_text = facts.as_ref().is_some_and(|it| it.text_bytes > 0);
        let text_path = has_text.then(|| attachment_text_path(asset.id));
        entry.row(&AttachmentRow {
            id: asset.id,
            path,
            text_path: text_path.as_deref(),
            name: &asset.name,
            media_type: &asset.media_type,
            bytes: asset.bytes,
            from: facts.as_ref().and_then(|it| it.from.as_deref()),
            created_at: asset.created_at,
            conversation_id: asset.conversation_id,
        })?;
        course.step(1, entry.written())
    })?;
    entry.finish();
    Ok(())
}

/// Whether words were found in a file.
fn has_text(tx: &ReadTx<'_>, id: AssetId) -> Result<bool, Halt> {
    Ok(tx.attachment(id)?.is_some_and(|it| it.facts.text_bytes > 0))
}

/// The words that were found in a file, page by page, beside it.
fn attachment_text<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
    id: AssetId,
) -> Result<(), Halt> {
    if !has_text(tx, id)? {
        return Ok(());
    }
    let mut entry = out.entry(&attachment_text_path(id), EntryKind::Text, 0)?;
    let (mut from, mut page) = (0, 0);
    loop {
        let pieces = tx.attachment_chunks(id, from, BRANCH_PAGE)?;
        let Some(last) = pieces.last() else { break };
        from = last.seq + 1;
        for piece in &pieces {
            if piece.page != page {
                let gap = if page == 0 { "" } else { "\n\n" };
                page = piece.page;
                entry.write_all(format!("{gap}[Page {page}]\n\n").as_bytes())?;
            }
            let fresh = usize::try_from(piece.fresh).unwrap_or(0);
            entry.write_all(piece.body.get(fresh..).unwrap_or_default().as_bytes())?;
        }
        course.step(0, entry.written())?;
    }
    entry.finish();
    Ok(())
}

fn ledger<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
    expected: u64,
) -> Result<(), Halt> {
    course.begin("ledger")?;
    let path = "ledger.jsonl";
    let mut entry = out
        .entry(path, EntryKind::Text, expected)?
        .with_schema(path);
    let mut filter = LedgerFilter::default();
    loop {
        let page = tx.ledger_page(&filter, PAGE)?;
        for row in &page {
            entry.row(row)?;
            course.step(1, entry.written())?;
        }
        match page.last() {
            Some(last) => filter.before_seq = Some(last.seq),
            None => break,
        }
    }
    entry.finish();
    Ok(())
}

fn statement_flags<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
) -> Result<(), Halt> {
    course.begin("statement_flags")?;
    let path = "statement_flags.jsonl";
    let mut entry = out.entry(path, EntryKind::Text, 0)?.with_schema(path);
    let mut after = 0;
    loop {
        let page = tx.statement_flags(None, after, PAGE)?;
        for flag in &page {
            entry.row(flag)?;
            course.step(0, entry.written())?;
        }
        match page.last() {
            Some(last) => after = last.seq,
            None => break,
        }
    }
    entry.finish();
    Ok(())
}

fn sandbox<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
) -> Result<(), Halt> {
    course.begin("sandbox")?;
    let path = "sandbox.jsonl";
    let mut entry = out.entry(path, EntryKind::Text, 0)?.with_schema(path);
    let mut after = i64::MIN;
    loop {
        let page = tx.export_sandbox(after, PAGE)?;
        for (seq, record) in page.iter().cloned() {
            after = seq;
            entry.row(&SandboxRow {
                body: serde_json::from_str(&record.body).unwrap_or(Value::Null),
                collection: record.collection,
                key: record.key,
                owner: record.owner,
                at: record.at,
            })?;
            course.step(1, entry.written())?;
        }
        if page.is_empty() {
            break;
        }
    }
    entry.finish();
    Ok(())
}

fn diagnostics<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
) -> Result<(), Halt> {
    let reports = tx.diagnostic_reports(ALL)?.into_iter().map(|report| {
        let body = serde_json::from_str(&report.body).unwrap_or(Value::Null);
        let mut row = serde_json::to_value(&report).unwrap_or(Value::Null);
        row["body"] = body;
        row
    });
    rows(out, course, "diagnostics", reports)
}

fn markdown<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
    sources: &[Source],
) -> Result<(), Halt> {
    course.begin("markdown")?;
    each_conversation(tx, |conversation, _, path| {
        let source = sources
            .iter()
            .find(|source| Some(source.id) == conversation.source_id)
            .map(|source| source.name.as_str());
        let mut entry = out.entry(path, EntryKind::Text, 0)?;
        let mut page = tx.path_page(conversation.id, PathAnchor::Start, BRANCH_PAGE)?;
        let all = tx.export_message_count(conversation.id)?;
        let others = all.saturating_sub(u64::from(page.total));
        let mut notes = 0;
        entry.write_all(Markdown::head(conversation, source, others).as_bytes())?;
        while let Some(last) = page.items.last().map(|item| item.message.id) {
            for item in &page.items {
                let version = (item.sibling_index + 1, item.sibling_count);
                let with_text = with_text(tx, &item.message)?;
                let message = crate::chat::writable(item.message.clone());
                let text = Markdown::message(&message, version, &with_text, &mut notes);
                entry.write_all(text.as_bytes())?;
                if let Some(flag) = tx.statement_flag(item.message.id)? {
                    entry.write_all(Markdown::flag(&flag).as_bytes())?;
                }
                course.step(0, entry.written())?;
            }
            if !page.has_later() {
                break;
            }
            page = tx.path_page(conversation.id, PathAnchor::After(last), BRANCH_PAGE)?;
        }
        course.step(1, entry.written())?;
        entry.finish();
        Ok(())
    })
}

/// The files of a message in which words were found.
fn with_text(tx: &ReadTx<'_>, message: &Message) -> Result<Vec<AssetId>, Halt> {
    let mut found = Vec::new();
    for id in crate::attachments::of(&message.parts) {
        if has_text(tx, id)? {
            found.push(id);
        }
    }
    Ok(found)
}

/// The files, decrypted chunk by chunk, and the words that were found in them. One that is damaged or gone ends where it breaks off, and
/// the manifest says so: the others are no worse for it.
fn media<W: Write>(
    tx: &ReadTx<'_>,
    out: &mut Package<W>,
    course: &mut Course<'_>,
) -> Result<(), Halt> {
    course.begin("media")?;
    let app = course.app;
    each_asset(tx, |asset, path| {
        attachment_text(tx, out, course, asset.id)?;
        let mut reader = match AssetReader::open(&app.asset_path(asset.id), &asset.key) {
            Ok(reader) => reader,
            Err(error) => {
                out.problem(path, error.code());
                return course.step(1, out.written());
            }
        };
        let mut entry = out.entry(path, EntryKind::Media(reader.len()), 0)?;
        let mut at = 0;
        while at < reader.len() {
            let piece = match reader.read_range(at, CHUNK as usize) {
                Ok(piece) => piece,
                Err(error) => {
                    entry.problem(error.code());
                    break;
                }
            };
            at += piece.len() as u64;
            entry.write_all(&piece)?;
            course.step(0, entry.written())?;
        }
        course.step(1, entry.written())?;
        entry.finish();
        Ok(())
    })
}
