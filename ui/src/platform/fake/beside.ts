import type { MessageRow, TextPart } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { makeMessage } from './chat';
import type { FakeWorld } from './world';

type Names = 'message_send_beside' | 'messages_beside' | 'message_go_on_with' | 'message_diff';

const SAID = [
  'A deletion is proven on this computer: the rows go, the pages are overwritten, and the receipt says what was looked for and not found.',
  'Rows are removed and their pages zeroed. A receipt says so. What a service keeps is asked for, not proven.',
  'It is removed here at once, and the services that have it are asked to do the same.',
];

/** Several answers to one question, beside a world. */
export function besideCommands(world: FakeWorld, send: Handlers<'message_send'>['message_send']): Handlers<Names> {
  const beside = new Map<string, string[]>();
  const find = (id: string): MessageRow | undefined =>
    [...world.messages.values()].flat().find((row) => row.id === id) ?? others.get(id);
  const others = new Map<string, MessageRow>();

  return {
    message_send_beside: async ({ question, others: asked }) => {
      const sent = await send(question);
      const rows = asked.map((one, at) =>
        makeMessage(world, {
          conversation_id: sent.conversation_id,
          role: 'assistant',
          text: SAID[at % SAID.length] ?? '',
          model: one.model ?? 'guide',
          source_name: world.sources.find((row) => row.id === one.source_id)?.name ?? null,
        }),
      );
      const ids = [sent.answer_id, ...rows.map((row) => row.id)];
      for (const row of rows) others.set(row.id, { ...row, branch_ids: ids });
      const answer = find(sent.answer_id);
      if (answer) answer.branch_ids = ids;
      for (const id of ids) beside.set(id, ids);
      // The answers beside it are on no page that was read before they were there.
      return { sent: { ...sent, page: null }, beside: rows.map((row) => row.id) };
    },
    messages_beside: ({ message_id: id }) => ({
      rows: (beside.get(id) ?? [id]).flatMap((one) => find(one) ?? []).slice(-4),
    }),
    message_go_on_with: ({ message_id: id }) => {
      const row = find(id);
      if (row) world.emit({ type: 'messages_changed', conversation_id: row.conversation_id });
      return {};
    },
    message_diff: ({ from_id: from, to_id: to }) => {
      const [old, now] = [from, to].map((id) => find(id)?.text.split(/(?<= )/) ?? []);
      const parts: TextPart[] = [
        ...(old ?? []).filter((word) => !now?.includes(word)).map((text) => ({ change: 'removed' as const, text })),
        ...(now ?? []).map((text) => ({ change: old?.includes(text) ? ('same' as const) : ('added' as const), text })),
      ];
      return { parts };
    },
  };
}
