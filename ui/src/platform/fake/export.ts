import type { ExportState } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names = 'export_preview' | 'export_cancel' | 'export_start' | 'conversation_text' | 'conversation_save';
const KINDS = ['about', 'conversations', 'messages', 'ledger', 'markdown', 'media', 'manifest'];

export function exportCommands(world: FakeWorld): Handlers<Names> {
  let running: ExportState | null = null;
  let cancelled = false;
  const kinds = () => [
    { kind: 'conversations' as const, count: world.conversations.length, bytes: world.conversations.length * 310 },
    { kind: 'messages' as const, count: world.conversations.length * 12, bytes: world.conversations.length * 25_200 },
    { kind: 'drafts' as const, count: world.drafts.size, bytes: world.drafts.size * 120 },
    { kind: 'assets' as const, count: 0, bytes: 0 },
    { kind: 'ledger' as const, count: world.ledger.length, bytes: world.ledger.length * 420 },
    { kind: 'records' as const, count: world.receipts.length + 5, bytes: 9_800 },
    { kind: 'settings' as const, count: 8, bytes: 2_048 },
  ];
  return {
    export_preview: () => ({ kinds: kinds(), bytes: kinds().reduce((sum, kind) => sum + kind.bytes, 0), running }),
    // The core makes it of what is kept; here a look at the shape of it.
    conversation_text: ({ id, with_workings }) => {
      const row = world.conversations.find((one) => one.id === id);
      if (!row) throw apiError('not_found', 'It is not there any more.');
      const said = (world.messages.get(id) ?? []).map((message) => {
        const who = message.role === 'user' ? 'You' : [message.source_name, message.model].filter(Boolean).join(' · ');
        const thought = with_workings && message.reasoning.length > 0 ? '> *Reasoning*\n>\n> …\n\n' : '';
        const at = new Date(message.created_at).toISOString();
        return `\n---\n\n**${who}** · ${at.slice(0, 10)} ${at.slice(11, 16)} UTC\n\n${thought}${message.text}\n`;
      });
      return { text: `# ${row.title}\n\n- Model: ${row.model ?? ''}\n${said.join('')}` };
    },
    conversation_save: () => ({ saved: true }),
    export_cancel: () => {
      cancelled = true;
      return {};
    },
    export_start: async ({ passphrase }) => {
      cancelled = false;
      const total = world.conversations.length * 14 + world.ledger.length;
      for (let step = 0; step <= 20 && !cancelled; step += 1) {
        const kind = KINDS[Math.min(KINDS.length - 1, Math.floor((step * KINDS.length) / 20))] ?? '';
        running = { kind, items: Math.round((total * step) / 20), items_total: total, bytes: step * 21_000, restarts: 0 };
        world.emit({ type: 'export_progress', progress: running });
        await new Promise((resolve) => setTimeout(resolve, 2_000 / world.wordsPerSecond));
      }
      running = null;
      world.emit({ type: 'export_ended' });
      if (cancelled) {
        throw apiError('export_cancelled', 'The export was cancelled.', 'Nothing of it was left behind.', 'Start it again whenever you like.');
      }
      const encrypted = passphrase !== undefined;
      const name = encrypted ? 'fluxchat-export.zip.age' : 'fluxchat-export.zip';
      return { saved: true, name, bytes: 412_007, entries: 74, encrypted, problems: 0, restarts: 0 };
    },
  };
}
