import type { LockReport, SessionInfo } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'session_lock'
  | 'session_active'
  | 'session_recover'
  | 'lock_status'
  | 'lock_settings_set'
  | 'passphrase_set'
  | 'passphrase_change'
  | 'passphrase_remove'
  | 'recovery_create';

const CODE = '7K3M-Q9XA-2B4C-D6EF-G8HJ-KMNP-QRST-VWXY';

export function lockCommands(world: FakeWorld, info: () => SessionInfo): Handlers<Names> {
  let settings = { idle_minutes: 15 as number | null, on_sleep: true, on_screen_lock: true };
  let passphrase = 'open sesame';
  let recovery = false;
  let keychain = true;
  const report = (): LockReport => ({
    passphrase: world.hasPassphrase,
    recovery,
    keychain,
    key_left_in_keychain: false,
    wait_ms: 0,
    settings: world.state === 'ready' ? settings : null,
    hears_sleep: world.hears,
    hears_screen: world.hears,
  });
  const check = (typed: string | undefined) => {
    if (world.hasPassphrase && typed !== passphrase) {
      throw apiError('wrong_passphrase', 'That is not the passphrase of this archive.', 'Nothing was lost.', 'Try again.');
    }
  };
  return {
    session_lock: () => {
      if (!world.hasPassphrase) throw apiError('no_lock', 'Fluxchat can be locked once it has a passphrase.');
      world.state = 'locked';
      world.emit({ type: 'session_changed' });
      return info();
    },
    session_active: () => ({}),
    session_recover: ({ code }) => {
      if (code !== CODE) throw apiError('wrong_code', 'That is not the recovery code of this archive.');
      world.state = 'ready';
      return { code: CODE };
    },
    lock_status: report,
    lock_settings_set: (req) => {
      settings = { ...req.settings };
      return report();
    },
    passphrase_set: (req) => {
      world.hasPassphrase = true;
      passphrase = req.passphrase;
      keychain = req.keep_keychain;
      return report();
    },
    passphrase_change: (req) => {
      check(req.current);
      passphrase = req.passphrase;
      return report();
    },
    passphrase_remove: (req) => {
      check(req.current);
      world.hasPassphrase = false;
      keychain = true;
      return report();
    },
    recovery_create: (req) => {
      check(req.current);
      recovery = true;
      return { code: CODE };
    },
  };
}
