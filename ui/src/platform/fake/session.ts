import type { SessionInfo, SessionState } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

const PROBLEMS: Partial<Record<SessionState, [string, string, string]>> = {
  locked: [
    'The archive is locked.',
    'Nothing was lost.',
    'Unlock the keychain or give the passphrase, then try again.',
  ],
  no_provider: [
    'This computer offers no keychain to keep the archive’s key in.',
    'Nothing was lost.',
    'Choose a passphrase, use a session in memory, or start a keychain and try again.',
  ],
  key_lost: [
    'The archive is here, but its key is no longer in the keychain.',
    'The archive was not touched.',
    'Restore the keychain and try again, or start anew; the old archive is set aside for 30 days.',
  ],
};

type Names =
  | 'session_open'
  | 'session_get'
  | 'session_retry'
  | 'session_unlock'
  | 'session_create'
  | 'session_start_fresh'
  | 'setup_complete'
  | 'settings_set';

export function sessionCommands(world: FakeWorld): Handlers<Names> {
  const info = (): SessionInfo => {
    const words = PROBLEMS[world.state] ?? ['The archive cannot be opened.', 'The archive was not touched.', ''];
    return {
      state: world.state,
      storage: world.state === 'ready' ? world.storage : null,
      setup_done: world.setupDone,
      supervised: world.supervised,
      offline: world.offline,
      has_passphrase: world.hasPassphrase,
      problem: world.state === 'ready' ? null : apiError(world.state, ...words),
      settings: world.settings,
      app_version: '0.1.0',
      platform: 'linux',
      automation: false,
    };
  };
  const open = (): SessionInfo => {
    world.state = 'ready';
    return info();
  };
  return {
    session_open: info,
    session_get: info,
    session_retry: info,
    session_unlock: ({ passphrase }) => {
      if (passphrase !== 'open sesame') {
        throw apiError('wrong_passphrase', 'That is not the passphrase of this archive.', 'Nothing was lost.', 'Try again.');
      }
      return open();
    },
    session_create: ({ storage }) => {
      world.storage = storage;
      world.setupDone = false;
      return open();
    },
    session_start_fresh: () => {
      world.setupDone = false;
      world.conversations = [];
      return open();
    },
    setup_complete: ({ audience, consents }) => {
      world.setupDone = true;
      world.supervised = audience === 'guardian';
      world.acceptedAt = Date.now();
      world.consents = world.consents.map((row) =>
        row.optional
          ? { ...row, given: consents.includes(row.purpose), at: world.acceptedAt, locked: world.supervised }
          : row,
      );
      return info();
    },
    settings_set: ({ settings }) => {
      world.settings = settings;
      return {};
    },
  };
}
