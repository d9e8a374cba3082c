import type { ConversationRow, Erasing, MessagePage, MessageRow, MessageSent, PageAnchor } from '../../ipc/generated/types';
import { conversationOf, messageOf } from '../../ipc/rows';
import type { Handlers } from '../fake';
import { plansOf } from './attachment';
import { ANSWER, heading, paragraph } from './blocks';
import { search } from './search';
import { AnswerStream } from './stream';
import { makeReceipt } from './seed';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'conversation_list'
  | 'conversation_get'
  | 'conversation_update'
  | 'conversation_delete'
  | 'message_page'
  | 'message_send'
  | 'message_edit'
  | 'message_rewrite'
  | 'message_regenerate'
  | 'message_continue'
  | 'message_stop'
  | 'message_select_branch'
  | 'message_delete'
  | 'erasure_undo'
  | 'draft_get'
  | 'draft_set'
  | 'help_page'
  | 'link_open'
  | 'search_query'
  | 'search_recent'
  | 'search_remember'
  | 'search_forget';

const gone = () => apiError('not_found', 'It is not there any more.', '', 'Reload the view.');

export function makeMessage(world: FakeWorld, row: Pick<MessageRow, 'conversation_id' | 'role' | 'text'> & Partial<MessageRow>): MessageRow {
  const now = Date.now();
  return messageOf({
    id: row.id ?? world.id(),
    created_at: now,
    finished_at: now,
    blocks: row.text ? [paragraph(row.text)] : [],
    ...row,
  });
}

export function chatCommands(world: FakeWorld): Handlers<Names> {
  const streams = new Map<string, AnswerStream>();

  const find = (id: string): ConversationRow => {
    const row = world.conversations.find((conversation) => conversation.id === id);
    if (!row) throw gone();
    return row;
  };
  const change = (id: string, part: Partial<ConversationRow>): ConversationRow => {
    const row = { ...find(id), ...part };
    world.conversations = world.conversations.map((conversation) => (conversation.id === id ? row : conversation));
    world.emit({ type: 'conversation_changed', id });
    return row;
  };
  /** The messages of a conversation; made when it is opened for the first time. */
  const messagesOf = (id: string): MessageRow[] => {
    const known = world.messages.get(id);
    if (known) return known;
    const conversation = find(id);
    const made: MessageRow[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const at = conversation.created_at + turn * 60_000;
      made.push(
        makeMessage(world, {
          conversation_id: id,
          role: 'user',
          text: turn === 0 ? `${conversation.title}: plan three days without a car.` : 'And the next day?',
          created_at: at,
          finished_at: at,
        }),
        makeMessage(world, {
          conversation_id: id,
          role: 'assistant',
          text: 'Start early at Miradouro da Graça …',
          model: conversation.model,
          source_name: conversation.source_id === 'source-sandbox' ? 'sandbox' : 'Mistral',
          created_at: at + 1_000,
          finished_at: at + 2_200,
          blocks: ANSWER,
          usage: { input_tokens: 120, output_tokens: 312, reasoning_tokens: null, cached_tokens: null },
        }),
      );
    }
    world.messages.set(id, made);
    return made;
  };
  const locate = (messageId: string): { conversation: string; list: MessageRow[]; at: number } => {
    for (const [conversation, list] of world.messages) {
      const at = list.findIndex((message) => message.id === messageId);
      if (at >= 0) return { conversation, list, at };
    }
    throw gone();
  };
  const answer = (conversation: ConversationRow, list: MessageRow[], questionId: string | null): MessageSent => {
    const source = world.sources.find((row) => row.id === conversation.source_id);
    if (world.offline && !source?.in_process) {
      throw apiError('offline', 'Fluxchat is offline, because you switched it offline.', 'Your question was kept.', 'Switch Offline off to send it.');
    }
    const message = makeMessage(world, {
      conversation_id: conversation.id,
      role: 'assistant',
      text: '',
      status: 'streaming',
      model: conversation.model,
      source_name: source?.name ?? null,
      finished_at: null,
    });
    list.push(message);
    const stream = new AnswerStream(world, message, source?.host ?? null, () => {
      streams.delete(message.id);
      // Unless it ended with what held it.
      if (world.conversations.some((row) => row.id === conversation.id)) change(conversation.id, { streaming: false, updated_at: Date.now() });
    });
    streams.set(message.id, stream);
    change(conversation.id, { streaming: true, updated_at: Date.now() });
    world.emit({ type: 'messages_changed', conversation_id: conversation.id });
    stream.start();
    return {
      conversation_id: conversation.id,
      question_id: questionId,
      answer_id: message.id,
      conversation: find(conversation.id),
      page: pageOf(list, { at: 'tail' }, 30),
    };
  };
  /** Hides something now and carries the deletion out after half a minute. */
  const erase = (scope: 'message' | 'conversation', hide: () => void, restore: () => void, messages: number): Erasing => {
    const id = world.id();
    hide();
    const timer = setTimeout(() => {
      world.erasing.delete(id);
      const conversations = scope === 'conversation' ? 1 : 0;
      world.receipts = [makeReceipt(scope, Date.now(), messages, conversations, world.receipts.length + 1), ...world.receipts];
      world.emit({ type: 'receipts_changed' });
    }, 30_000);
    world.erasing.set(id, () => {
      clearTimeout(timer);
      world.erasing.delete(id);
      restore();
    });
    const now = Date.now();
    return { erasure_id: id, undo_until: now + 10_000, purge_after: now + 30_000, below: scope === 'message' ? messages - 1 : 0 };
  };

  return {
    conversation_list: ({ cursor, limit, archived }) => {
      const rows = world.conversations
        .filter((row) => row.archived === archived && !row.temporary)
        .sort((a, b) => b.updated_at - a.updated_at);
      const others = rows.filter((row) => !row.pinned);
      const from = cursor === undefined ? 0 : Number(cursor);
      const next = from + limit < others.length ? String(from + limit) : null;
      return { pinned: from === 0 ? rows.filter((row) => row.pinned) : [], rows: others.slice(from, from + limit), next };
    },
    conversation_get: ({ id }) => find(id),
    conversation_update: ({ id, ...part }) => {
      const here = part.local_only ?? find(id).local_only;
      const elsewhere = (source: string | null) =>
        world.sources.some((row) => row.id === source && !row.in_process && !row.on_this_computer);
      if (here && elsewhere(part.source_id ?? null)) {
        throw apiError('only_here', 'This conversation is kept to this computer, and the source is not on it.', 'Nothing left this computer.');
      }
      const changed = change(id, Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)));
      return here && elsewhere(changed.source_id) ? change(id, { source_id: null, model: null }) : changed;
    },
    conversation_delete: ({ id }) => {
      const row = find(id);
      return erase(
        'conversation',
        () => {
          world.conversations = world.conversations.filter((conversation) => conversation.id !== id);
          world.emit({ type: 'conversation_removed', id });
        },
        () => {
          world.conversations = [...world.conversations, row];
          world.emit({ type: 'conversation_changed', id });
        },
        messagesOf(id).length,
      );
    },
    message_page: ({ conversation_id: id, anchor, limit }) => pageOf(messagesOf(id), anchor, limit),
    message_send: ({ conversation_id: id, text, source_id: sourceId, model, instructions, attachments: ids = [] }) => {
      let conversation = id === undefined ? undefined : find(id);
      if (!conversation) {
        const source = world.sources.find((row) => row.id === (sourceId ?? world.defaultSource)) ?? world.sources[0];
        conversation = conversationOf({
          id: world.id(),
          title: text.slice(0, 40),
          source_id: source?.id ?? null,
          model: model ?? source?.default_model ?? 'guide',
          created_at: Date.now(),
        });
        world.conversations = [conversation, ...world.conversations];
        world.messages.set(conversation.id, []);
        if (instructions) world.instructions.set(conversation.id, instructions);
      }
      const list = messagesOf(conversation.id);
      const plans = plansOf(world, ids, conversation.source_id ?? undefined);
      const question = makeMessage(world, {
        conversation_id: conversation.id,
        role: 'user',
        text,
        attachments: plans.map(({ file }) => ({ asset_id: file.asset_id, name: file.name, media_type: file.media_type })),
      });
      const left = (world.besides.get(id ?? '') ?? []).filter((asset) => !ids.includes(asset));
      world.besides.set(id ?? '', left);
      list.push(question);
      const sent = answer(conversation, list, question.id);
      world.told.set(
        sent.answer_id,
        plans.flatMap(({ file, way }) => {
          const pages = way === 'pages' ? [12, 13, 317] : [];
          return way ? [{ asset_id: file.asset_id, name: file.name, way, pages, page_count: file.page_count }] : [];
        }),
      );
      return sent;
    },
    message_edit: ({ message_id: messageId, text, without = [] }) => {
      const { conversation, list, at } = locate(messageId);
      const before = list[at];
      const question = makeMessage(world, { conversation_id: conversation, role: 'user', text });
      question.attachments = (before?.attachments ?? []).filter((file) => !without.includes(file.asset_id));
      question.branch_ids = [...(before?.branch_ids ?? []), question.id];
      list.splice(at, list.length - at, question);
      return answer(find(conversation), list, question.id);
    },
    message_rewrite: ({ message_id: messageId, text }) => {
      const { conversation, list, at } = locate(messageId);
      const before = list[at];
      const words = makeMessage(world, { conversation_id: conversation, role: 'assistant', text });
      words.model = before?.model ?? null;
      words.source_name = before?.source_name ?? null;
      words.notices = [{ kind: 'rewritten' }];
      words.branch_ids = [...(before?.branch_ids ?? []), words.id];
      list.splice(at, list.length - at, words);
      world.emit({ type: 'messages_changed', conversation_id: conversation });
      return { message_id: words.id };
    },
    message_regenerate: ({ message_id: messageId }) => {
      const { conversation, list, at } = locate(messageId);
      const keep = list[at]?.role === 'user' ? at + 1 : at;
      list.splice(keep);
      return answer(find(conversation), list, null);
    },
    message_continue: ({ message_id: messageId }) => {
      const { conversation, list } = locate(messageId);
      return answer(find(conversation), list, null);
    },
    message_stop: ({ message_id: messageId }) => {
      streams.get(messageId)?.stop();
      return {};
    },
    message_select_branch: ({ message_id: messageId }) => {
      world.emit({ type: 'messages_changed', conversation_id: locate(messageId).conversation });
      return {};
    },
    message_delete: ({ message_id: messageId }) => {
      const { conversation, list, at } = locate(messageId);
      const before = [...list];
      const changed = () => world.emit({ type: 'messages_changed', conversation_id: conversation });
      return erase(
        'message',
        () => {
          list.splice(at);
          changed();
        },
        () => {
          world.messages.set(conversation, before);
          changed();
        },
        before.length - at,
      );
    },
    erasure_undo: ({ erasure_id: id }) => {
      const restore = world.erasing.get(id);
      if (!restore) throw gone();
      restore();
      return {};
    },
    draft_get: ({ conversation_id: id }) => ({ text: world.drafts.get(id ?? '') ?? '' }),
    draft_set: ({ conversation_id: id, text }) => {
      if (text) world.drafts.set(id ?? '', text);
      else world.drafts.delete(id ?? '');
      return {};
    },
    help_page: ({ target }) => ({
      title: target,
      blocks: [heading(2, target), paragraph('A page of the help that comes with the app.')],
    }),
    link_open: () => ({}),
    search_query: (req) => search(world, req),
    search_recent: () => ({ queries: world.recent }),
    search_remember: ({ query }) => {
      world.recent = [query, ...world.recent.filter((known) => known !== query)].slice(0, 8);
      return {};
    },
    search_forget: () => {
      world.recent = [];
      return {};
    },
  };
}

function pageOf(all: readonly MessageRow[], anchor: PageAnchor, limit: number): MessagePage {
  const at = 'message_id' in anchor ? all.findIndex((message) => message.id === anchor.message_id) : all.length;
  const [from, to] =
    anchor.at === 'tail'
      ? [Math.max(0, all.length - limit), all.length]
      : anchor.at === 'before'
        ? [Math.max(0, at - limit), at]
        : anchor.at === 'after'
          ? [at + 1, Math.min(all.length, at + 1 + limit)]
          : [Math.max(0, at - Math.floor(limit / 2)), Math.min(all.length, at + Math.ceil(limit / 2))];
  const arriving = all.find((message) => message.status === 'streaming')?.id ?? null;
  return { rows: all.slice(from, to), has_before: from > 0, has_after: to < all.length, arriving };
}
