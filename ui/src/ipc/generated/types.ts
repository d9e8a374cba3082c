// Generated from crates/ipc by `cargo xtask codegen`. Do not edit.

/**
 * What a model can do. What is `None` was not told.
 */
export type Abilities = { 
/**
 * Answers in a conversation; false for models that only make vectors, pictures or sound.
 */
chat?: boolean, 
/**
 * Sees pictures.
 */
images?: boolean, 
/**
 * Reads files such as PDF.
 */
files?: boolean, 
/**
 * Hears sound.
 */
audio?: boolean, 
/**
 * Asks for tools.
 */
tools?: boolean, 
/**
 * Thinks before it answers.
 */
reasoning?: boolean, 
/**
 * Decides by itself how much to think, within an effort; where it does not, it is told a number
 * of tokens. Anthropic’s list alone tells.
 */
adaptive_thinking?: boolean, };

/**
 * A request in flight.
 */
export type ActiveRequest = { 
/**
 * Which.
 */
request_id: RequestId, 
/**
 * To whom.
 */
host: string, 
/**
 * Why.
 */
purpose: string, 
/**
 * True if it does not leave the computer.
 */
in_process: boolean, };

/**
 * What is kept of one age.
 */
export type AgeRow = { 
/**
 * `this_month`, `three_months`, `year` or `older`.
 */
age: 'this_month' | 'three_months' | 'year' | 'older', 
/**
 * Messages.
 */
messages: number, 
/**
 * Files.
 */
files: number, 
/**
 * Bytes of both.
 */
bytes: number, };

/**
 * How a table column is aligned.
 */
export type Alignment = "none" | "left" | "center" | "right";

/**
 * Something the person should see beside an answer.
 */
export type AnswerNotice = { "kind": "parameter_dropped", 
/**
 * The name of the setting.
 */
name: string, } | { "kind": "part_left_out", 
/**
 * The name of the file, or its media type.
 */
name: string, } | { "kind": "file_left_out", 
/**
 * The name of the file.
 */
name: string, } | { "kind": "frames_skipped", 
/**
 * How many.
 */
count: number, } | { "kind": "tools_missing", 
/**
 * The name of the server.
 */
name: string, } | { "kind": "tools_offline", 
/**
 * The name of the server.
 */
name: string, } | { "kind": "tools_elsewhere", 
/**
 * The name of the server.
 */
name: string, } | { "kind": "tools_key", 
/**
 * The name of the server.
 */
name: string, } | { "kind": "tools_sign_in", 
/**
 * The name of the server.
 */
name: string, } | { "kind": "tools_more", 
/**
 * The name of the server.
 */
name: string, 
/**
 * What, in its words; empty where it does not say.
 */
scopes: Array<string>, } | { "kind": "rounds_spent", 
/**
 * How often it may.
 */
count: number, } | { "kind": "rewritten" };

/**
 * Somebody who answers.
 */
export type AnswererReq = { 
/**
 * Where from.
 */
source_id: SourceId, 
/**
 * Which model; `None` for the first of the source.
 */
model?: string, };

/**
 * A failure as it crosses to the window: a stable code for machines, sentences for people.
 */
export type ApiError = { 
/**
 * Stable; translations are keyed by it.
 */
code: string, 
/**
 * What happened, one sentence.
 */
message: string, 
/**
 * What was kept, one sentence; may be empty.
 */
kept: string, 
/**
 * What to do next, one sentence; may be empty.
 */
next: string, 
/**
 * When trying again makes sense, in milliseconds from now.
 */
retry_after_ms: number | null, 
/**
 * What `message` names and quotes, for sentences in other languages.
 */
named?: Named, };

/**
 * One encrypted file.
 */
export type AssetId = string;

/**
 * Begins to hand a file over, in pieces.
 */
export type AttachmentBeginReq = { 
/**
 * Where; `None` for a new conversation.
 */
conversation_id?: ConversationId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its size in bytes.
 */
size: number, };

/**
 * A file that was attached.
 */
export type AttachmentFile = { 
/**
 * Where `fluxblob:` serves it.
 */
asset_id: AssetId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its media type.
 */
media_type: string, 
/**
 * Its size.
 */
bytes: number, 
/**
 * How it was read.
 */
kind: AttachmentKind, 
/**
 * How many pages, slides or sheets it has; 0 for files without.
 */
page_count: number, 
/**
 * How long its text is, in bytes.
 */
text_bytes: number, 
/**
 * Whether some of its text is missing.
 */
is_partial: boolean, 
/**
 * Whether place, camera and the like were taken out.
 */
had_details: boolean, 
/**
 * Whether the picture was made smaller.
 */
was_scaled: boolean, 
/**
 * Of a picture, in pixels.
 */
width: number, 
/**
 * Of a picture, in pixels.
 */
height: number, 
/**
 * The server of tools it came from, as it was called then.
 */
from: string | null, };

/**
 * How a file is read.
 */
export type AttachmentKind = "picture" | "pdf" | "document" | "sheet" | "slides" | "html" | "text" | "audio";

/**
 * Files beside an unsent text.
 */
export type AttachmentList = { 
/**
 * In the order in which they were attached.
 */
files: Array<AttachmentPlan>, };

/**
 * The files beside an unsent text, and how a source would be given them.
 */
export type AttachmentListReq = { 
/**
 * Where; `None` for a new conversation.
 */
conversation_id?: ConversationId, 
/**
 * Which source would answer.
 */
source_id?: SourceId, 
/**
 * Which model would.
 */
model?: string, };

/**
 * The text of a page, or of a part of one.
 */
export type AttachmentPage = { 
/**
 * Its number; 0 for files without pages.
 */
number: number, 
/**
 * The words.
 */
text: string, };

/**
 * A file and how a source would be given it.
 */
export type AttachmentPlan = { 
/**
 * The file.
 */
file: AttachmentFile, 
/**
 * How much of it; `None`: nothing, the source cannot take it or there is no room for it.
 */
way: AttachmentWay | null, 
/**
 * The pages, where it is not all.
 */
pages: Array<number>, 
/**
 * Whether it leaves as it is although private details are to be replaced.
 */
unredacted: boolean, 
/**
 * Whether it goes with the question, and not with an earlier one.
 */
is_new: boolean, 
/**
 * Whether the source could take it, but one request cannot carry it beside the others.
 */
no_room: boolean, };

/**
 * A piece of a file.
 */
export type AttachmentPutReq = { 
/**
 * Which.
 */
upload: number, 
/**
 * At most 512 kB, as Base64.
 */
data: string, };

/**
 * Takes a file away from an unsent text.
 */
export type AttachmentRemoveReq = { 
/**
 * Where; `None` for a new conversation.
 */
conversation_id?: ConversationId, 
/**
 * Which.
 */
asset_id: AssetId, };

/**
 * Names a file.
 */
export type AttachmentReq = { 
/**
 * Which.
 */
asset_id: AssetId, };

/**
 * A file that belongs to a message.
 */
export type AttachmentRow = { 
/**
 * Where `fluxblob:` serves it.
 */
asset_id: AssetId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its media type.
 */
media_type: string, };

/**
 * Whether a copy was saved.
 */
export type AttachmentSaved = { 
/**
 * False if the person changed their mind in the dialog.
 */
saved: boolean, };

/**
 * Attaches a file that was dropped on the window.
 */
export type AttachmentTakeReq = { 
/**
 * Where; `None` for a new conversation.
 */
conversation_id?: ConversationId, 
/**
 * Which.
 */
number: number, };

/**
 * A stretch of the text of a file.
 */
export type AttachmentText = { 
/**
 * The file.
 */
file: AttachmentFile, 
/**
 * In order.
 */
pages: Array<AttachmentPage>, 
/**
 * Where it goes on; `None` at the end.
 */
next: number | null, };

/**
 * The text of a file, some of it at a time.
 */
export type AttachmentTextReq = { 
/**
 * Which.
 */
asset_id: AssetId, 
/**
 * `next` of the stretch before.
 */
from: number | null, 
/**
 * Where to begin instead: a page.
 */
page?: number, };

/**
 * What a source was given of a file.
 */
export type AttachmentTold = { 
/**
 * Which.
 */
asset_id: AssetId, 
/**
 * Its name; `None` if it is gone.
 */
name: string | null, 
/**
 * How much.
 */
way: AttachmentWay, 
/**
 * The pages, where it was not all.
 */
pages: Array<number>, 
/**
 * How many pages it has.
 */
page_count: number, };

/**
 * A file that is being handed over.
 */
export type AttachmentUpload = { 
/**
 * Its number.
 */
upload: number, };

/**
 * Names a file that is being handed over.
 */
export type AttachmentUploadReq = { 
/**
 * Its number.
 */
upload: number, };

/**
 * How much of a file a source is given.
 */
export type AttachmentWay = "file" | "text" | "pages";

/**
 * What an answer's source was given of files.
 */
export type AttachmentsTold = { 
/**
 * A line each.
 */
files: Array<AttachmentTold>, };

/**
 * What an answer of a service is worth.
 */
export type Attestation = "none" | "said" | "checked";

/**
 * Who is going to use the app.
 */
export type Audience = "adult" | "guardian";

/**
 * A block of text.
 */
export type Block = { "type": "paragraph", 
/**
 * The text.
 */
inlines: Array<Inline>, } | { "type": "heading", 
/**
 * 1 to 6.
 */
level: number, 
/**
 * The text.
 */
inlines: Array<Inline>, } | { "type": "code_block", 
/**
 * The first word of the info string, lower case; `None` without one.
 */
language: string | null, 
/**
 * The lines without their line ends.
 */
lines: Array<Array<Span>>, 
/**
 * False while the closing fence is missing: still streaming, or cut off.
 */
closed: boolean, } | { "type": "list", 
/**
 * The first number of an ordered list; `None` for bullets.
 */
ordered_start: number | null, 
/**
 * True when no blank line separates the items: no paragraph spacing.
 */
tight: boolean, 
/**
 * The items.
 */
items: Array<ListItem>, } | { "type": "quote", 
/**
 * What is quoted.
 */
blocks: Array<Block>, } | { "type": "table", 
/**
 * One per column.
 */
alignments: Array<Alignment>, 
/**
 * The cells of the header row.
 */
header: Array<Array<Inline>>, 
/**
 * The rows below it.
 */
rows: Array<Array<Array<Inline>>>, } | { "type": "math", 
/**
 * The TeX between the delimiters: for copying, and shown when `mathml` is missing.
 */
source: string, 
/**
 * The formula as nodes; `None` when the TeX is broken, unknown or too big.
 */
mathml: MathNode | null, } | { "type": "rule" } | { "type": "footnote_definition", 
/**
 * As written, without `[^` and `]`.
 */
label: string, 
/**
 * The number its references show.
 */
number: number, 
/**
 * The text.
 */
blocks: Array<Block>, } | { "type": "html_source", 
/**
 * The source, line ends kept.
 */
text: string, };

/**
 * One change of a block tree. Its JSON is under [`MAX_OP_BYTES`].
 *
 * Paths are those of [`crate::block`]. Operations are applied in order; each one
 * speaks of the tree as the ones before have left it.
 */
export type BlockOp = { "type": "append_text", 
/**
 * The node.
 */
path: Array<number>, 
/**
 * What is added.
 */
text: string, } | { "type": "push_block", 
/**
 * The node whose children are blocks; empty for the document.
 */
path: Array<number>, 
/**
 * The new last block.
 */
block: Block, } | { "type": "replace_tail", 
/**
 * The node that owns the sequence; empty for the document.
 */
path: Array<number>, 
/**
 * How many children stay.
 */
from_index: number, 
/**
 * The new tail; may be empty.
 */
nodes: Nodes, } | { "type": "replace_range", 
/**
 * The node that owns the sequence; empty for the document.
 */
path: Array<number>, 
/**
 * The first child to go.
 */
from_index: number, 
/**
 * How many go.
 */
count: number, 
/**
 * What comes in their place.
 */
nodes: Nodes, } | { "type": "update_block", 
/**
 * The block.
 */
path: Array<number>, 
/**
 * Its new fields.
 */
block: Block, };

/**
 * A request that was refused.
 */
export type BlockedRequest = { 
/**
 * To whom it would have gone.
 */
host: string, 
/**
 * Why it was made.
 */
purpose: string, 
/**
 * The code of the refusal.
 */
code: string, };

/**
 * A limit that a person sets to what answers may cost.
 */
export type Budget = { 
/**
 * The source it is for; `None` for all together.
 */
source_id: SourceId | null, 
/**
 * The time it is for.
 */
period: Period, 
/**
 * The limit, in billionths of a US dollar.
 */
nanos: number, 
/**
 * From what share on it warns, in percent.
 */
warn_percent: number, };

/**
 * Names a budget.
 */
export type BudgetRemoveReq = { 
/**
 * The source it is for; `None` for all together.
 */
source_id?: SourceId, 
/**
 * The time it is for.
 */
period: Period, };

/**
 * Sets a budget; there is one for a source and a time.
 */
export type BudgetReq = { 
/**
 * The source it is for; `None` for all together.
 */
source_id?: SourceId, 
/**
 * The time it is for.
 */
period: Period, 
/**
 * The limit, in billionths of a US dollar.
 */
nanos: number, 
/**
 * From what share on it warns, in percent.
 */
warn_percent: number, };

/**
 * A budget and how much of it is used.
 */
export type BudgetRow = { 
/**
 * The budget.
 */
budget: Budget, 
/**
 * The name of the source it is for.
 */
source: string | null, 
/**
 * What was spent, what is arriving included, in billionths of a US dollar.
 */
spent: number, 
/**
 * Whether it is to be warned of.
 */
near: boolean, };

/**
 * Why a budget stopped a question.
 */
export type BudgetStop = { 
/**
 * The time it is for.
 */
period: Period, 
/**
 * The limit, in billionths of a US dollar.
 */
limit: number, 
/**
 * What is spent, what is arriving included.
 */
spent: number, 
/**
 * The most the question may cost; 0 where that is not known.
 */
more: number, };

/**
 * Whether a chain holds.
 */
export type ChainReport = { 
/**
 * How many links.
 */
rows: number, 
/**
 * The first link that does not follow from the one before.
 */
broken_at: number | null, };

/**
 * One look at one thing.
 */
export type Check = { 
/**
 * Stable, such as `delete.nothing_left`; translations hang on it.
 */
id: string, 
/**
 * The law it looks at.
 */
law: Law, 
/**
 * What it came to.
 */
verdict: Verdict, 
/**
 * What was looked at, one sentence in English.
 */
says: string, 
/**
 * The figure behind it, where there is one: hits, rows, pages, bytes.
 */
figure: number | null, };

/**
 * Where a statement comes from.
 */
export type CitationRow = { 
/**
 * For people.
 */
title: string, 
/**
 * The host, `help` for a bundled page, or `attachment` for a page of a file.
 */
host: string, 
/**
 * The bundled page and section, for `help`.
 */
help: string | null, 
/**
 * The file and its page, for `attachment`.
 */
file: CitedPage | null, 
/**
 * The whole address for reading, where a browser may be given it.
 */
address: string | null, };

/**
 * A page of a file.
 */
export type CitedPage = { 
/**
 * Which file.
 */
asset_id: AssetId, 
/**
 * Which page.
 */
page: number, };

/**
 * The one link that stands for cleared rows.
 */
export type ClearedRow = { 
/**
 * Its place in the chain.
 */
seq: number, 
/**
 * When it was cleared.
 */
at: Timestamp, 
/**
 * How many requests it stands for.
 */
requests: number, 
/**
 * How many bytes had left.
 */
bytes_out: number, 
/**
 * When the earliest was made.
 */
first_at: Timestamp, 
/**
 * When the latest was made.
 */
last_at: Timestamp, 
/**
 * Its hash.
 */
hash: string, };

/**
 * A block of code beside those of other branches.
 */
export type CodeBeside = { 
/**
 * Newest first.
 */
rows: Array<CodeBesideRow>, };

/**
 * A block of code beside that of another branch.
 */
export type CodeBesideRow = { 
/**
 * The message there.
 */
message_id: MessageId, 
/**
 * Who said it.
 */
model: string | null, 
/**
 * By its name.
 */
source_name: string | null, 
/**
 * What stands there instead, line by line; `None` where no block is like it.
 */
parts: Array<TextPart> | null, };

/**
 * Names a block of code.
 */
export type CodeReq = { 
/**
 * Of this message.
 */
message_id: MessageId, 
/**
 * Of what was thought on the way, not of its words.
 */
in_reasoning: boolean, 
/**
 * The how many-th in reading order, from 0.
 */
index: number, };

/**
 * Whether a block of code was saved.
 */
export type CodeSaved = { 
/**
 * False if the person changed their mind in the dialog.
 */
saved: boolean, };

/**
 * Writes the consent records to a file that the person chooses in a dialog of the system.
 */
export type ConsentExportReq = { 
/**
 * How.
 */
format: ConsentFormat, };

/**
 * How consents are written down.
 */
export type ConsentFormat = "iso27560" | "kantara";

/**
 * All purposes.
 */
export type ConsentList = { 
/**
 * The optional ones first.
 */
rows: Array<ConsentRow>, };

/**
 * A purpose and where it stands.
 */
export type ConsentRow = { 
/**
 * `diag.crash`, …
 */
purpose: string, 
/**
 * Whether it is agreed to.
 */
given: boolean, 
/**
 * Since when it stands so; `None` if never asked.
 */
at: Timestamp | null, 
/**
 * Under which policy.
 */
policy_version: string | null, 
/**
 * Whether it can be given and withdrawn; the others rest on another basis.
 */
optional: boolean, 
/**
 * True where a guardian keeps it off.
 */
locked: boolean, 
/**
 * The basis.
 */
basis: LegalBasis, 
/**
 * What it may carry.
 */
categories: Array<DataCategory>, };

/**
 * Gives or withdraws; effective before the next request.
 */
export type ConsentSetReq = { 
/**
 * Which.
 */
purpose: string, 
/**
 * Which way.
 */
given: boolean, };

/**
 * What a question would take along.
 */
export type ContextEstimate = { 
/**
 * The rule.
 */
rule: ContextRule, 
/**
 * How many messages go along, the question included.
 */
messages: number, 
/**
 * How many earlier ones do not.
 */
left_out: number, 
/**
 * The first that goes along after what does not.
 */
first_sent: MessageId | null, 
/**
 * About how many tokens all that is.
 */
tokens: number, 
/**
 * How many the model reads, where it is known.
 */
context: number | null, 
/**
 * How many of them are kept for the answer.
 */
reserved: number, 
/**
 * About what reading it costs, in billionths of a US dollar.
 */
nanos: number | null, 
/**
 * The same with the longest answer that a person or a budget allows.
 */
nanos_most: number | null, 
/**
 * How many tokens of an answer a budget has room for, where that is less than the model
 * may say.
 */
longest: number | null, 
/**
 * Where the price comes from.
 */
basis: CostBasis | null, 
/**
 * Of which day a published price is (RFC 3339 date).
 */
price_day?: string, 
/**
 * The budget that is nearly used up.
 */
warning: BudgetRow | null, 
/**
 * Why it would not be sent.
 */
stop: VisibleError | null, };

/**
 * Which messages of a conversation go along with a question.
 */
export type ContextRule = { "rule": "all" } | { "rule": "last", 
/**
 * How many, at least one.
 */
messages: number, } | { "rule": "fit" };

/**
 * What the answers of a conversation cost, all branches together.
 */
export type ConversationCost = { 
/**
 * How many have a known cost.
 */
priced: number, 
/**
 * What they cost, in billionths of a US dollar.
 */
nanos: number, };

/**
 * A page of what lies in a folder or under a tag, archived or not: one of the two.
 */
export type ConversationFiledReq = { 
/**
 * The folder.
 */
folder_id?: FolderId, 
/**
 * The tag.
 */
tag_id?: TagId, 
/**
 * `next` of the page before.
 */
cursor?: string, 
/**
 * At most this many, up to 200.
 */
limit: number, };

/**
 * Finds in one conversation.
 */
export type ConversationFindReq = { 
/**
 * Which conversation.
 */
conversation_id: ConversationId, 
/**
 * As typed; the last word is taken as the beginning of one.
 */
text: string, 
/**
 * `next` of the page before.
 */
cursor?: string, };

/**
 * A stretch of the conversation, and what of it matches.
 */
export type ConversationFound = { 
/**
 * The messages, newest first, in all branches.
 */
message_ids: Array<MessageId>, 
/**
 * Where the next stretch begins; `None` at the end. A stretch may hold nothing.
 */
next: string | null, };

/**
 * A conversation.
 */
export type ConversationId = string;

/**
 * A page of the history list, newest first.
 */
export type ConversationListReq = { 
/**
 * `next` of the page before.
 */
cursor?: string, 
/**
 * At most this many, up to 200.
 */
limit: number, 
/**
 * The archived ones instead.
 */
archived: boolean, };

/**
 * Puts a conversation into a folder, or out of any.
 */
export type ConversationMoveReq = { 
/**
 * Which conversation.
 */
id: ConversationId, 
/**
 * The folder; `None` for none.
 */
folder_id?: FolderId, };

/**
 * Where a conversation was copied from.
 */
export type ConversationOrigin = { 
/**
 * `None` if it is no copy.
 */
origin: ForkOrigin | null, 
/**
 * The title of the original; empty once it is deleted.
 */
title: string, };

/**
 * A page of the history list.
 */
export type ConversationPage = { 
/**
 * All pinned ones; only on the first page, never repeated in `rows`.
 */
pinned: Array<ConversationRow>, 
/**
 * The others, newest first.
 */
rows: Array<ConversationRow>, 
/**
 * Where the next page begins; `None` at the end.
 */
next: string | null, };

/**
 * Names a conversation.
 */
export type ConversationReq = { 
/**
 * Which.
 */
id: ConversationId, };

/**
 * A line of the history list.
 */
export type ConversationRow = { 
/**
 * Its id.
 */
id: ConversationId, 
/**
 * Empty until named.
 */
title: string, 
/**
 * Kept on top.
 */
pinned: boolean, 
/**
 * Hidden from the list.
 */
archived: boolean, 
/**
 * Where the next answer comes from.
 */
source_id: SourceId | null, 
/**
 * The model the next answer is asked of.
 */
model: string | null, 
/**
 * The folder it lies in.
 */
folder_id: FolderId | null, 
/**
 * Frozen: readable and exportable, never sent, never suggested.
 */
restricted: boolean, 
/**
 * May be answered by sources on this computer alone.
 */
local_only: boolean, 
/**
 * Whether the consent to training, where given, covers it.
 */
training_allowed: boolean, 
/**
 * Lives in memory alone and is in no list.
 */
temporary: boolean, 
/**
 * When it began.
 */
created_at: Timestamp, 
/**
 * When it last gained a message.
 */
updated_at: Timestamp, 
/**
 * Whether an answer is arriving in it now.
 */
streaming: boolean, };

/**
 * Whether a conversation was saved.
 */
export type ConversationSaved = { 
/**
 * False if the person changed their mind in the dialog.
 */
saved: boolean, };

/**
 * Gives a conversation a tag, or takes it away.
 */
export type ConversationTagReq = { 
/**
 * Which conversation.
 */
id: ConversationId, 
/**
 * Which tag.
 */
tag_id: TagId, 
/**
 * Whether it has it.
 */
on: boolean, };

/**
 * The tags of a conversation.
 */
export type ConversationTags = { 
/**
 * Which.
 */
tag_ids: Array<TagId>, };

/**
 * A conversation as a text to take along.
 */
export type ConversationText = { 
/**
 * Markdown.
 */
text: string, };

/**
 * The branch of a conversation that is shown, as Markdown.
 */
export type ConversationTextReq = { 
/**
 * Which.
 */
id: ConversationId, 
/**
 * With what was thought, and what tools were asked and answered.
 */
with_workings: boolean, 
/**
 * BCP 47: of what stands between the words of the conversation.
 */
language: string, };

/**
 * What the answers of a conversation took, all branches together, as sources counted it.
 */
export type ConversationTotals = { 
/**
 * Questions.
 */
questions: number, 
/**
 * Answers, unfinished ones included.
 */
answers: number, 
/**
 * Answers whose source told how many tokens they took.
 */
counted: number, 
/**
 * Tokens read.
 */
input_tokens: number, 
/**
 * Tokens written.
 */
output_tokens: number, 
/**
 * How long answers took, in milliseconds.
 */
duration_ms: number, };

/**
 * Changes what is given and leaves the rest.
 */
export type ConversationUpdateReq = { 
/**
 * Which.
 */
id: ConversationId, 
/**
 * Its new title.
 */
title?: string, 
/**
 * Whether it is kept on top.
 */
pinned?: boolean, 
/**
 * Whether it is hidden from the list.
 */
archived?: boolean, 
/**
 * Where its next answer comes from.
 */
source_id?: SourceId, 
/**
 * The model its next answer is asked of.
 */
model?: string, 
/**
 * Whether it is frozen.
 */
restricted?: boolean, 
/**
 * Whether only sources on this computer may answer.
 */
local_only?: boolean, 
/**
 * Whether the consent to training, where given, covers it.
 */
training_allowed?: boolean, };

/**
 * What an answer cost when it was given.
 */
export type Cost = { 
/**
 * In billionths of a US dollar.
 */
nanos: number, 
/**
 * Where the amount comes from.
 */
basis: CostBasis, };

/**
 * Where the amount of a cost comes from.
 */
export type CostBasis = "told" | "listed" | "published" | "entered";

/**
 * A kind of data that a request carries.
 */
export type DataCategory = "content" | "voice" | "parameters" | "credential" | "consent" | "rights_request" | "diagnostics" | "identity" | "payment" | "none";

/**
 * What a source declares it does with what it receives. Empty means: not stated.
 */
export type DataPractices = { 
/**
 * Whether it trains on what it receives.
 */
training: string | null, 
/**
 * How long it keeps it.
 */
retention: string | null, 
/**
 * Where it processes it.
 */
region: string | null, };

/**
 * Begins a deletion that was looked at. There is no undo.
 */
export type DeletionBeginReq = { 
/**
 * What it covers.
 */
scope: DeletionScope, 
/**
 * Of the preview that was shown.
 */
token: string, 
/**
 * As typed; empty where none is needed.
 */
word: string, };

/**
 * A deletion that was begun.
 */
export type DeletionBegun = { 
/**
 * Names it; its receipt has the same.
 */
erasure_id: ErasureId, };

/**
 * Deletions that have no receipt yet, oldest first.
 */
export type DeletionList = { 
/**
 * Them.
 */
rows: Array<DeletionRow>, };

/**
 * What a deletion would remove and leave.
 */
export type DeletionPreview = { 
/**
 * Counted now.
 */
preview: ErasurePreview, 
/**
 * Whether there is nothing to delete.
 */
empty: boolean, 
/**
 * Goes back with the confirmation; counts only as long as the numbers hold.
 */
token: string, 
/**
 * Whether a word has to be typed.
 */
needs_word: boolean, 
/**
 * What is not removed.
 */
stays: Array<DeletionStays>, };

/**
 * Asks what a deletion would remove.
 */
export type DeletionPreviewReq = { 
/**
 * What it covers.
 */
scope: DeletionScope, };

/**
 * A deletion that has no receipt yet.
 */
export type DeletionRow = { 
/**
 * Which.
 */
erasure_id: ErasureId, 
/**
 * The word of its scope.
 */
scope: string, 
/**
 * How far it is.
 */
stage: ErasureStage, 
/**
 * When it was asked for.
 */
requested_at: Timestamp, 
/**
 * Rows removed so far.
 */
removed: number, 
/**
 * Of how many.
 */
expected: number, };

/**
 * What a deletion covers.
 */
export type DeletionScope = { "kind": "message", 
/**
 * Which.
 */
id: MessageId, } | { "kind": "conversation", 
/**
 * Which.
 */
id: ConversationId, } | { "kind": "folder", 
/**
 * Which.
 */
id: FolderId, } | { "kind": "tag", 
/**
 * Which.
 */
id: TagId, } | { "kind": "range", 
/**
 * Which.
 */
range: TimeRange, } | { "kind": "source", 
/**
 * Which.
 */
id: SourceId, } | { "kind": "media", 
/**
 * Which.
 */
media: MediaKind, } | { "kind": "searches" } | { "kind": "drafts" } | { "kind": "everything" };

/**
 * What a deletion leaves.
 */
export type DeletionStays = "ledger" | "consents" | "receipts" | "messages" | "source" | "service" | "forks" | "exports" | "backups";

/**
 * What a report is about; each kind has a consent of its own.
 */
export type DiagnosticKind = "crash" | "usage";

/**
 * One report.
 */
export type DiagnosticReport = { 
/**
 * Its id; never on the wire.
 */
id: DiagnosticReportId, 
/**
 * What it is about.
 */
kind: DiagnosticKind, 
/**
 * How far it came.
 */
state: DiagnosticState, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it left.
 */
sent_at: Timestamp | null, 
/**
 * The payload, byte for byte.
 */
body: string, };

/**
 * One diagnostic report; never on the wire.
 */
export type DiagnosticReportId = string;

/**
 * Names a report.
 */
export type DiagnosticReportReq = { 
/**
 * Which.
 */
id: DiagnosticReportId, };

/**
 * How far a report came.
 */
export type DiagnosticState = "waiting" | "sent" | "discarded";

/**
 * Everything about diagnostics that a person can see.
 */
export type DiagnosticsInfo = { 
/**
 * Whether crash reports are agreed to.
 */
crash_given: boolean, 
/**
 * Whether usage reports are agreed to.
 */
usage_given: boolean, 
/**
 * True where a guardian keeps both off.
 */
locked: boolean, 
/**
 * What a usage report would say now, byte for byte.
 */
usage_now: string, 
/**
 * The host that would receive it; `None` for the service inside the app.
 */
receiver: string | null, 
/**
 * All reports, newest first.
 */
reports: Array<DiagnosticReport>, };

/**
 * Asks for the picture of a diagram.
 */
export type DiagramDrawReq = { 
/**
 * As it was written.
 */
text: string, 
/**
 * For which paper.
 */
theme: DiagramTheme, };

/**
 * A picture, or why there is none: one of both is there.
 */
export type DiagramDrawn = { 
/**
 * The picture.
 */
scene: Scene | null, 
/**
 * Why it is shown as its source.
 */
refusal: DiagramRefusal | null, };

/**
 * What kind of diagram it is.
 */
export type DiagramKind = "architecture" | "block" | "c4" | "class" | "entity_relationship" | "flowchart" | "gantt" | "git_graph" | "journey" | "kanban" | "mindmap" | "packet" | "pie" | "quadrant" | "radar" | "requirement" | "sankey" | "sequence" | "state" | "timeline" | "treemap" | "xy_chart" | "other";

/**
 * Why a diagram is shown as its source.
 */
export type DiagramRefusal = "too_long" | "unknown_kind" | "not_understood" | "too_large" | "stopped" | "no_reader";

/**
 * Names a diagram whose picture is to be saved.
 */
export type DiagramSaveReq = { 
/**
 * As it was written.
 */
text: string, };

/**
 * Whether a picture was saved.
 */
export type DiagramSaved = { 
/**
 * False if the person changed their mind in the dialog.
 */
saved: boolean, };

/**
 * For which paper it is drawn.
 */
export type DiagramTheme = "light" | "dark";

/**
 * How a source speaks.
 */
export type Dialect = "fluxchat" | "openai" | "responses" | "anthropic" | "gemini" | "interactions" | "ollama";

/**
 * What was said.
 */
export type Dictated = { 
/**
 * The words.
 */
text: string, };

/**
 * Opens the microphone.
 */
export type DictationBeginReq = { 
/**
 * Where the words will stand; `None` for a new conversation.
 */
conversation_id?: ConversationId, };

/**
 * Plays the recording that waits, or falls silent.
 */
export type DictationPlayReq = { 
/**
 * Whether it is played.
 */
on: boolean, };

/**
 * A command that answers nothing but success.
 */
export type Done = Record<symbol, never>;

/**
 * A draft.
 */
export type Draft = { 
/**
 * The words; empty if there are none.
 */
text: string, };

/**
 * Asks for a draft.
 */
export type DraftGetReq = { 
/**
 * Where; `None` for the composer of a new conversation.
 */
conversation_id?: ConversationId, };

/**
 * What is typed and not sent.
 */
export type DraftSetReq = { 
/**
 * Where; `None` for the composer of a new conversation.
 */
conversation_id?: ConversationId, 
/**
 * The words; empty removes the draft.
 */
text: string, };

/**
 * A file that was dropped on the window.
 */
export type DroppedFile = { 
/**
 * What it is asked for by.
 */
number: number, 
/**
 * Its name.
 */
name: string, 
/**
 * Its size.
 */
size: number, };

/**
 * The state of the door.
 */
export type EgressStatus = { 
/**
 * Whether it is closed.
 */
offline: boolean, 
/**
 * What is in flight.
 */
active: Array<ActiveRequest>, 
/**
 * The last request that was refused in the past seconds.
 */
blocked: BlockedRequest | null, };

/**
 * A command that needs nothing.
 */
export type Empty = Record<symbol, never>;

/**
 * Hidden now, deleted for good at `purge_after`.
 */
export type Erasing = { 
/**
 * Names the deletion, for undo.
 */
erasure_id: ErasureId, 
/**
 * Undo is offered until then.
 */
undo_until: Timestamp, 
/**
 * When it will be carried out.
 */
purge_after: Timestamp, 
/**
 * How many messages went with the one it is about, on all branches below it.
 */
below: number, };

/**
 * One deletion, from asking to receipt.
 */
export type ErasureId = string;

/**
 * What a deletion would remove, counted before it does. Holds no content.
 */
export type ErasurePreview = { 
/**
 * Conversations that go as a whole.
 */
conversations: number, 
/**
 * Conversations that stay without some of their messages or files.
 */
partly: number, 
/**
 * Messages.
 */
messages: number, 
/**
 * Unsent texts.
 */
drafts: number, 
/**
 * Files.
 */
files: number, 
/**
 * Searches; any deletion forgets all of them, since a search may quote what goes.
 */
searches: number, 
/**
 * Folders and tags.
 */
labels: number, 
/**
 * Bytes of all this, as they are counted under *kept on this computer*.
 */
bytes: number, 
/**
 * When the oldest of it was made.
 */
oldest: Timestamp | null, 
/**
 * When the newest of it was made.
 */
newest: Timestamp | null, 
/**
 * How many of the conversations are pinned.
 */
pinned: number, 
/**
 * How many of the conversations are frozen.
 */
frozen: number, 
/**
 * Copies that were begun from the conversations; they are conversations of their own.
 */
forks: number, 
/**
 * How many of the conversations the service knows by an alias.
 */
known_to_service: number, 
/**
 * Rows of the ledger that name one of the conversations; they stay, without that name.
 */
ledger_rows: number, };

/**
 * How far a deletion that takes a while has come.
 */
export type ErasureStage = "hidden" | "purging" | "cleaning" | "erasing";

/**
 * Takes a deletion back before it is carried out.
 */
export type ErasureUndoReq = { 
/**
 * Which.
 */
erasure_id: ErasureId, };

/**
 * Asks what a question would take along. Nothing is sent.
 */
export type EstimateReq = { 
/**
 * Where; `None` for a new conversation.
 */
conversation_id?: ConversationId, 
/**
 * The message as it stands; may be empty.
 */
text: string, 
/**
 * Which source would answer.
 */
source_id?: SourceId, 
/**
 * Which model would.
 */
model?: string, 
/**
 * How a new conversation would be asked.
 */
instructions?: Instructions, 
/**
 * Files beside the unsent text that would go with it.
 */
attachments?: Array<AssetId>, };

/**
 * How to write the ledger to a file.
 */
export type ExportFormat = "json" | "csv";

/**
 * What an export holds.
 */
export type ExportPreview = { 
/**
 * Per kind.
 */
kinds: Array<StoredTotal>, 
/**
 * About how many bytes, before compression.
 */
bytes: number, 
/**
 * The export that is running.
 */
running: ExportState | null, };

/**
 * What was written.
 */
export type ExportResult = { 
/**
 * False if the person changed their mind in the dialog.
 */
saved: boolean, 
/**
 * The name of the file, without its folder.
 */
name: string, 
/**
 * Its size.
 */
bytes: number, 
/**
 * How many entries it has.
 */
entries: number, 
/**
 * Whether it is sealed.
 */
encrypted: boolean, 
/**
 * Files that could not be taken along.
 */
problems: number, 
/**
 * How often it began again because something was deleted meanwhile.
 */
restarts: number, };

/**
 * Writes everything to a file that the person chooses in a dialog of the system, and answers
 * at its end.
 */
export type ExportStartReq = { 
/**
 * Seals the file; at least 8 characters.
 */
passphrase?: string, };

/**
 * How far an export is.
 */
export type ExportState = { 
/**
 * What is being written: `messages`, `media`, …
 */
kind: string, 
/**
 * Rows and files so far.
 */
items: number, 
/**
 * Of about how many.
 */
items_total: number, 
/**
 * Bytes of the file so far.
 */
bytes: number, 
/**
 * How often it began again because something was deleted meanwhile.
 */
restarts: number, };

/**
 * What became of an export.
 */
export type Exported = { 
/**
 * False if the person changed their mind.
 */
saved: boolean, 
/**
 * How many rows.
 */
rows: number, };

/**
 * What goes into a field.
 */
export type FieldValue = { 
/**
 * The name of the field.
 */
name: string, 
/**
 * The words.
 */
value: string, };

/**
 * All folders and tags, each by name.
 */
export type Filing = { 
/**
 * The folders.
 */
folders: Array<FolderRow>, 
/**
 * The tags.
 */
tags: Array<TagRow>, };

/**
 * Makes a folder or a tag.
 */
export type FilingAddReq = { 
/**
 * What it is called.
 */
name: string, };

/**
 * What the first screen shows, in one answer: each call of the page has its own price.
 */
export type FirstScreen = { 
/**
 * The first page of the history list.
 */
conversations: ConversationPage, 
/**
 * Conversations that are in memory alone.
 */
temporary: TemporaryList, 
/**
 * Folders and tags.
 */
filing: Filing, 
/**
 * What is frozen.
 */
restriction: Restriction, 
/**
 * Where answers come from.
 */
sources: SourceList, 
/**
 * The door out.
 */
egress: EgressStatus, 
/**
 * Whether a policy waits to be read.
 */
policy: PolicyStatus, 
/**
 * The assistants.
 */
presets: PresetList, 
/**
 * What was typed for a new conversation.
 */
draft: Draft, 
/**
 * The files beside it, as the default source would get them; absent where none would,
 * for want of a source or because nothing is processed.
 */
files: AttachmentList | null, };

/**
 * Asks for what the first screen shows.
 */
export type FirstScreenReq = { 
/**
 * At most this many conversations.
 */
limit: number, };

/**
 * A page of notes.
 */
export type FlagListReq = { 
/**
 * Only of this conversation.
 */
conversation_id?: ConversationId, 
/**
 * Only notes after this one; 0 for the first page.
 */
after: number, };

/**
 * A page of notes.
 */
export type FlagPage = { 
/**
 * Oldest first.
 */
rows: Array<FlagRow>, 
/**
 * Where the next page begins; `None` at the end.
 */
next: number | null, };

/**
 * A note about an answer.
 */
export type FlagRow = { 
/**
 * The answer.
 */
message_id: MessageId, 
/**
 * Its conversation.
 */
conversation_id: ConversationId, 
/**
 * When it was written.
 */
at: Timestamp, 
/**
 * What is wrong.
 */
note: string, };

/**
 * Writes down what is wrong in an answer.
 */
export type FlagSetReq = { 
/**
 * Which answer.
 */
message_id: MessageId, 
/**
 * What is wrong; empty takes the note away.
 */
note: string, };

/**
 * What went to one recipient for one purpose.
 */
export type Flow = { 
/**
 * Why.
 */
purpose: string, 
/**
 * To whom.
 */
host: string, 
/**
 * How many requests.
 */
requests: number, 
/**
 * How many bytes.
 */
bytes_out: number, };

/**
 * A folder of conversations.
 */
export type FolderId = string;

/**
 * Renames a folder.
 */
export type FolderRenameReq = { 
/**
 * Which.
 */
id: FolderId, 
/**
 * What it is called from now on.
 */
name: string, };

/**
 * Names a folder.
 */
export type FolderReq = { 
/**
 * Which.
 */
id: FolderId, };

/**
 * A folder.
 */
export type FolderRow = { 
/**
 * Its id.
 */
id: FolderId, 
/**
 * Its name.
 */
name: string, 
/**
 * How many conversations lie in it; counted up to 1000.
 */
conversations: number, 
/**
 * When it was made.
 */
created_at: Timestamp, };

/**
 * Where a conversation was copied from.
 */
export type ForkOrigin = { 
/**
 * The conversation; `None` once it is deleted.
 */
conversation_id: ConversationId | null, 
/**
 * The last message that was copied.
 */
message_id: MessageId, 
/**
 * When.
 */
at: Timestamp, };

/**
 * A server that answers on this computer.
 */
export type FoundServer = { 
/**
 * What usually listens there.
 */
service: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Where it answers.
 */
url: string, 
/**
 * How it speaks.
 */
dialect: Dialect, 
/**
 * How many models it offers.
 */
models: number, 
/**
 * Whether it wants a key before it tells.
 */
needs_key: boolean, 
/**
 * The source it already is.
 */
source_id: SourceId | null, };

/**
 * What was found.
 */
export type FoundServers = { 
/**
 * In the order of the services.
 */
rows: Array<FoundServer>, };

/**
 * Begins to supervise a profile that nobody supervises.
 */
export type GuardianBeginReq = { 
/**
 * The guardian's, at least 8 characters.
 */
passphrase: string, };

/**
 * Ends the supervision with the guardian's passphrase.
 */
export type GuardianEndReq = { 
/**
 * As typed.
 */
passphrase: string, };

/**
 * How the supervision stands.
 */
export type GuardianInfo = { 
/**
 * Whether a guardian supervises this profile.
 */
supervised: boolean, 
/**
 * Until when it is unlocked.
 */
unlocked_until: Timestamp | null, 
/**
 * Whether only the next action is.
 */
once: boolean, 
/**
 * How long the next try of the passphrase has to wait, in milliseconds.
 */
wait_ms: number, };

/**
 * Unlocks with the guardian's passphrase.
 */
export type GuardianUnlockReq = { 
/**
 * As typed.
 */
passphrase: string, 
/**
 * Only for the next action.
 */
once: boolean, };

/**
 * A page of the bundled help.
 */
export type HelpPage = { 
/**
 * Its title.
 */
title: string, 
/**
 * What is drawn.
 */
blocks: Array<Block>, };

/**
 * Asks for a page of the bundled help.
 */
export type HelpReq = { 
/**
 * `page` or `page#section`.
 */
target: string, 
/**
 * BCP 47.
 */
language: string, };

/**
 * The kinds of code that get a colour of their own.
 */
export type HighlightClass = "plain" | "keyword" | "string" | "number" | "comment" | "function" | "type" | "constant" | "operator" | "punctuation" | "tag" | "attribute";

/**
 * Who began it.
 */
export type Initiator = "user" | "timer" | "startup";

/**
 * A piece of running text.
 */
export type Inline = { "type": "text", 
/**
 * The text.
 */
text: string, } | { "type": "strong", 
/**
 * What is strong.
 */
inlines: Array<Inline>, } | { "type": "emphasis", 
/**
 * What is emphasised.
 */
inlines: Array<Inline>, } | { "type": "strikethrough", 
/**
 * What is struck out.
 */
inlines: Array<Inline>, } | { "type": "code", 
/**
 * The code.
 */
text: string, } | { "type": "link", 
/**
 * Index among the links and images of the document, in reading order.
 */
id: number, 
/**
 * The host as it must be shown before opening (in punycode when the letters
 * could pass for another host); the address of a `mailto`, the topic of a
 * `help`; empty when blocked.
 */
host: string, 
/**
 * The whole target, shortened, for reading only; empty when blocked.
 */
display: string, 
/**
 * What it leads to. `blocked` is to be shown as plain text.
 */
kind: LinkKind, 
/**
 * The text of the link.
 */
inlines: Array<Inline>, } | { "type": "image", 
/**
 * Index among the links and images of the document, in reading order.
 */
id: number, 
/**
 * The host as for a link; empty when the image can never be loaded.
 */
host: string, 
/**
 * Its description.
 */
alt: string, } | { "type": "math", 
/**
 * The TeX between the delimiters: for copying, and shown when `mathml` is missing.
 */
source: string, 
/**
 * The formula as nodes; `None` when the TeX is broken, unknown or too big.
 */
mathml: MathNode | null, 
/**
 * True for a display formula in the middle of a paragraph.
 */
display: boolean, } | { "type": "footnote_ref", 
/**
 * As written, without `[^` and `]`.
 */
label: string, 
/**
 * Counted in the order of first reference, from 1.
 */
number: number, } | { "type": "citation_ref", 
/**
 * The place of the source among those of the message, from 1.
 */
number: number, } | { "type": "hard_break" } | { "type": "soft_break" };

/**
 * How a conversation is asked. Its own copy: a preset that is changed later changes nothing here.
 */
export type Instructions = { 
/**
 * What the preset it was begun with was called then.
 */
preset: string | null, 
/**
 * The system prompt; empty for none.
 */
system: string, 
/**
 * How answers are made.
 */
parameters: Parameters, };

/**
 * Asks whether a new conversation can be asked in this way.
 */
export type InstructionsCheckReq = { 
/**
 * How.
 */
instructions: Instructions, };

/**
 * Says how a conversation is asked from the next question on.
 */
export type InstructionsSetReq = { 
/**
 * Which conversation.
 */
id: ConversationId, 
/**
 * How.
 */
instructions: Instructions, };

/**
 * How long a recipient keeps what it got.
 */
export type KeptFor = "as_declared" | "answering" | "until_withdrawn" | "until_deleted" | "account_life" | "one_year" | "tax_law" | "thirty_days";

/**
 * The key of the archive and its changes.
 */
export type KeyInfo = { 
/**
 * Counts the keys this archive has had.
 */
epoch: number, 
/**
 * When it was changed last.
 */
changed_at: Timestamp | null, 
/**
 * When it will be changed by itself; `None` while nothing was deleted since.
 */
due_at: Timestamp | null, 
/**
 * How far a change is, in percent.
 */
running: number | null, 
/**
 * False for an archive in memory.
 */
can_change: boolean, };

/**
 * What this software is for; see `docs/PRIVACY-PROMISES.md`.
 */
export type Law = "one_door" | "one_vault" | "delete_means_gone" | "nothing_is_lost" | "core_decides" | "cost_follows_screen";

/**
 * Clears the ledger.
 */
export type LedgerClearReq = { 
/**
 * Up to this time; `None` clears all of it.
 */
until?: Timestamp, };

/**
 * Writes the ledger to a file that the person chooses in a dialog of the system.
 */
export type LedgerExportReq = { 
/**
 * How.
 */
format: ExportFormat, 
/**
 * Only this purpose.
 */
purpose?: string, 
/**
 * Only this basis.
 */
basis?: LegalBasis, 
/**
 * Only this host.
 */
host?: string, 
/**
 * Only this outcome.
 */
outcome?: Outcome, 
/**
 * Only from this time on.
 */
from?: Timestamp, 
/**
 * Only before this time.
 */
until?: Timestamp, };

/**
 * Sets how long the ledger is kept.
 */
export type LedgerKeepReq = { 
/**
 * In months; `None` keeps it without an end.
 */
months?: number, };

/**
 * A page of the ledger.
 */
export type LedgerPage = { 
/**
 * Newest first.
 */
rows: Array<LedgerRow>, 
/**
 * Where the next page begins; `None` at the end.
 */
next: number | null, };

/**
 * A page of the ledger, newest first.
 */
export type LedgerReq = { 
/**
 * Only this purpose.
 */
purpose?: string, 
/**
 * Only this basis.
 */
basis?: LegalBasis, 
/**
 * Only this host.
 */
host?: string, 
/**
 * Only this outcome.
 */
outcome?: Outcome, 
/**
 * Only what served this conversation.
 */
conversation_id?: ConversationId, 
/**
 * Only from this time on.
 */
from?: Timestamp, 
/**
 * Only before this time.
 */
until?: Timestamp, 
/**
 * Only rows before this one.
 */
before_seq?: number, 
/**
 * At most this many, up to 500.
 */
limit: number, };

/**
 * One request.
 */
export type LedgerRow = { 
/**
 * Its place.
 */
seq: number, 
/**
 * When.
 */
at: Timestamp, 
/**
 * Why.
 */
purpose: string, 
/**
 * On what basis.
 */
basis: LegalBasis, 
/**
 * To whom; `in-process` for what never left.
 */
host: string, 
/**
 * Which call.
 */
endpoint: string, 
/**
 * The HTTP method.
 */
method: string, 
/**
 * What kinds of data.
 */
categories: Array<DataCategory>, 
/**
 * Bytes that left.
 */
bytes_out: number, 
/**
 * Bytes that came.
 */
bytes_in: number, 
/**
 * What became of it.
 */
outcome: Outcome, 
/**
 * The HTTP status.
 */
status: number | null, 
/**
 * Who began it.
 */
initiator: Initiator, 
/**
 * Also on the wire.
 */
request_id: RequestId, 
/**
 * The conversation it served, unless deleted.
 */
conversation_id: ConversationId | null, };

/**
 * How the ledger stands.
 */
export type LedgerStanding = { 
/**
 * How many rows there are.
 */
rows: number, 
/**
 * After how many months rows are cleared; `None` keeps them.
 */
keep_months: number | null, 
/**
 * What stands for rows that were cleared.
 */
cleared: Array<ClearedRow>, };

/**
 * The legal basis of a purpose: GDPR Art. 6(1), in the terms of the W3C DPV (`eu-gdpr:A6-1-*`).
 */
export type LegalBasis = "eu-gdpr:A6-1-a" | "eu-gdpr:A6-1-b" | "eu-gdpr:A6-1-c" | "eu-gdpr:A6-1-f";

/**
 * What a link leads to.
 */
export type LinkKind = "https" | "http" | "mailto" | "help" | "blocked";

/**
 * Opens a link of a message in the system browser. The window showed its host and asked.
 */
export type LinkOpenReq = { 
/**
 * The message.
 */
message_id: MessageId, 
/**
 * The number of the link in it.
 */
link_id: number, 
/**
 * Whether it stands in the reasoning.
 */
in_reasoning: boolean, 
/**
 * Whether it is what the answer rests on; the number is that of the citation then.
 */
is_citation: boolean, };

/**
 * An item of a list.
 */
export type ListItem = { 
/**
 * For a task: whether it is done. `None` for an ordinary item.
 */
task: boolean | null, 
/**
 * What the item holds. In a tight list a paragraph here has no spacing.
 */
blocks: Array<Block>, };

/**
 * When the app locks by itself.
 */
export type LockChoice = { 
/**
 * After so many minutes without a key or a click: 1, 5, 15, 60, or `None` for never.
 */
idle_minutes: number | null, 
/**
 * Before the computer sleeps.
 */
on_sleep: boolean, 
/**
 * With the screen.
 */
on_screen_lock: boolean, };

/**
 * How the archive is opened, and when the app locks by itself.
 */
export type LockReport = { 
/**
 * Whether it needs a passphrase; without one the app cannot be locked.
 */
passphrase: boolean, 
/**
 * Whether there is a recovery code.
 */
recovery: boolean, 
/**
 * Whether the credentials of sources are in the system's keychain.
 */
keychain: boolean, 
/**
 * Whether the keychain may still hold a key from before the passphrase.
 */
key_left_in_keychain: boolean, 
/**
 * How long to wait before the next attempt, in milliseconds.
 */
wait_ms: number, 
/**
 * When it locks by itself; `None` while it is locked.
 */
settings: LockChoice | null, 
/**
 * Whether this computer tells the app before it sleeps.
 */
hears_sleep: boolean, 
/**
 * Whether this computer tells the app when its screen is locked.
 */
hears_screen: boolean, };

/**
 * Replaces when the app locks by itself.
 */
export type LockSettingsReq = { 
/**
 * All of it.
 */
settings: LockChoice, };

/**
 * What a request costs, all of it, that reads more than so many tokens.
 */
export type LongPrice = { 
/**
 * More than these.
 */
above: number, 
/**
 * What it costs.
 */
price: Price, 
/**
 * What is written to the cache, as in [`Published`].
 */
written?: number, };

/**
 * Lines below a line.
 */
export type MapBelow = { 
/**
 * Oldest first.
 */
rows: Array<MapRow>, 
/**
 * Whether there are more beside them.
 */
has_more: boolean, };

/**
 * A run of messages without a fork.
 */
export type MapRow = { 
/**
 * Its first message.
 */
first_id: MessageId, 
/**
 * Its last message: what stands below it is asked for by this.
 */
last_id: MessageId, 
/**
 * Who says the first.
 */
role: Role, 
/**
 * How the first begins.
 */
text: string, 
/**
 * Which model answered.
 */
model: string | null, 
/**
 * When the first was begun.
 */
at: Timestamp, 
/**
 * How many messages it has.
 */
messages: number, 
/**
 * How many branches leave at its end; 0 where it ends.
 */
branches: number, 
/**
 * Whether it goes on without a fork beyond what was looked at.
 */
more: boolean, 
/**
 * Whether it is the one that is shown of those beside it.
 */
chosen: boolean, };

/**
 * An attribute of a formula element. Values hold letters, digits, spaces and `. , % # + -`
 * only; `class` is one of the names in the style sheet of `pulldown-latex` (`menv-*`,
 * `cell-*`, `small`, `mop-negated`), for the alignment of tables.
 */
export type MathAttribute = { 
/**
 * Its name.
 */
name: MathAttributeName, 
/**
 * Its value.
 */
value: string, };

/**
 * The attributes a formula element may have.
 */
export type MathAttributeName = "accent" | "accentunder" | "class" | "columnalign" | "columnlines" | "columnspacing" | "columnspan" | "depth" | "dir" | "display" | "displaystyle" | "fence" | "form" | "height" | "largeop" | "linethickness" | "lspace" | "mathbackground" | "mathcolor" | "mathsize" | "mathvariant" | "maxsize" | "minsize" | "movablelimits" | "notation" | "rowalign" | "rowlines" | "rowspacing" | "rowspan" | "rspace" | "scriptlevel" | "separator" | "stretchy" | "symmetric" | "voffset" | "width";

/**
 * The elements a formula may be made of. The outermost is always `math`.
 */
export type MathElement = "math" | "menclose" | "mfrac" | "mi" | "mmultiscripts" | "mn" | "mo" | "mover" | "mpadded" | "mphantom" | "mprescripts" | "mroot" | "mrow" | "ms" | "mspace" | "msqrt" | "mstyle" | "msub" | "msubsup" | "msup" | "mtable" | "mtd" | "mtext" | "mtr" | "munder" | "munderover";

/**
 * A node of a formula (MathML Core).
 */
export type MathNode = { "type": "element", 
/**
 * Its name.
 */
name: MathElement, 
/**
 * Its attributes.
 */
attributes: Array<MathAttribute>, 
/**
 * What it holds.
 */
children: Array<MathNode>, } | { "type": "text", 
/**
 * The text.
 */
text: string, };

/**
 * What kind of file.
 */
export type MediaKind = "image" | "audio" | "video" | "document" | "other";

/**
 * The words of both messages in order.
 */
export type MessageDiff = { 
/**
 * Neighbours that share their fate are one part.
 */
parts: Array<TextPart>, };

/**
 * Asks what differs between two messages.
 */
export type MessageDiffReq = { 
/**
 * Read as the old one.
 */
from_id: MessageId, 
/**
 * Read as the new one.
 */
to_id: MessageId, };

/**
 * Asks the same differently: a sibling of the question, and an answer to it.
 */
export type MessageEditReq = { 
/**
 * The question.
 */
message_id: MessageId, 
/**
 * Its new words.
 */
text: string, 
/**
 * Files of it that do not go again.
 */
without?: Array<AssetId>, };

/**
 * One node of a conversation's message tree.
 */
export type MessageId = string;

/**
 * Runs of messages without a fork, beside each other.
 */
export type MessageMap = { 
/**
 * Oldest first.
 */
rows: Array<MapRow>, 
/**
 * Whether there are more beside them.
 */
has_more: boolean, 
/**
 * What stands below the line that is shown, and so on down; only when a map is opened.
 */
shown: Array<MapBelow>, };

/**
 * Asks for a page of the map of a conversation. Without `below` and `after`, for all lines
 * beside the branch that is shown.
 */
export type MessageMapReq = { 
/**
 * Which conversation.
 */
conversation_id: ConversationId, 
/**
 * What stands below this message; `None` for what it begins with.
 */
below?: MessageId, 
/**
 * The first message of the last line that is here already.
 */
after?: MessageId, };

/**
 * A page of the shown branch, oldest first.
 */
export type MessagePage = { 
/**
 * The messages.
 */
rows: Array<MessageRow>, 
/**
 * Whether there are older ones.
 */
has_before: boolean, 
/**
 * Whether there are newer ones.
 */
has_after: boolean, 
/**
 * The answer that is arriving on the shown branch, on this page or not.
 */
arriving: MessageId | null, };

/**
 * A page of the shown branch.
 */
export type MessagePageReq = { 
/**
 * Which conversation.
 */
conversation_id: ConversationId, 
/**
 * Where.
 */
anchor: PageAnchor, 
/**
 * At most this many, up to 100.
 */
limit: number, };

/**
 * Has a message always sent, or no longer.
 */
export type MessagePinReq = { 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * Whether it always goes along.
 */
on: boolean, };

/**
 * What would leave, byte by byte.
 */
export type MessagePreview = { 
/**
 * `POST`, …
 */
method: string, 
/**
 * The whole address, for people.
 */
address: string, 
/**
 * Host and port, or `in-process`.
 */
host: string, 
/**
 * The name of the source.
 */
source: string, 
/**
 * The model; `None` if the source was never asked what it offers.
 */
model: string | null, 
/**
 * Every header.
 */
headers: Array<PreviewHeaderRow>, 
/**
 * The body, indented for people.
 */
body: string, 
/**
 * How many bytes the body has on the wire.
 */
body_bytes: number, 
/**
 * Every message in it, oldest first.
 */
messages: Array<PreviewMessageRow>, 
/**
 * What kinds of data.
 */
categories: Array<DataCategory>, 
/**
 * How much of the conversation that is, and what it costs.
 */
estimate: ContextEstimate, 
/**
 * What placeholders stand for.
 */
replaced: Array<ReplacedRow>, 
/**
 * Whether placeholders are used.
 */
redact: boolean, 
/**
 * Whether the source may train on it.
 */
training_allowed: boolean, 
/**
 * What is asked of the source.
 */
opt_outs: Array<OptOutRow>, 
/**
 * Files that would leave, whole or in part, and those that would not.
 */
files: Array<AttachmentPlan>, 
/**
 * Why it would not be let out.
 */
refusal: ApiError | null, };

/**
 * Asks what a message would send. Nothing is sent.
 */
export type MessagePreviewReq = { 
/**
 * Where; `None` for a new conversation.
 */
conversation_id?: ConversationId, 
/**
 * The message as it stands.
 */
text: string, 
/**
 * Which source would answer.
 */
source_id?: SourceId, 
/**
 * Which model would.
 */
model?: string, 
/**
 * How a new conversation would be asked.
 */
instructions?: Instructions, 
/**
 * Files beside the unsent text that would go with it, in order.
 */
attachments?: Array<AssetId>, 
/**
 * The question that is asked differently, in `text`.
 */
edits?: MessageId, 
/**
 * Files of that question that would not go again.
 */
without?: Array<AssetId>, 
/**
 * The question or answer beside which another answer is asked for; `text` is empty.
 */
again?: MessageId, };

/**
 * Asks for another answer: a sibling.
 */
export type MessageRegenerateReq = { 
/**
 * The answer (or the question without one).
 */
message_id: MessageId, 
/**
 * From another source.
 */
source_id?: SourceId, 
/**
 * From another model.
 */
model?: string, };

/**
 * Names a message.
 */
export type MessageReq = { 
/**
 * Which.
 */
message_id: MessageId, };

/**
 * Puts other words in the place of an answer: a sibling of it. Nothing is sent.
 */
export type MessageRewriteReq = { 
/**
 * The answer.
 */
message_id: MessageId, 
/**
 * The new words.
 */
text: string, };

/**
 * Other words stand in the place of an answer.
 */
export type MessageRewritten = { 
/**
 * The sibling that has them.
 */
message_id: MessageId, };

/**
 * A message as it is shown.
 */
export type MessageRow = { 
/**
 * Its id.
 */
id: MessageId, 
/**
 * Where it belongs.
 */
conversation_id: ConversationId, 
/**
 * What it answers.
 */
parent_id: MessageId | null, 
/**
 * Who speaks.
 */
role: Role, 
/**
 * How far it came.
 */
status: MessageStatus, 
/**
 * Which model answered.
 */
model: string | null, 
/**
 * Which source answered, as it was called then.
 */
source_name: string | null, 
/**
 * When it was begun.
 */
created_at: Timestamp, 
/**
 * When its last piece arrived.
 */
finished_at: Timestamp | null, 
/**
 * The Markdown as it came, for copying and editing.
 */
text: string, 
/**
 * What is drawn.
 */
blocks: Array<Block>, 
/**
 * What the model thought on the way.
 */
reasoning: Array<Block>, 
/**
 * Where statements come from.
 */
citations: Array<CitationRow>, 
/**
 * Tools that were asked for.
 */
calls: Array<ToolCallRow>, 
/**
 * What to know about the answer.
 */
notices: Array<AnswerNotice>, 
/**
 * Files that belong to it.
 */
attachments: Array<AttachmentRow>, 
/**
 * What it cost.
 */
usage: Usage | null, 
/**
 * Why it failed.
 */
error: VisibleError | null, 
/**
 * This message and its siblings, oldest first: the branches at this point.
 */
branch_ids: Array<MessageId>, 
/**
 * The last stream item that is already in `blocks` and `reasoning`; later ones apply.
 */
stream_seq: number, };

/**
 * Asks one question of several at once.
 */
export type MessageSendBesideReq = { 
/**
 * The question, with who answers first and is shown.
 */
question: MessageSendReq, 
/**
 * Who else answers, at most three.
 */
others: Array<AnswererReq>, };

/**
 * Asks.
 */
export type MessageSendReq = { 
/**
 * Where; `None` begins a conversation.
 */
conversation_id?: ConversationId, 
/**
 * What.
 */
text: string, 
/**
 * For a new conversation: where answers come from; `None` takes the last used.
 */
source_id?: SourceId, 
/**
 * For a new conversation: the model.
 */
model?: string, 
/**
 * For a new conversation: how it is asked.
 */
instructions?: Instructions, 
/**
 * Files beside the unsent text that go with it, in order.
 */
attachments?: Array<AssetId>, };

/**
 * An answer is on its way; its pieces come as events.
 */
export type MessageSent = { 
/**
 * Where.
 */
conversation_id: ConversationId, 
/**
 * What was asked; `None` where only the answer is new.
 */
question_id: MessageId | null, 
/**
 * What will be the answer.
 */
answer_id: MessageId, 
/**
 * The conversation as it stands now; `None` where it could not be read.
 */
conversation: ConversationRow | null, 
/**
 * The end of its shown branch; `None` where it could not be read.
 */
page: MessagePage | null, };

/**
 * How far a message came.
 */
export type MessageStatus = "complete" | "streaming" | "interrupted" | "failed";

/**
 * Answers to one question, oldest first.
 */
export type MessagesBeside = { 
/**
 * The named one and the newest others, at most four.
 */
rows: Array<MessageRow>, };

/**
 * Several answers are on their way; their pieces come as events.
 */
export type MessagesSent = { 
/**
 * The question and the answer that is shown.
 */
sent: MessageSent, 
/**
 * The other answers, in the order of those who were asked.
 */
beside: Array<MessageId>, };

/**
 * A model as a source lists it. What is `None` was not told.
 */
export type Model = { 
/**
 * The name to ask for.
 */
id: string, 
/**
 * The name to show.
 */
display_name: string | null, 
/**
 * How many tokens fit.
 */
context_tokens: number | null, 
/**
 * When it will stop answering (RFC 3339 date or time).
 */
shutdown_date: string | null, 
/**
 * The most tokens of one answer.
 */
output_tokens?: number, 
/**
 * What it can do.
 */
abilities?: Abilities, 
/**
 * The host that answers in place of the source; a server on this computer may pass on what
 * it is asked.
 */
answers_at?: string, 
/**
 * What it costs.
 */
price?: Price, 
/**
 * What its provider publishes of it, where it is asked directly. No list tells it.
 */
published?: Published, };

/**
 * What is known of a model of a source: as the source last told, and as a person entered it.
 */
export type ModelFacts = { 
/**
 * The model, in the words of the source.
 */
model: string, 
/**
 * How many tokens it reads, as told.
 */
context_tokens: number | null, 
/**
 * The most tokens of one answer, as told.
 */
output_tokens: number | null, 
/**
 * Its price, as told.
 */
price: Price | null, 
/**
 * What its provider publishes of it, where it is asked directly. In no archive.
 */
published?: Published, 
/**
 * What it can do, as told.
 */
abilities?: Abilities, 
/**
 * How many tokens it reads, as entered.
 */
own_context: number | null, 
/**
 * Its price, as entered.
 */
own_price: Price | null, 
/**
 * How many tokens were estimated where the source later told how many there were.
 */
estimated: number, 
/**
 * How many the source told.
 */
counted: number, };

/**
 * What is known of the models of a source.
 */
export type ModelFactsList = { 
/**
 * By name.
 */
rows: Array<ModelFacts>, };

/**
 * Says how much a model reads and what it costs.
 */
export type ModelFactsReq = { 
/**
 * The source.
 */
source_id: SourceId, 
/**
 * The model, in the words of the source.
 */
model: string, 
/**
 * How many tokens it reads; `None` for what the source tells.
 */
context?: number, 
/**
 * What it costs; `None` for what the source tells.
 */
price?: Price, };

/**
 * What a source offers, asked live; what it last said where it cannot be asked.
 */
export type ModelList = { 
/**
 * As the source orders them.
 */
models: Array<Model>, 
/**
 * When the source said so.
 */
listed_at: Timestamp, 
/**
 * Why this is what it said then, and not what it says now.
 */
problem: ApiError | null, };

/**
 * What the sentence of a failure names and quotes.
 */
export type Named = { 
/**
 * The host.
 */
host: string | null, 
/**
 * The source's own words, made safe.
 */
detail: string | null, 
/**
 * The budget that has no room left, and by how much.
 */
budget?: BudgetStop, 
/**
 * How long the source asks to wait, in seconds.
 */
wait?: number, 
/**
 * Where on this computer a program was looked for.
 */
places?: string, 
/**
 * The field of a request that is not a person’s to set.
 */
field?: string, };

/**
 * Nodes for a child sequence; their kind is the one the sequence holds.
 */
export type Nodes = { "type": "blocks", 
/**
 * The blocks.
 */
blocks: Array<Block>, } | { "type": "inlines", 
/**
 * The inlines.
 */
inlines: Array<Inline>, } | { "type": "items", 
/**
 * The items.
 */
items: Array<ListItem>, } | { "type": "lines", 
/**
 * The lines.
 */
lines: Array<Array<Span>>, } | { "type": "rows", 
/**
 * The rows.
 */
rows: Array<Array<Array<Inline>>>, } | { "type": "cells", 
/**
 * The cells.
 */
cells: Array<Array<Inline>>, };

/**
 * A purpose that can be objected to.
 */
export type ObjectionRow = { 
/**
 * Which.
 */
purpose: string, 
/**
 * Whether it is objected to.
 */
objected: boolean, 
/**
 * Since when.
 */
at: Timestamp | null, };

/**
 * Objects, or takes an objection back; effective before the next request.
 */
export type ObjectionSetReq = { 
/**
 * Which purpose.
 */
purpose: string, 
/**
 * Which way.
 */
objected: boolean, };

/**
 * Somebody who waits for what a server of tools was asked for. Whoever waits makes it: the
 * window a random one (version 4).
 */
export type OfferAskingId = string;

/**
 * Closes or opens the door.
 */
export type OfflineSetReq = { 
/**
 * True closes it.
 */
offline: boolean, };

/**
 * A field that asks a source to spare the person.
 */
export type OptOutRow = { 
/**
 * The field of the body.
 */
field: string, 
/**
 * Its value as JSON.
 */
value: string, };

/**
 * What became of a request.
 */
export type Outcome = "pending" | "sent" | "blocked" | "failed" | "cancelled";

/**
 * Which messages of the shown branch.
 */
export type PageAnchor = { "at": "tail" } | { "at": "around", 
/**
 * The message.
 */
message_id: MessageId, } | { "at": "before", 
/**
 * The message.
 */
message_id: MessageId, } | { "at": "after", 
/**
 * The message.
 */
message_id: MessageId, };

/**
 * How an answer is made. What is `None` or empty is not sent: the source's own default holds.
 */
export type Parameters = { 
/**
 * Randomness, 0 to 2.
 */
temperature: number | null, 
/**
 * Nucleus sampling, 0 to 1.
 */
top_p: number | null, 
/**
 * The most tokens the answer may have, reasoning included.
 */
max_tokens: number | null, 
/**
 * Where to stop; up to four.
 */
stop: Array<string>, 
/**
 * For repeatable answers, where supported.
 */
seed: number | null, 
/**
 * `none`, `minimal`, `low`, `medium`, `high`, …
 */
reasoning_effort: string | null, 
/**
 * How many of the likeliest tokens are chosen among, from 1.
 */
top_k?: number, 
/**
 * How likely a token has to be, measured by the likeliest: 0 to 1.
 */
min_p?: number, 
/**
 * How much a token is avoided the more often it was said, -2 to 2.
 */
frequency_penalty?: number, 
/**
 * How much a token is avoided once it was said, -2 to 2.
 */
presence_penalty?: number, 
/**
 * By what the likelihood of a token that was said is divided, above 0 and up to 2; 1 changes
 * nothing.
 */
repeat_penalty?: number, 
/**
 * The form of the answer.
 */
response_format?: ResponseFormat, 
/**
 * Other fields of the request, for what no setting is for: a JSON object, as it was typed.
 */
extra?: string, 
/**
 * Which messages go along; `None` for all.
 */
context?: ContextRule, 
/**
 * Tools that may be asked for: names of those in the app, ids of servers.
 */
tools: Array<string>, 
/**
 * Whether the source may search the web for the answer, by its own means.
 */
web_search?: boolean, };

/**
 * Changes the passphrase.
 */
export type PassphraseChangeReq = { 
/**
 * The one there is.
 */
current: string, 
/**
 * At least 8 characters.
 */
passphrase: string, };

/**
 * Takes the passphrase away.
 */
export type PassphraseRemoveReq = { 
/**
 * The one there is.
 */
current: string, };

/**
 * Puts the archive under its first passphrase.
 */
export type PassphraseSetReq = { 
/**
 * At least 8 characters.
 */
passphrase: string, 
/**
 * Whether the credentials of sources stay in the system's keychain.
 */
keep_keychain: boolean, };

/**
 * A step of a path, from where the one before ended.
 */
export type PathStep = { "move": [number, number] } | { "line": [number, number] } | { "bend": [number, number, number, number] } | { "curve": [number, number, number, number, number, number] } | "close";

/**
 * The time a budget is for.
 */
export type Period = "day" | "month";

/**
 * The messages of a conversation that are always sent.
 */
export type Pins = { 
/**
 * Their ids.
 */
ids: Array<MessageId>, };

/**
 * Accepts a version of the policy.
 */
export type PolicyAcceptReq = { 
/**
 * Which.
 */
version: string, };

/**
 * How two versions of the policy differ, paragraph by paragraph. Plain text, never markup.
 */
export type PolicyDiff = { 
/**
 * The older version.
 */
from: string, 
/**
 * The newer version; also the date it takes effect.
 */
to: string, 
/**
 * The language both are in.
 */
language: string, 
/**
 * The purposes that are asked for anew.
 */
changed: Array<string>, 
/**
 * All paragraphs of both, in order.
 */
rows: Array<TextRow>, };

/**
 * Compares two versions of the policy.
 */
export type PolicyDiffReq = { 
/**
 * The older one.
 */
from: string, 
/**
 * The newer one; `None` for the one in force.
 */
to?: string, 
/**
 * BCP 47.
 */
language: string, };

/**
 * Asks for a policy.
 */
export type PolicyReq = { 
/**
 * Which version; `None` for the one in force.
 */
version?: string, 
/**
 * BCP 47.
 */
language: string, };

/**
 * Switches the daily look for new versions.
 */
export type PolicyScheduleReq = { 
/**
 * Which way.
 */
on: boolean, };

/**
 * How the policy stands.
 */
export type PolicyStatus = { 
/**
 * The version in force.
 */
in_force: string, 
/**
 * When it was accepted here; `None` if it was not.
 */
accepted_at: Timestamp | null, 
/**
 * The version that was accepted last.
 */
accepted: string | null, 
/**
 * The next version, whose day has not come.
 */
upcoming: string | null, 
/**
 * When that was accepted, ahead of its day.
 */
upcoming_accepted_at: Timestamp | null, 
/**
 * Every version that can be read here, newest first.
 */
versions: Array<string>, 
/**
 * Whether the app looks for new versions once a day.
 */
scheduled: boolean, 
/**
 * When it looked last.
 */
checked_at: Timestamp | null, };

/**
 * A policy.
 */
export type PolicyText = { 
/**
 * Its version, the date it takes effect.
 */
version: string, 
/**
 * The language it is in.
 */
language: string, 
/**
 * Of the whole text; consent records name it.
 */
sha256: string, 
/**
 * In short.
 */
summary: Array<string>, 
/**
 * In full.
 */
blocks: Array<Block>, 
/**
 * When this version was accepted here.
 */
accepted_at: Timestamp | null, };

/**
 * Instructions a person keeps under a name, to begin conversations with.
 */
export type Preset = { 
/**
 * Its id.
 */
id: PresetId, 
/**
 * What a person called it.
 */
name: string, 
/**
 * The system prompt; may be empty.
 */
system: string, 
/**
 * How answers are made.
 */
parameters: Parameters, 
/**
 * Where answers come from; `None` for wherever the person is.
 */
source_id: SourceId | null, 
/**
 * Which model answers.
 */
model: string | null, 
/**
 * When it was made.
 */
created_at: Timestamp, };

/**
 * Says which preset new conversations begin with.
 */
export type PresetDefaultReq = { 
/**
 * Which; `None` for none.
 */
id?: PresetId, };

/**
 * Instructions kept under a name.
 */
export type PresetId = string;

/**
 * All presets.
 */
export type PresetList = { 
/**
 * By name.
 */
rows: Array<Preset>, 
/**
 * The one that new conversations begin with.
 */
default_id: PresetId | null, };

/**
 * Names a preset.
 */
export type PresetReq = { 
/**
 * Which.
 */
id: PresetId, };

/**
 * Keeps a preset, or changes the one that is named.
 */
export type PresetSaveReq = { 
/**
 * The one to change; `None` for a new one.
 */
id?: PresetId, 
/**
 * What it is called.
 */
name: string, 
/**
 * The system prompt; may be empty.
 */
system: string, 
/**
 * How answers are made.
 */
parameters: Parameters, 
/**
 * Where answers come from.
 */
source_id?: SourceId, 
/**
 * Which model answers.
 */
model?: string, };

/**
 * A header.
 */
export type PreviewHeaderRow = { 
/**
 * In lower case.
 */
name: string, 
/**
 * `None` for a credential, which is never shown.
 */
value: string | null, };

/**
 * A message as it would leave.
 */
export type PreviewMessageRow = { 
/**
 * Who said it.
 */
role: Role, 
/**
 * As it would leave.
 */
text: string, 
/**
 * True for what is asked now; the others are its context.
 */
is_question: boolean, };

/**
 * What a million tokens cost, in millionths of a US dollar.
 */
export type Price = { 
/**
 * Read.
 */
input: number, 
/**
 * Written.
 */
output: number, 
/**
 * Read from the source's cache; `None` where that is no price of its own.
 */
cached?: number, };

/**
 * The four numbers that matter.
 */
export type PrivacyOverview = { 
/**
 * Bytes kept on this computer.
 */
kept_bytes: number, 
/**
 * How many conversations.
 */
conversations: number, 
/**
 * How many messages.
 */
messages: number, 
/**
 * Bytes that left in the last seven days.
 */
left_bytes: number, 
/**
 * In how many requests.
 */
left_requests: number, 
/**
 * To whom, by purpose; what stayed in-process is not counted.
 */
flows: Array<Flow>, 
/**
 * What is kept, by kind.
 */
kinds: Array<StoredTotal>, 
/**
 * What is kept, by age.
 */
ages: Array<AgeRow>, 
/**
 * How many optional consents are on.
 */
consents_on: number, 
/**
 * Of how many.
 */
consents_total: number, 
/**
 * Requests and deletions that wait for somebody.
 */
waiting: number, };

/**
 * A request to the service and where it stands.
 */
export type PrivacyRequest = { 
/**
 * Also the `subject_request_id` on the wire.
 */
id: PrivacyRequestId, 
/**
 * What is asked.
 */
kind: PrivacyRequestKind, 
/**
 * The deletion here that it belongs to.
 */
erasure_id: ErasureId | null, 
/**
 * The name of the source it goes to.
 */
source_name: string, 
/**
 * Where it stands.
 */
state: PrivacyRequestState, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it has to be done.
 */
expected_by: Timestamp | null, 
/**
 * A code: why it was denied, done in part, delayed, or what is needed.
 */
reason: string | null, 
/**
 * What the answer is worth.
 */
attestation: Attestation, };

/**
 * One request to the service about data rights.
 */
export type PrivacyRequestId = string;

/**
 * What can be asked of the service.
 */
export type PrivacyRequestKind = "access" | "portability" | "rectification" | "erasure" | "restriction" | "objection";

/**
 * The life of a request as this computer sees it. A state never moves back: see
 * [`PrivacyRequestState::is_settled`].
 */
export type PrivacyRequestState = "draft" | "queued_offline" | "submitted" | "acknowledged" | "needs_action" | "fulfilled" | "partially_fulfilled" | "denied" | "overdue" | "cancelled";

/**
 * Fills the fields of a saved prompt in.
 */
export type PromptFillReq = { 
/**
 * Which.
 */
id: PromptId, 
/**
 * What goes in; fields without a value stay as they are.
 */
values: Array<FieldValue>, };

/**
 * Words kept to ask with.
 */
export type PromptId = string;

/**
 * All saved prompts.
 */
export type PromptList = { 
/**
 * By name.
 */
rows: Array<PromptRow>, };

/**
 * Names a saved prompt.
 */
export type PromptReq = { 
/**
 * Which.
 */
id: PromptId, };

/**
 * Words kept to ask with.
 */
export type PromptRow = { 
/**
 * Its id.
 */
id: PromptId, 
/**
 * What is typed after `/`.
 */
name: string, 
/**
 * The words, with `{{fields}}`.
 */
text: string, 
/**
 * The names of its fields, in order.
 */
fields: Array<string>, 
/**
 * When it was made.
 */
created_at: Timestamp, };

/**
 * Keeps a prompt, or changes the one that is named.
 */
export type PromptSaveReq = { 
/**
 * The one to change; `None` for a new one.
 */
id?: PromptId, 
/**
 * What is typed after `/`.
 */
name: string, 
/**
 * The words.
 */
text: string, };

/**
 * A self-audit.
 */
export type ProofReport = { 
/**
 * When it began.
 */
at: Timestamp, 
/**
 * The version of the app.
 */
app_version: string, 
/**
 * How long it took, in milliseconds.
 */
took_ms: number, 
/**
 * True if nothing is broken.
 */
holds: boolean, 
/**
 * Every check, in the order of the laws.
 */
checks: Array<Check>, 
/**
 * What cannot be shown here, law by law, in English.
 */
limits: Array<[Law, string]>, };

/**
 * Whether a report was saved.
 */
export type ProofSaved = { 
/**
 * False if the person changed their mind.
 */
saved: boolean, };

/**
 * What is published of a model of a provider that is asked directly.
 */
export type Published = { 
/**
 * What it costs.
 */
price: Price, 
/**
 * What a million tokens cost that are written to the source's cache, in millionths of a US
 * dollar; `None` where that is no price of its own.
 */
written?: number, 
/**
 * Whether what is read is written to that cache without anybody asking for it.
 */
writes_unasked?: boolean, 
/**
 * What it costs where much is read.
 */
long?: LongPrice, 
/**
 * How many tokens it reads.
 */
context_tokens?: number, 
/**
 * The most tokens of one answer.
 */
output_tokens?: number, 
/**
 * When it will stop answering (RFC 3339 date).
 */
shutdown_date?: string, 
/**
 * The day of all that (RFC 3339 date): it may have changed since.
 */
day: string, };

/**
 * How a purpose starts out.
 */
export type PurposeDefault = "on_use" | "ask" | "on_objectable" | "off";

/**
 * Every purpose, in the order of the table.
 */
export type PurposeList = { 
/**
 * The purposes.
 */
rows: Array<PurposeRow>, };

/**
 * What data may leave for.
 */
export type PurposeRow = { 
/**
 * `svc.chat`, …
 */
purpose: string, 
/**
 * Its terms in the W3C Data Privacy Vocabulary.
 */
terms: Array<string>, 
/**
 * Why it is allowed.
 */
basis: LegalBasis, 
/**
 * How it starts out.
 */
default: PurposeDefault, 
/**
 * The most it may carry.
 */
categories: Array<DataCategory>, 
/**
 * Who gets it.
 */
recipients: Array<Recipient>, 
/**
 * How long they keep it.
 */
kept_for: KeptFor, 
/**
 * The key of the sentence that describes it.
 */
text_key: string, 
/**
 * Whether some part of this version asks for it.
 */
in_use: boolean, 
/**
 * Whether a guardian keeps it locked in a supervised profile.
 */
off_for_children: boolean, };

/**
 * Holds what is read aloud, or lets it go on.
 */
export type ReadingHoldReq = { 
/**
 * Whether it is held.
 */
on: boolean, };

/**
 * How reading aloud stands.
 */
export type ReadingState = "fetching" | "playing" | "paused" | "ended" | "failed";

/**
 * The proof that a deletion was carried out on this computer.
 */
export type Receipt = { 
/**
 * The deletion.
 */
erasure_id: ErasureId, 
/**
 * The word of its [`ErasureScope`], or [`Receipt::ROTATION`].
 */
scope: string, 
/**
 * Rows removed per table.
 */
rows_by_table: { [key in string]: number }, 
/**
 * Encrypted files removed.
 */
files: number, 
/**
 * Bytes left in the write-ahead log afterwards; 0 in every valid receipt.
 */
wal_bytes: number, 
/**
 * The row that `wal_checkpoint(TRUNCATE)` answered.
 */
checkpoint: [number, number, number], 
/**
 * The pragma as it was.
 */
secure_delete: boolean, 
/**
 * The setting of the search index as it was.
 */
fts_secure_delete: boolean, 
/**
 * True if the search index was asked for what was deleted and found nothing.
 */
search_verified: boolean, 
/**
 * Which key of the archive was in force.
 */
key_epoch: number, 
/**
 * The version of the app.
 */
app_version: string, 
/**
 * When the deletion was asked for.
 */
requested_at: Timestamp, 
/**
 * When it was proven.
 */
at: Timestamp, 
/**
 * Of a change of the key: when everything that was deleted before became unreadable wherever
 * its pages may lie, because the key they were encrypted with is gone.
 */
crypto_erased_at?: Timestamp | null, 
/**
 * The hash of the receipt before; 64 zeros for the first.
 */
prev_hash: string, 
/**
 * SHA-256 in hex over `prev_hash` and every field above.
 */
hash: string, };

/**
 * Proven on this computer.
 */
export type ReceiptList = { 
/**
 * Newest first.
 */
receipts: Array<Receipt>, 
/**
 * What was asked of services.
 */
requests: Array<PrivacyRequest>, 
/**
 * Deletions that are hidden and not carried out yet.
 */
pending: number, };

/**
 * What was searched for last.
 */
export type RecentSearches = { 
/**
 * Newest first.
 */
queries: Array<string>, };

/**
 * Somebody who gets data for a purpose.
 */
export type Recipient = "chosen_source" | "service" | "update_server" | "payment_processor" | "media_server" | "tool_server" | "tax_authority";

/**
 * Everybody who received something.
 */
export type RecipientList = { 
/**
 * Who received most first; what stays in this app last.
 */
rows: Array<RecipientRow>, };

/**
 * What a recipient received for one purpose.
 */
export type RecipientPurposeRow = { 
/**
 * Why.
 */
purpose: string, 
/**
 * On what basis.
 */
basis: LegalBasis, 
/**
 * What kinds of data.
 */
categories: Array<DataCategory>, 
/**
 * How many requests.
 */
requests: number, 
/**
 * Bytes that left.
 */
bytes_out: number, };

/**
 * Somebody who received something, or was refused it.
 */
export type RecipientRow = { 
/**
 * Host and port, or `in-process`.
 */
host: string, 
/**
 * True for what stays in this app.
 */
in_process: boolean, 
/**
 * The sources at this host.
 */
sources: Array<string>, 
/**
 * What for.
 */
purposes: Array<RecipientPurposeRow>, 
/**
 * How many requests left.
 */
requests: number, 
/**
 * How many were refused before anything left.
 */
blocked: number, 
/**
 * Bytes that left.
 */
bytes_out: number, 
/**
 * Bytes that came.
 */
bytes_in: number, 
/**
 * When the first request left.
 */
first_at: Timestamp | null, 
/**
 * When the last request left.
 */
last_at: Timestamp | null, 
/**
 * What the provider says it does with data.
 */
practices: DataPractices, 
/**
 * Where it says so, and when that was read.
 */
practices_from: string | null, 
/**
 * The same as sentences that every language has.
 */
stated: StatedPractices | null, 
/**
 * What is asked of it with every request.
 */
opt_outs: Array<OptOutRow>, };

/**
 * A recording that waits to be sent.
 */
export type Recorded = { 
/**
 * How long it is, in milliseconds.
 */
ms: number, 
/**
 * How many bytes would leave.
 */
bytes: number, };

/**
 * A recovery code; told this once.
 */
export type RecoveryCode = { 
/**
 * Eight groups of four.
 */
code: string, };

/**
 * Makes a recovery code.
 */
export type RecoveryCreateReq = { 
/**
 * The passphrase, where there is one.
 */
current?: string, };

/**
 * Names a name.
 */
export type RedactNameReq = { 
/**
 * The name.
 */
name: string, };

/**
 * The names that are replaced.
 */
export type RedactNames = { 
/**
 * In the order they were added.
 */
names: Array<string>, };

/**
 * A private detail and what leaves in its place.
 */
export type ReplacedRow = { 
/**
 * `key`, `email`, `iban`, `card`, `phone` or `name`.
 */
kind: 'key' | 'email' | 'iban' | 'card' | 'phone' | 'name', 
/**
 * What leaves.
 */
placeholder: string, 
/**
 * What stays.
 */
original: string, };

/**
 * A step, when it was and what was said with it.
 */
export type RequestEvent = { 
/**
 * When this computer saw it.
 */
at: Timestamp, 
/**
 * What happened.
 */
step: RequestStep, 
/**
 * A code.
 */
reason: string | null, 
/**
 * The date that was named with it.
 */
expected_by: Timestamp | null, };

/**
 * One request on the wire and its ledger row; travels as `X-Request-Id`.
 */
export type RequestId = string;

/**
 * A step in the life of a request.
 */
export type RequestStep = "made" | "sent" | "acknowledged" | "needs_action" | "resumed" | "extended" | "late_date" | "forged" | "lost" | "cancelling" | "fulfilled" | "partially_fulfilled" | "denied" | "cancelled";

/**
 * The form of an answer.
 */
export type ResponseFormat = "text" | "json_object";

/**
 * Freezes everything, or no longer.
 */
export type RestrictEverythingReq = { 
/**
 * Whether it is frozen.
 */
on: boolean, };

/**
 * What is frozen.
 */
export type Restriction = { 
/**
 * Whether everything is.
 */
everything: boolean, 
/**
 * The conversations that are frozen by themselves, newest first, at most 200.
 */
conversations: Array<RetentionItem>, };

/**
 * The rules and what came of them.
 */
export type Retention = { 
/**
 * The rules.
 */
rules: Array<RetentionRuleRow>, 
/**
 * Why nothing is deleted at the moment.
 */
paused: RetentionPause | null, 
/**
 * The last passes, newest first.
 */
runs: Array<RetentionRunRow>, };

/**
 * Why something is not deleted although a rule would.
 */
export type RetentionExemption = "pinned" | "restricted" | "other_rule";

/**
 * A file that a rule would delete.
 */
export type RetentionFile = { 
/**
 * Which.
 */
id: AssetId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its size in bytes.
 */
bytes: number, 
/**
 * Since when it is here.
 */
since: Timestamp, };

/**
 * A conversation that a rule is about.
 */
export type RetentionItem = { 
/**
 * Which.
 */
id: ConversationId, 
/**
 * Its title.
 */
title: string, 
/**
 * Why it stays; `None` if it goes.
 */
why: RetentionExemption | null, };

/**
 * What is kept or deleted by age where nothing more specific is said.
 */
export type RetentionKind = "conversations" | "drafts" | "searches" | "media";

/**
 * Why nothing is deleted by rule at the moment.
 */
export type RetentionPause = { "why": "clock", 
/**
 * The last time that was trusted.
 */
trusted_at: Timestamp, 
/**
 * What the clock says.
 */
clock_at: Timestamp, 
/**
 * Hours the app has to run without another jump until it is believed.
 */
hours_left: number, } | { "why": "frozen" };

/**
 * What a rule would delete today.
 */
export type RetentionPreviewRes = { 
/**
 * Conversations.
 */
conversations: number, 
/**
 * Messages in them.
 */
messages: number, 
/**
 * Bytes of words and files.
 */
bytes: number, 
/**
 * Whether messages and bytes are more than what was added up.
 */
at_least: boolean, 
/**
 * Drafts.
 */
drafts: number, 
/**
 * Searches.
 */
searches: number, 
/**
 * Files; the messages they are in stay.
 */
files: number, 
/**
 * The first 50 files, oldest first.
 */
first_files: Array<RetentionFile>, 
/**
 * The first 50 conversations, oldest first.
 */
first: Array<RetentionItem>, 
/**
 * The first 50 that stay although they are old enough; of a rule about files, those that
 * keep old files.
 */
exempt: Array<RetentionItem>, 
/**
 * How many of them there are.
 */
exempt_total: number, 
/**
 * Whether everything is frozen, so that nothing goes.
 */
frozen: boolean, };

/**
 * Names a rule.
 */
export type RetentionRemoveReq = { 
/**
 * Which.
 */
id: RetentionRuleId, };

/**
 * A rule of retention.
 */
export type RetentionRuleId = string;

/**
 * A rule. Without any number of days it says: keep.
 */
export type RetentionRuleReq = { 
/**
 * What it is about.
 */
target: RetentionTargetDto, 
/**
 * Delete this many days after the last activity; files, this many days after they came.
 */
idle_days?: number, 
/**
 * Delete this many days after archiving.
 */
archived_days?: number, };

/**
 * A rule.
 */
export type RetentionRuleRow = { 
/**
 * Its id.
 */
id: RetentionRuleId, 
/**
 * What it is about.
 */
target: RetentionTargetDto, 
/**
 * The name of that, if it has one.
 */
name: string | null, 
/**
 * Delete this many days after the last activity.
 */
idle_days: number | null, 
/**
 * Delete this many days after archiving.
 */
archived_days: number | null, 
/**
 * When it was made.
 */
created_at: Timestamp, };

/**
 * One pass over what was due.
 */
export type RetentionRunRow = { 
/**
 * Counts up.
 */
seq: number, 
/**
 * When.
 */
at: Timestamp, 
/**
 * Conversations it deleted.
 */
conversations: number, 
/**
 * Drafts it deleted.
 */
drafts: number, 
/**
 * Searches it forgot.
 */
searches: number, 
/**
 * Files it deleted.
 */
media: number, 
/**
 * The proofs, at most 50.
 */
receipts: Array<Receipt>, };

/**
 * What a rule is about.
 */
export type RetentionTargetDto = { "level": "conversation", 
/**
 * Which.
 */
id: ConversationId, } | { "level": "tag", 
/**
 * Which.
 */
id: TagId, } | { "level": "folder", 
/**
 * Which.
 */
id: FolderId, } | { "level": "source", 
/**
 * Which.
 */
id: SourceId, } | { "level": "kind", 
/**
 * Which.
 */
kind: RetentionKind, };

/**
 * The key a service signs its answers with.
 */
export type RightsKey = { 
/**
 * The one answers are checked with, in base64.
 */
known: string | null, 
/**
 * Since when.
 */
since: Timestamp | null, 
/**
 * The one the service names now, in base64.
 */
offered: string | null, 
/**
 * Whether the two differ.
 */
changed: boolean, };

/**
 * Asks a service which key it signs with.
 */
export type RightsKeyReq = { 
/**
 * The name of the source.
 */
source: string, };

/**
 * Trusts a service anew.
 */
export type RightsKeyTrustReq = { 
/**
 * The name of the source.
 */
source: string, 
/**
 * The key that was shown.
 */
key: string, };

/**
 * A page of requests.
 */
export type RightsListReq = { 
/**
 * Only requests older than this one.
 */
before?: PrivacyRequestId, };

/**
 * What was asked, and what is objected to.
 */
export type RightsReport = { 
/**
 * Newest first.
 */
requests: Array<RightsRow>, 
/**
 * Where the next page begins; `None` at the end.
 */
next: PrivacyRequestId | null, 
/**
 * Every purpose that can be objected to.
 */
objections: Array<ObjectionRow>, 
/**
 * Who can be asked; the sandbox first.
 */
sources: Array<string>, };

/**
 * Names a request.
 */
export type RightsReq = { 
/**
 * Which.
 */
id: PrivacyRequestId, };

/**
 * Asks a service.
 */
export type RightsRequestReq = { 
/**
 * Which right.
 */
kind: PrivacyRequestKind, 
/**
 * The name of the source.
 */
source: string, 
/**
 * For a correction: the name; empty takes it away.
 */
display_name?: string, 
/**
 * For a correction: the address; empty takes it away.
 */
email?: string, 
/**
 * For an objection: the purpose.
 */
purpose?: string, 
/**
 * For a restriction or an objection: lift it.
 */
lift?: boolean, };

/**
 * What a service gave.
 */
export type RightsResult = { 
/**
 * One JSON document.
 */
text: string, };

/**
 * A request and its life.
 */
export type RightsRow = { 
/**
 * What was asked, in the state of now.
 */
request: PrivacyRequest, 
/**
 * When it was first sent.
 */
submitted_at: Timestamp | null, 
/**
 * When the service was last asked.
 */
checked_at: Timestamp | null, 
/**
 * Whether the service took the time that the law allows.
 */
extended: boolean, 
/**
 * Whether a result can be fetched.
 */
has_result: boolean, 
/**
 * Whether it can be taken back.
 */
can_cancel: boolean, 
/**
 * Whether the right to complain should be said.
 */
may_complain: boolean, 
/**
 * The final answer with its signature, as JSON.
 */
receipt: string | null, 
/**
 * Oldest first.
 */
steps: Array<RequestEvent>, };

/**
 * What the sandbox knows of the person.
 */
export type RightsSubject = { 
/**
 * What the person is called.
 */
display_name: string | null, 
/**
 * Where the person is reached.
 */
email: string | null, 
/**
 * Whether it is restricted.
 */
restricted: boolean, };

/**
 * Who speaks.
 */
export type Role = "system" | "user" | "assistant" | "tool";

/**
 * A drawn diagram.
 */
export type Scene = { 
/**
 * What it is.
 */
kind: DiagramKind, 
/**
 * Its title, where it says one.
 */
title: string | null, 
/**
 * What it says of itself to those who do not see it.
 */
description: string | null, 
/**
 * The stretch of the plane that is shown: left, top, width, height.
 */
view: [number, number, number, number], 
/**
 * From back to front.
 */
shapes: Array<SceneShape>, };

/**
 * The outline of a shape.
 */
export type SceneForm = { "type": "path", 
/**
 * One after the other; the first one moves.
 */
steps: Array<PathStep>, } | { "type": "rect", 
/**
 * Its left edge.
 */
x: number, 
/**
 * Its upper edge.
 */
y: number, 
/**
 * Its width.
 */
width: number, 
/**
 * Its height.
 */
height: number, 
/**
 * How round its corners are.
 */
radius: number, } | { "type": "ellipse", 
/**
 * Its middle.
 */
x: number, 
/**
 * Its middle.
 */
y: number, 
/**
 * From the middle to the right.
 */
rx: number, 
/**
 * From the middle down.
 */
ry: number, } | { "type": "text", 
/**
 * Where `anchor` stands.
 */
x: number, 
/**
 * The line on which letters stand.
 */
y: number, 
/**
 * Which part of the line stands at `x`.
 */
anchor: TextAnchor, 
/**
 * The size of letters.
 */
size: number, 
/**
 * The words.
 */
runs: Array<SceneRun>, };

/**
 * Words of one look.
 */
export type SceneRun = { 
/**
 * The words.
 */
text: string, 
/**
 * Red, green, blue and how opaque.
 */
fill: number, 
/**
 * In bold letters.
 */
bold: boolean, 
/**
 * In slanted letters.
 */
italic: boolean, };

/**
 * One shape.
 */
export type SceneShape = { 
/**
 * Its outline.
 */
form: SceneForm, 
/**
 * How it is filled: red, green, blue and how opaque, eight bits each. Not for words, whose
 * runs have each their own.
 */
fill: number | null, 
/**
 * The same of its edge.
 */
stroke: number | null, 
/**
 * How wide the edge is.
 */
width: number, 
/**
 * Lengths of lines and gaps in turn; none for an edge without gaps.
 */
dash: Array<number>, 
/**
 * Where it is moved, turned or scaled to, as the six numbers of a matrix.
 */
at: [number, number, number, number, number, number] | null, };

/**
 * Whether a picture of the screen was taken.
 */
export type ScreenshotTaken = { 
/**
 * False if the person changed their mind.
 */
taken: boolean, };

/**
 * One hit.
 */
export type SearchHit = { 
/**
 * Where.
 */
conversation_id: ConversationId, 
/**
 * Which message; `None` for a title.
 */
message_id: MessageId | null, 
/**
 * The conversation's title.
 */
title: string, 
/**
 * Who speaks; `None` for a title.
 */
role: Role | null, 
/**
 * The words around, in pieces.
 */
snippet: Array<SnippetPart>, 
/**
 * When.
 */
at: Timestamp, };

/**
 * Hits, newest first.
 */
export type SearchPage = { 
/**
 * The hits.
 */
hits: Array<SearchHit>, 
/**
 * Where the next page begins; `None` at the end.
 */
next: string | null, 
/**
 * What narrows the search, as it was typed: `from:me`, `before:2026-03`.
 */
filters: Array<string>, };

/**
 * Remembers that a hit of this search was opened.
 */
export type SearchRememberReq = { 
/**
 * As typed.
 */
query: string, };

/**
 * Searches titles and messages.
 */
export type SearchReq = { 
/**
 * As typed; the last word is taken as the beginning of one. `in:`, `from:`, `before:`,
 * `after:` and `has:image` narrow.
 */
query: string, 
/**
 * `next` of the page before.
 */
cursor?: string, 
/**
 * At most this many, up to 100.
 */
limit: number, };

/**
 * Which key sends.
 */
export type SendKey = "enter" | "mod_enter";

/**
 * All that are known.
 */
export type ServiceList = { 
/**
 * Services before servers.
 */
rows: Array<ServiceRow>, };

/**
 * A service, or a server to run oneself, that is known by name.
 */
export type ServiceRow = { 
/**
 * Stable.
 */
id: string, 
/**
 * As it calls itself.
 */
name: string, 
/**
 * Where it answers.
 */
url: string, 
/**
 * How it speaks.
 */
dialect: Dialect, 
/**
 * Whether it wants a key.
 */
needs_key: boolean, 
/**
 * Whether it runs on the person's own computer.
 */
local: boolean, 
/**
 * Whether a part of the address is the person's own and has to be filled in.
 */
fill_in: boolean, 
/**
 * What its provider says about data.
 */
practices: DataPractices, 
/**
 * Where the provider says so, and when that was read.
 */
practices_from: string | null, 
/**
 * The same as sentences that every language has.
 */
stated: StatedPractices | null, 
/**
 * What would be asked of it with every request.
 */
opt_outs: Array<OptOutRow>, };

/**
 * Creates an archive on a computer without a keychain.
 */
export type SessionCreateReq = { 
/**
 * `passphrase` or `memory`.
 */
storage: StorageMode, 
/**
 * Needed for `passphrase`; at least 8 characters.
 */
passphrase?: string, };

/**
 * What the window needs before it can draw anything.
 */
export type SessionInfo = { 
/**
 * What stands between the person and the archive.
 */
state: SessionState, 
/**
 * Where the archive lives, once open.
 */
storage: StorageMode | null, 
/**
 * False until the first run was completed.
 */
setup_done: boolean, 
/**
 * True where a guardian set the app up.
 */
supervised: boolean, 
/**
 * Whether the door is closed.
 */
offline: boolean, 
/**
 * True if the archive can be opened with a passphrase.
 */
has_passphrase: boolean, 
/**
 * Why `state` is not `ready`, in words.
 */
problem: ApiError | null, 
/**
 * The person's settings; defaults until the archive is open.
 */
settings: Settings, 
/**
 * The version of the app.
 */
app_version: string, 
/**
 * `linux`, `macos` or `windows`.
 */
platform: string, 
/**
 * True in builds that can be driven by tests.
 */
automation: boolean, };

/**
 * Opens with the recovery code.
 */
export type SessionRecoverReq = { 
/**
 * As typed.
 */
code: string, 
/**
 * The passphrase to set; needed where there was one.
 */
passphrase?: string, };

/**
 * Sets an archive that cannot be opened aside (kept 30 days) and starts anew.
 */
export type SessionStartFreshReq = { 
/**
 * Must be true; the window asks twice.
 */
confirmed: boolean, };

/**
 * What stands between the person and the archive. Only `FirstRun` may create a key.
 */
export type SessionState = "first_run" | "ready" | "locked" | "no_provider" | "backend_changed" | "key_lost" | "wrong_key" | "corrupt" | "too_new" | "in_use" | "unwritable";

/**
 * Opens a locked archive with its passphrase.
 */
export type SessionUnlockReq = { 
/**
 * As typed.
 */
passphrase: string, };

/**
 * What a person can set.
 */
export type Settings = { 
/**
 * Which colours.
 */
theme: Theme, 
/**
 * BCP 47; `None` follows the system.
 */
language: string | null, 
/**
 * Which key sends.
 */
send_key: SendKey, 
/**
 * Width of the list in CSS pixels.
 */
list_width: number, 
/**
 * Whether the list is hidden.
 */
list_collapsed: boolean, 
/**
 * Text size in percent of the usual.
 */
text_percent: number, };

/**
 * Replaces the settings.
 */
export type SettingsSetReq = { 
/**
 * All of them.
 */
settings: Settings, };

/**
 * Completes the first run.
 */
export type SetupReq = { 
/**
 * Who will use it.
 */
audience: Audience, 
/**
 * What unlocks a supervised profile later; needed for a guardian, at least 8 characters.
 */
guardian_passphrase?: string, 
/**
 * The policy that was shown.
 */
policy_version: string, 
/**
 * The language it was shown in.
 */
language: string, 
/**
 * The optional purposes that were switched on; everything else is recorded as refused.
 */
consents: Array<string>, };

/**
 * That a person is signed in to a server of tools. The permit is with the keys.
 */
export type SignedIn = { 
/**
 * Who gave the permit.
 */
host: string, 
/**
 * When it ends for good; `None` when it is renewed by itself.
 */
until: Timestamp | null, };

/**
 * A piece of a snippet.
 */
export type SnippetPart = { 
/**
 * The words.
 */
text: string, 
/**
 * Whether they were searched for.
 */
marked: boolean, };

/**
 * How sound is stored.
 */
export type SoundFormat = "mp3" | "wav" | "flac" | "ogg" | "m4a" | "webm";

/**
 * Adds a server or a key.
 */
export type SourceAddReq = { 
/**
 * Unique.
 */
name: string, 
/**
 * The base URL.
 */
url: string, 
/**
 * How it speaks.
 */
dialect: Dialect, 
/**
 * Goes to the keychain and never comes back.
 */
key?: string, };

/**
 * Added. Its models were asked for at once.
 */
export type SourceAdded = { 
/**
 * The new source.
 */
source: SourceRow, 
/**
 * What it offers; empty if it could not be asked.
 */
models: Array<Model>, 
/**
 * Why it could not be asked. The source is kept.
 */
problem: ApiError | null, };

/**
 * A source of answers.
 */
export type SourceId = string;

/**
 * All of them.
 */
export type SourceList = { 
/**
 * The sandbox first, then by name.
 */
rows: Array<SourceRow>, 
/**
 * Where a new conversation starts.
 */
default_source_id: SourceId | null, };

/**
 * Names a source.
 */
export type SourceReq = { 
/**
 * Which.
 */
id: SourceId, };

/**
 * A place that answers.
 */
export type SourceRow = { 
/**
 * Its id.
 */
id: SourceId, 
/**
 * Its name.
 */
name: string, 
/**
 * How it speaks.
 */
dialect: Dialect, 
/**
 * Host and port; `None` for what is mounted in-process.
 */
host: string | null, 
/**
 * The address as it was typed, tidied; for people.
 */
address: string | null, 
/**
 * True for the embedded sandbox: nothing sent to it leaves the computer.
 */
in_process: boolean, 
/**
 * True if the host is this computer.
 */
on_this_computer: boolean, 
/**
 * True if the connection is not encrypted.
 */
plain_http: boolean, 
/**
 * Whether a credential is stored.
 */
has_credential: boolean, 
/**
 * The model new conversations start with.
 */
default_model: string | null, 
/**
 * What it declares about data.
 */
practices: DataPractices, 
/**
 * Where the provider says so, and when that was read.
 */
practices_from: string | null, 
/**
 * The same as sentences that every language has.
 */
stated: StatedPractices | null, 
/**
 * What is asked of it with every request.
 */
opt_outs: Array<OptOutRow>, 
/**
 * Whether private details are replaced before anything leaves.
 */
redact: boolean, };

/**
 * Changes what is given and leaves the rest.
 */
export type SourceUpdateReq = { 
/**
 * Which.
 */
id: SourceId, 
/**
 * Its new name.
 */
name?: string, 
/**
 * A new credential; empty removes it.
 */
key?: string, 
/**
 * The model new conversations start with.
 */
default_model?: string, 
/**
 * Whether private details are replaced before anything leaves.
 */
redact?: boolean, 
/**
 * True makes new conversations start here.
 */
make_default?: boolean, };

/**
 * A run of code of one kind.
 */
export type Span = { 
/**
 * What it is, for its colour.
 */
class: HighlightClass, 
/**
 * The text, never with a line end.
 */
text: string, };

/**
 * What was spent on one day with one model of one source.
 */
export type SpendRow = { 
/**
 * Days since 1970, in UTC.
 */
day: number, 
/**
 * The source, which may be gone.
 */
source_id: SourceId, 
/**
 * The model, in the words of the source.
 */
model: string, 
/**
 * How many answers.
 */
answers: number, 
/**
 * How many of them have no known cost.
 */
unpriced: number, 
/**
 * Tokens read.
 */
input_tokens: number, 
/**
 * Tokens written.
 */
output_tokens: number, 
/**
 * What it cost, in billionths of a US dollar.
 */
nanos: number, };

/**
 * A source by its name.
 */
export type SpendSource = { 
/**
 * Its id.
 */
id: SourceId, 
/**
 * Its name.
 */
name: string, };

/**
 * What was spent, and what may be.
 */
export type Spending = { 
/**
 * Today, in days since 1970, in UTC.
 */
today: number, 
/**
 * The first day that is told.
 */
from: number, 
/**
 * Along the days.
 */
rows: Array<SpendRow>, 
/**
 * The sources that are still there.
 */
sources: Array<SpendSource>, 
/**
 * All budgets.
 */
budgets: Array<BudgetRow>, };

/**
 * What was spent in the last days.
 */
export type SpendingReq = { 
/**
 * How many days, today included; up to 400.
 */
days: number, };

/**
 * A sentence on what a provider says about data, or where it says so.
 */
export type Stated = "trains_if_opted_in" | "trains_not" | "trains_through_nobody" | "trains_if_permitted" | "trains_on_free_keys" | "trains_on_free_plan" | "trains_maybe" | "keeps_logs30_days" | "keeps_logs30_days_unless_exempt" | "keeps_logs55_days" | "keeps_metadata" | "keeps30_days" | "keeps_failures" | "in_europe" | "in_region_of_resource" | "in_china" | "from_data_page" | "from_documentation" | "from_gemini_terms" | "from_groq_console" | "from_reports_on_terms" | "from_reports_on_policy";

/**
 * What a provider says, where it does, and when that was read.
 */
export type StatedPractices = { 
/**
 * Whether it trains on what it is sent.
 */
training: Stated | null, 
/**
 * How long it keeps what it is sent.
 */
retention: Stated | null, 
/**
 * Where it is processed.
 */
region: Stated | null, 
/**
 * Where it says so.
 */
from: Stated, 
/**
 * The month it was read, such as `2026-11`.
 */
read: string, };

/**
 * Where the archive lives.
 */
export type StorageMode = "keychain" | "passphrase" | "memory";

/**
 * A kind of thing kept on this computer.
 */
export type StoredKind = "conversations" | "messages" | "drafts" | "assets" | "search_index" | "ledger" | "records" | "settings" | "sandbox" | "overhead" | "reserve";

/**
 * What is kept on this computer.
 */
export type StoredReport = { 
/**
 * Per kind.
 */
kinds: Array<StoredTotal>, 
/**
 * All kinds together.
 */
total_bytes: number, 
/**
 * Where the key is.
 */
storage: StorageMode, };

/**
 * How much of a kind is kept.
 */
export type StoredTotal = { 
/**
 * The kind.
 */
kind: StoredKind, 
/**
 * How many.
 */
count: number, 
/**
 * Bytes on disk.
 */
bytes: number, };

/**
 * The support bundle as it would be saved.
 */
export type SupportBundle = { 
/**
 * All of it.
 */
text: string, };

/**
 * Saves the support bundle, as the person changed it, where they say.
 */
export type SupportBundleSaveReq = { 
/**
 * All of it.
 */
text: string, };

/**
 * What became of it.
 */
export type SupportBundleSaved = { 
/**
 * False if the person changed their mind in the dialog.
 */
saved: boolean, 
/**
 * The name of the file, without its folder.
 */
name: string, };

/**
 * A tag on conversations.
 */
export type TagId = string;

/**
 * Renames a tag.
 */
export type TagRenameReq = { 
/**
 * Which.
 */
id: TagId, 
/**
 * What it is called from now on.
 */
name: string, };

/**
 * Names a tag.
 */
export type TagReq = { 
/**
 * Which.
 */
id: TagId, };

/**
 * A tag.
 */
export type TagRow = { 
/**
 * Its id.
 */
id: TagId, 
/**
 * Its name.
 */
name: string, 
/**
 * How many conversations have it; counted up to 1000.
 */
conversations: number, 
/**
 * When it was made.
 */
created_at: Timestamp, };

/**
 * Begins a temporary conversation.
 */
export type TemporaryBeginReq = { 
/**
 * Where answers come from; `None` takes the last used.
 */
source_id?: SourceId, 
/**
 * The model.
 */
model?: string, };

/**
 * The temporary conversations there are, the latest first.
 */
export type TemporaryList = { 
/**
 * Each of them.
 */
rows: Array<ConversationRow>, };

/**
 * Which part of a line of words stands at its place.
 */
export type TextAnchor = "start" | "middle" | "end";

/**
 * What became of a paragraph, or of a part of it.
 */
export type TextChange = "same" | "added" | "removed" | "changed";

/**
 * What a paragraph is.
 */
export type TextKind = "heading" | "paragraph" | "item" | "row";

/**
 * Some words of a changed paragraph.
 */
export type TextPart = { 
/**
 * `same`, `added` or `removed`.
 */
change: TextChange, 
/**
 * The words.
 */
text: string, };

/**
 * One paragraph of a comparison.
 */
export type TextRow = { 
/**
 * What it is in the text.
 */
kind: TextKind, 
/**
 * What became of it.
 */
change: TextChange, 
/**
 * Its words; several parts only where it was changed.
 */
parts: Array<TextPart>, };

/**
 * Which colours.
 */
export type Theme = "system" | "light" | "dark" | "high_contrast";

/**
 * From one moment up to, and without, another.
 */
export type TimeRange = { 
/**
 * The first moment.
 */
from: Timestamp, 
/**
 * The first moment after it.
 */
to: Timestamp, };

/**
 * Milliseconds since 1970-01-01T00:00:00Z.
 */
export type Timestamp = number;

/**
 * Who gives titles.
 */
export type Titles = { 
/**
 * The model that answers; otherwise the first words of the question are the title.
 */
by_model: boolean, };

/**
 * Lets the model that answers give titles, or no longer.
 */
export type TitlesReq = { 
/**
 * Whether it does.
 */
by_model: boolean, };

/**
 * Stops what a server was asked for.
 */
export type ToolAskCancelReq = { 
/**
 * What it was asked for by.
 */
asking_id: OfferAskingId, };

/**
 * What came from a server.
 */
export type ToolBrought = { 
/**
 * Words for the unsent text.
 */
text: string, 
/**
 * Files, which are beside it now.
 */
files: Array<AttachmentFile>, 
/**
 * What could not be taken.
 */
left_out: Array<ToolLeftOut>, };

/**
 * A call of a tool in an answer.
 */
export type ToolCallRow = { 
/**
 * Its number.
 */
number: number, 
/**
 * The tool.
 */
tool: string, 
/**
 * Where it runs; `None` in the app.
 */
server: string | null, 
/**
 * The host it goes to; `None` where it runs on this computer.
 */
host: string | null, 
/**
 * How many blocks of the answer's text came before it.
 */
after: number, 
/**
 * What it is called with, with everything in it to be seen.
 */
arguments: string, 
/**
 * How far it came.
 */
state: ToolState, 
/**
 * Whether the tool has another definition than when it was allowed.
 */
changed: boolean, 
/**
 * What it returned.
 */
result: string | null, 
/**
 * The files it returned.
 */
files: Array<AttachmentRow>, 
/**
 * Of one that waits, what its server says the tool does.
 */
description: string | null, 
/**
 * Of one that waits, the program it would run in.
 */
program: string | null, };

/**
 * The calls of an answer.
 */
export type ToolCalls = { 
/**
 * In order.
 */
rows: Array<ToolCallRow>, };

/**
 * Says whether a call may run.
 */
export type ToolDecideReq = { 
/**
 * The answer it belongs to.
 */
message_id: MessageId, 
/**
 * Its number.
 */
call: number, 
/**
 * What is said.
 */
decision: ToolDecision, };

/**
 * What a person says to a call.
 */
export type ToolDecision = "once" | "conversation" | "refuse";

/**
 * Something that could not be taken.
 */
export type ToolLeftOut = { 
/**
 * What it is called, or what it was said to be.
 */
name: string, 
/**
 * Why.
 */
problem: VisibleError, };

/**
 * All tools there are.
 */
export type ToolList = { 
/**
 * A guardian supervises this profile: there are no tools.
 */
supervised: boolean, 
/**
 * Those in the app.
 */
local: Array<ToolRow>, 
/**
 * Servers a person added.
 */
servers: Array<ToolServerRow>, 
/**
 * What became of the permit that was given back just now.
 */
signed_out: ToolSignedOut | null, };

/**
 * What a prompt, or the address of a resource, is filled in with.
 */
export type ToolOfferField = { 
/**
 * What it is given by.
 */
name: string, 
/**
 * What it is called, with everything in it to be seen.
 */
label: string, 
/**
 * What its server says of it: words of somebody else.
 */
description: string, 
/**
 * Whether it has to be given.
 */
required: boolean, };

/**
 * Asks a server what it offers.
 */
export type ToolOffersReq = { 
/**
 * Which.
 */
server_id: ToolServerId, 
/**
 * From where; `None` for a conversation that is not begun yet.
 */
conversation_id?: ConversationId, 
/**
 * What it can be stopped by.
 */
asking_id?: OfferAskingId, };

/**
 * Whether a tool may run.
 */
export type ToolPolicy = "ask" | "always" | "never";

/**
 * Decides about a tool as it is now.
 */
export type ToolPolicyReq = { 
/**
 * Which.
 */
key: string, 
/**
 * Whether it may run.
 */
policy: ToolPolicy, };

/**
 * Fills in a prompt of a server.
 */
export type ToolPromptFillReq = { 
/**
 * The server.
 */
server_id: ToolServerId, 
/**
 * Where its words are for; `None` for a conversation that is not begun yet.
 */
conversation_id?: ConversationId, 
/**
 * What it can be stopped by.
 */
asking_id?: OfferAskingId, 
/**
 * The prompt.
 */
name: string, 
/**
 * What goes in.
 */
values: Array<FieldValue>, };

/**
 * A prompt of a server.
 */
export type ToolPromptRow = { 
/**
 * What it is asked for by.
 */
name: string, 
/**
 * What it is called, with everything in it to be seen.
 */
label: string, 
/**
 * What its server says of it: words of somebody else.
 */
description: string, 
/**
 * What it is filled in with.
 */
fields: Array<ToolOfferField>, };

/**
 * The prompts of a server.
 */
export type ToolPrompts = { 
/**
 * In its order.
 */
rows: Array<ToolPromptRow>, 
/**
 * Whether there are more, which nobody listened to.
 */
has_more: boolean, };

/**
 * Reads a resource of a server and puts it beside an unsent text.
 */
export type ToolResourceAttachReq = { 
/**
 * The server.
 */
server_id: ToolServerId, 
/**
 * Where it is for; `None` for a conversation that is not begun yet.
 */
conversation_id?: ConversationId, 
/**
 * What it can be stopped by.
 */
asking_id?: OfferAskingId, 
/**
 * The resource.
 */
uri: string, 
/**
 * What the file is called.
 */
name: string, 
/**
 * What its address is completed with.
 */
values: Array<FieldValue>, };

/**
 * A resource of a server.
 */
export type ToolResourceRow = { 
/**
 * What it is asked for by.
 */
uri: string, 
/**
 * What its file would be called, as its server wrote it: not to be shown.
 */
name: string, 
/**
 * What it is called, with everything in it to be seen.
 */
label: string, 
/**
 * Its address, with everything in it to be seen.
 */
address: string, 
/**
 * What its server says of it: words of somebody else.
 */
description: string, 
/**
 * What its server says it is; empty where it says nothing.
 */
media_type: string, 
/**
 * How large its server says it is.
 */
size: number | null, 
/**
 * What its address is completed with.
 */
fields: Array<ToolOfferField>, };

/**
 * The resources of a server.
 */
export type ToolResources = { 
/**
 * In its order.
 */
rows: Array<ToolResourceRow>, 
/**
 * Whether there are more, which nobody listened to.
 */
has_more: boolean, };

/**
 * A tool as people decide about it.
 */
export type ToolRow = { 
/**
 * What decisions are kept by.
 */
key: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it says it does; of a server, words of somebody else.
 */
description: string, 
/**
 * Its arguments, as JSON to read.
 */
schema: string, 
/**
 * Whether it may run.
 */
policy: ToolPolicy, 
/**
 * Whether it has another definition than when that was decided.
 */
changed: boolean, 
/**
 * Whether its name hides what it is called; such a tool is not offered.
 */
unusable: boolean, };

/**
 * Switches a server on or off.
 */
export type ToolServerEnableReq = { 
/**
 * Which.
 */
id: ToolServerId, 
/**
 * Whether it may be used.
 */
on: boolean, };

/**
 * A server of tools.
 */
export type ToolServerId = string;

/**
 * Names a server of tools.
 */
export type ToolServerReq = { 
/**
 * Which.
 */
id: ToolServerId, };

/**
 * A server of tools.
 */
export type ToolServerRow = { 
/**
 * Its id.
 */
id: ToolServerId, 
/**
 * What the person calls it.
 */
name: string, 
/**
 * How it is reached.
 */
transport: ToolTransport, 
/**
 * The host it is at; `None` for a program.
 */
host: string | null, 
/**
 * Whether it may be used.
 */
enabled: boolean, 
/**
 * How long a call of its tools may take, in seconds.
 */
timeout_s: number, 
/**
 * Whether it runs now.
 */
running: boolean, 
/**
 * What it offered when it was last asked.
 */
tools: Array<ToolRow>, 
/**
 * The end of what it wrote beside its answers.
 */
said: string, 
/**
 * A sign-in that was begun.
 */
sign_in: ToolSignIn | null, 
/**
 * Whether it answered nobody who is not signed in.
 */
wants_sign_in: boolean, 
/**
 * What it wants to be allowed beside what was; no names where it does not say.
 */
wants_more: Array<string> | null, };

/**
 * Adds a server of tools, or changes one.
 */
export type ToolServerSaveReq = { 
/**
 * The one to change; `None` for a new one.
 */
id?: ToolServerId, 
/**
 * What it is called.
 */
name: string, 
/**
 * Its address; empty for a program.
 */
url: string, 
/**
 * Whether its path is kept with the keys.
 */
hide_path: boolean, 
/**
 * The header its key goes in; empty for the usual one.
 */
key_header: string, 
/**
 * A new key for its address; empty removes it, `None` keeps what it had.
 */
key?: string, 
/**
 * All further headers for its address.
 */
headers: Array<ToolValue>, 
/**
 * The program; empty for an address.
 */
program: string, 
/**
 * What it is started with.
 */
arguments: Array<string>, 
/**
 * What is added to the little of our environment it is given.
 */
environment: Array<ToolValue>, 
/**
 * How long a call of its tools may take, in seconds; `None` keeps what it had.
 */
timeout_s?: number, 
/**
 * Whether it may be used.
 */
enabled: boolean, };

/**
 * A sign-in that was begun. The address of its page stays where the browser is opened.
 */
export type ToolSignIn = { 
/**
 * How far it came.
 */
stage: ToolSignInStage, 
/**
 * Who hears of it.
 */
hosts: Array<string>, 
/**
 * What is asked for there, in the words of the server.
 */
scopes: Array<string>, 
/**
 * Who was asked before and did not answer.
 */
unanswered: Array<string>, 
/**
 * Why it came to nothing.
 */
problem: VisibleError | null, };

/**
 * Asks a server who guards it.
 */
export type ToolSignInReq = { 
/**
 * Which.
 */
id: ToolServerId, 
/**
 * How its guard knows this app; empty to be made known there.
 */
client_id: string, 
/**
 * What proves it, where the guard wants that.
 */
client_secret?: string, };

/**
 * How far a sign-in came.
 */
export type ToolSignInStage = "named" | "waiting" | "failed";

/**
 * What became of a permit that was given back. Here it is deleted in every case.
 */
export type ToolSignedOut = "revoked" | "no_place" | "failed";

/**
 * How far a call of a tool came.
 */
export type ToolState = "waiting" | "allowed" | "refused" | "running" | "done" | "failed" | "timed_out" | "interrupted";

/**
 * How a server of tools is reached.
 */
export type ToolTransport = { "kind": "stdio", 
/**
 * The program, by its whole path.
 */
program: string, 
/**
 * What it is started with.
 */
arguments: Array<string>, 
/**
 * The names of what is added to its environment; the values are with the keys.
 */
environment: Array<string>, } | { "kind": "http", 
/**
 * Its key is for this one alone.
 */
origin: string, 
/**
 * As it was typed; `/` where it is with the keys.
 */
path: string, 
/**
 * Whether its path is with the keys.
 */
hides_path?: boolean, 
/**
 * The header its key goes in; `None`: `Authorization`, as a bearer's.
 */
header: string | null, 
/**
 * Whether a key is kept for it.
 */
has_key: boolean, 
/**
 * The names of further headers; the values are with the keys.
 */
headers?: Array<string>, 
/**
 * Whether its address goes on after a `?`; how is with the keys.
 */
has_query?: boolean, 
/**
 * Where somebody is signed in.
 */
signed_in?: SignedIn | null, };

/**
 * A value of the environment of a program.
 */
export type ToolValue = { 
/**
 * Its name.
 */
name: string, 
/**
 * `None` keeps what it had.
 */
value?: string, };

/**
 * What Fluxchat services confirmed about training, over all answers so far.
 */
export type TrainingEcho = { 
/**
 * Answers whose service repeated what it was told.
 */
confirmed: number, 
/**
 * Answers whose service said nothing about it.
 */
missing: number, 
/**
 * Answers whose service said something else.
 */
different: number, 
/**
 * When the last answer without a true confirmation came.
 */
last_doubt_at: Timestamp | null, };

/**
 * What an answer cost, as the source counted it.
 */
export type Usage = { 
/**
 * Tokens read.
 */
input_tokens: number, 
/**
 * Tokens written, reasoning included.
 */
output_tokens: number, 
/**
 * The part of `output_tokens` that was reasoning, where told.
 */
reasoning_tokens: number | null, 
/**
 * The part of `input_tokens` that came from the source's cache, where told.
 */
cached_tokens: number | null, 
/**
 * The part of `input_tokens` that was written to that cache, where told.
 */
cache_written_tokens?: number, 
/**
 * What the source charged, in millionths of a US dollar, where told.
 */
cost?: number, 
/**
 * What it cost by what was known when it was given.
 */
spent?: Cost, };

/**
 * What a check came to.
 */
export type Verdict = "holds" | "broken" | "not_here";

/**
 * Whether the chains hold.
 */
export type VerifyReport = { 
/**
 * The ledger.
 */
ledger: ChainReport, 
/**
 * The consents.
 */
consents: ChainReport, 
/**
 * The receipts.
 */
receipts: ChainReport, 
/**
 * The objections.
 */
objections: ChainReport, };

/**
 * A failure as it is kept with a message: a stable code and words for people.
 */
export type VisibleError = { 
/**
 * Stable, for machines and translations: `remote_unauthorized`, `offline`, …
 */
code: string, 
/**
 * What happened, one sentence.
 */
message: string, 
/**
 * What was kept, one sentence.
 */
kept: string, 
/**
 * What to do next, one sentence.
 */
next: string, 
/**
 * What `message` names and quotes, for sentences in other languages.
 */
named?: Named, };

/**
 * Agrees that recordings go to who was chosen for them.
 */
export type VoiceAgreeReq = { 
/**
 * Who the person was told.
 */
host: string, };

/**
 * Who does it.
 */
export type VoiceChoice = { 
/**
 * The source.
 */
source_id: SourceId, 
/**
 * Its model.
 */
model: string, };

/**
 * Somebody who can be chosen to listen or to speak.
 */
export type VoicePartner = { 
/**
 * The source.
 */
source_id: SourceId, 
/**
 * Its name.
 */
source: string, 
/**
 * Host and port.
 */
host: string, 
/**
 * Whether what is sent there stays on this computer.
 */
here: boolean, 
/**
 * What it is said to do with data.
 */
practices: DataPractices, 
/**
 * Who says so, if it is not the person.
 */
stated_by: string | null, 
/**
 * The model it usually listens with.
 */
hears: string, 
/**
 * The model it usually speaks with; empty where none does.
 */
speaks: string, 
/**
 * The voice it usually speaks with.
 */
voice: string, };

/**
 * Chooses who listens and who speaks.
 */
export type VoiceSetReq = { 
/**
 * All of it.
 */
settings: VoiceSettings, };

/**
 * What a person chose for dictation and for reading aloud. Nothing is chosen at first.
 */
export type VoiceSettings = { 
/**
 * Who turns a recording into words.
 */
dictation: VoiceChoice | null, 
/**
 * What is spoken (ISO 639-1); `None` lets the source find out.
 */
language: string | null, 
/**
 * What a minute costs there, in millionths of a US dollar, as the person entered it.
 */
minute_price: number | null, 
/**
 * Whether a recording is sent when it ends, without being shown first.
 */
send_at_once: boolean, 
/**
 * Who speaks.
 */
reading: VoiceChoice | null, 
/**
 * With which voice, in the words of the source.
 */
voice: string, 
/**
 * How fast, in percent of the usual.
 */
speed: number, 
/**
 * How the sound is asked for.
 */
format: SoundFormat, 
/**
 * What a million characters cost there, in millionths of a US dollar, as entered.
 */
characters_price: number | null, };

/**
 * How voice stands.
 */
export type VoiceState = { 
/**
 * What was chosen.
 */
settings: VoiceSettings, 
/**
 * Who turns recordings into words.
 */
dictation: VoicePartner | null, 
/**
 * Who speaks.
 */
reading: VoicePartner | null, 
/**
 * Whether recordings may go to who was chosen for them.
 */
agreed: boolean, 
/**
 * Everybody who can be chosen.
 */
partners: Array<VoicePartner>, 
/**
 * The longest recording, in milliseconds.
 */
longest_ms: number, };

/**
 * One thing that happened. Events carry ids; the window reads again what it shows.
 * Only answers that are arriving carry data: their pieces.
 */
export type WindowEvent = { "type": "session_changed" } | { "type": "conversation_changed", 
/**
 * Which.
 */
id: ConversationId, } | { "type": "conversation_removed", 
/**
 * Which.
 */
id: ConversationId, } | { "type": "messages_changed", 
/**
 * Where.
 */
conversation_id: ConversationId, } | { "type": "stream", 
/**
 * Which answer.
 */
message_id: MessageId, 
/**
 * Counts up by one per item, from 1.
 */
seq: number, 
/**
 * Changes to its blocks.
 */
ops: Array<BlockOp>, 
/**
 * Changes to its reasoning.
 */
reasoning_ops: Array<BlockOp>, 
/**
 * The words that arrived, as Markdown.
 */
text: string, 
/**
 * Citations that arrived.
 */
citations: Array<CitationRow>, } | { "type": "stream_ended", 
/**
 * As it is now kept.
 */
message: MessageRow, 
/**
 * Whoever took all items up to this one has its text, its blocks and its reasoning: the
 * message comes without them.
 */
last_seq: number | null, } | { "type": "egress", 
/**
 * The state of the door.
 */
status: EgressStatus, } | { "type": "ledger_changed" } | { "type": "consents_changed" } | { "type": "sources_changed" } | { "type": "receipts_changed" } | { "type": "deletions_changed" } | { "type": "content_removed" } | { "type": "key_changed" } | { "type": "filing_changed" } | { "type": "tool_calls_changed", 
/**
 * The answer.
 */
message_id: MessageId, } | { "type": "tools_changed" } | { "type": "presets_changed" } | { "type": "restriction_changed" } | { "type": "spending_changed" } | { "type": "settings_changed" } | { "type": "files_dropped", 
/**
 * In the order in which they were dropped.
 */
files: Array<DroppedFile>, } | { "type": "export_progress", 
/**
 * How far.
 */
progress: ExportState, } | { "type": "export_ended" } | { "type": "diagnostics_changed" } | { "type": "voice_level", 
/**
 * How loud it is, 0 to 100.
 */
percent: number, 
/**
 * How long it is.
 */
ms: number, 
/**
 * Whether it is as long as it may be.
 */
full: boolean, } | { "type": "voice_heard", 
/**
 * The next of them.
 */
text: string, } | { "type": "voice_reading", 
/**
 * What is read.
 */
message_id: MessageId, 
/**
 * How it stands.
 */
state: ReadingState, 
/**
 * The piece that sounds, from 1.
 */
piece: number, 
/**
 * How many there are.
 */
pieces: number, 
/**
 * Why it could not go on.
 */
error: VisibleError | null, } | { "type": "proof_check", 
/**
 * What it came to.
 */
check: Check, };
