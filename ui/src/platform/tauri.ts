// The only file that knows Tauri.
import { Channel, invoke } from '@tauri-apps/api/core';
import type { WindowEvent } from '../ipc/generated/types';
import type { Platform } from './types';

export const tauri: Platform = {
  openSession(req, onEvent) {
    const events = new Channel<WindowEvent>(onEvent);
    return invoke('session_open', { req, events });
  },
  call(name, req) {
    return invoke(name, { req });
  },
};
