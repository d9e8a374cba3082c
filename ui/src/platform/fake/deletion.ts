import type { DeletionScope, ErasurePreview } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { makeReceipt } from './seed';
import { apiError, type FakeWorld } from './world';

type Names = 'deletion_preview' | 'deletion_begin' | 'deletion_list' | 'key_get' | 'key_rotate';

const DAY = 86_400_000;
const NONE: ErasurePreview = {
  ...{ conversations: 0, partly: 0, messages: 0, drafts: 0, files: 0, searches: 0, labels: 0, bytes: 0 },
  ...{ oldest: null, newest: null, pinned: 0, frozen: 0, forks: 0, known_to_service: 0, ledger_rows: 0 },
};

export function deletionCommands(world: FakeWorld): Handlers<Names> {
  let epoch = 1;
  let changedAt: number | null = null;
  const preview = (scope: DeletionScope): ErasurePreview => {
    const all = world.conversations.length;
    switch (scope.kind) {
      case 'everything':
        return { ...NONE, conversations: all, messages: all * 12, drafts: world.drafts.size, bytes: all * 25_510, pinned: 2, ...span(90) };
      case 'searches':
        return { ...NONE, searches: 6, bytes: 720, ...span(3) };
      case 'drafts':
        return { ...NONE, drafts: world.drafts.size, bytes: world.drafts.size * 120 };
      case 'media':
        return { ...NONE, partly: all === 0 ? 0 : 3, files: all === 0 ? 0 : 5, bytes: all === 0 ? 0 : 4_310_000, ...span(30) };
      default: {
        const some = Math.ceil(all / 6);
        return { ...NONE, conversations: some, partly: scope.kind === 'range' && some > 0 ? 2 : 0, messages: some * 12, bytes: some * 25_510, frozen: some > 0 ? 1 : 0, ...span(7) };
      }
    }
  };
  const span = (days: number) => ({ oldest: Date.now() - days * DAY, newest: Date.now() });
  const token = (scope: DeletionScope) => JSON.stringify([scope, { ...preview(scope), oldest: 0, newest: 0 }]);

  return {
    deletion_preview: ({ scope }) => {
      const found = preview(scope);
      const stays = scope.kind === 'searches' || scope.kind === 'drafts' ? [] : (['ledger', 'consents'] as const);
      return {
        preview: found,
        empty: found.conversations + found.messages + found.drafts + found.files + found.searches === 0,
        token: token(scope),
        needs_word: scope.kind !== 'searches' && scope.kind !== 'drafts',
        stays: [...(scope.kind === 'media' ? (['messages'] as const) : []), ...stays, 'receipts', 'exports', 'backups'],
      };
    },
    deletion_begin: ({ scope, token: shown }) => {
      if (shown !== token(scope)) throw apiError('preview_changed', 'Something was added or removed since you looked.', 'Nothing was changed.');
      const found = preview(scope);
      const receipt = makeReceipt(scope.kind, Date.now(), found.messages, found.conversations, world.receipts.length + 1);
      world.conversations = world.conversations.slice(found.conversations);
      if (scope.kind === 'everything') world.messages.clear();
      if (scope.kind === 'everything' || scope.kind === 'drafts') world.drafts.clear();
      world.receipts = [receipt, ...world.receipts];
      for (const type of ['content_removed', 'deletions_changed', 'receipts_changed'] as const) world.emit({ type });
      return { erasure_id: receipt.erasure_id };
    },
    key_get: () => ({
      epoch,
      changed_at: changedAt,
      due_at: world.receipts.length > 0 && world.receipts[0]?.scope !== 'key' ? world.receipts[0]!.at + 30 * DAY : null,
      running: null,
      can_change: true,
    }),
    key_rotate: () => {
      epoch += 1;
      changedAt = Date.now();
      const receipt = { ...makeReceipt('key', changedAt, 0, 0, world.receipts.length + 1), rows_by_table: {}, files: 0, key_epoch: epoch, crypto_erased_at: changedAt };
      world.receipts = [receipt, ...world.receipts];
      for (const type of ['key_changed', 'receipts_changed'] as const) world.emit({ type });
      return receipt;
    },
    deletion_list: () => ({
      rows: [...world.erasing.keys()].map((id) => ({
        ...{ erasure_id: id, scope: 'conversation', stage: 'hidden' as const },
        ...{ requested_at: Date.now(), removed: 0, expected: 0 },
      })),
    }),
  };
}
