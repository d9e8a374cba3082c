import type { SearchHit, SearchPage, SearchReq, SnippetPart } from '../../ipc/generated/types';
import type { FakeWorld } from './world';

function mark(words: string, needle: string): SnippetPart[] {
  const at = words.toLowerCase().indexOf(needle);
  if (at < 0) return [{ text: words, marked: false }];
  return [
    { text: words.slice(0, at), marked: false },
    { text: words.slice(at, at + needle.length), marked: true },
    { text: words.slice(at + needle.length), marked: false },
  ].filter((part) => part.text !== '');
}

export function search(world: FakeWorld, { query, cursor, limit }: SearchReq): SearchPage {
  const words = query.trim().split(/\s+/);
  const filters = words.filter((word) => /^(in|from|before|after|has):./i.test(word));
  const needle = words.filter((word) => !filters.includes(word)).join(' ').toLowerCase();
  if (!needle && filters.length === 0) return { hits: [], next: null, filters };
  const hits: SearchHit[] = [];
  for (const conversation of world.conversations.filter((row) => !row.temporary)) {
    const base = { conversation_id: conversation.id, title: conversation.title, at: conversation.updated_at };
    if (conversation.title.toLowerCase().includes(needle)) {
      hits.push({ ...base, message_id: null, role: null, snippet: mark(conversation.title, needle) });
    }
    for (const message of world.messages.get(conversation.id) ?? []) {
      if (message.text.toLowerCase().includes(needle)) {
        hits.push({ ...base, message_id: message.id, role: message.role, snippet: mark(message.text, needle), at: message.created_at });
      }
    }
  }
  const from = cursor === undefined ? 0 : Number(cursor);
  return { hits: hits.slice(from, from + limit), next: from + limit < hits.length ? String(from + limit) : null, filters };
}
