// The only file that knows Tauri.
import { Channel, invoke } from '@tauri-apps/api/core';
import type { ApiError, WindowEvent } from '../ipc/generated/types';
import type { Platform } from './types';

/** What the isolation frame let no further: no command of this app, or not in its shape. */
const refused: ApiError = {
  code: 'window.refused',
  message: 'The window asked for something that this app does not do.',
  kept: 'Nothing was changed.',
  next: 'Try again.',
  retry_after_ms: null,
};

interface Internals {
  runCallback(id: number, answer: unknown): void;
}

/** A refused call never reaches Rust, so the frame itself says so and the call is rejected here. */
function rejectRefused(event: MessageEvent<unknown>): void {
  const frame = document.querySelector<HTMLIFrameElement>('#__tauri_isolation__');
  if (!frame || event.source !== frame.contentWindow) return;
  const id = (event.data as { refused?: unknown } | null)?.refused;
  if (typeof id !== 'number') return;
  (window as unknown as { __TAURI_INTERNALS__: Internals }).__TAURI_INTERNALS__.runCallback(id, refused);
}

addEventListener('message', rejectRefused);

export const tauri: Platform = {
  openSession(onEvent) {
    const events = new Channel<string>((json) => onEvent(JSON.parse(json) as WindowEvent));
    return invoke('session_open', { req: {}, events });
  },
  call(name, req) {
    return invoke(name, { req });
  },
};
