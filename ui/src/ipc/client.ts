import type { Platform } from '../platform/types';
import { createClient, type Client } from './generated/client';
import type { ApiError, SessionInfo, WindowEvent } from './generated/types';

/** A call before the profile was opened: a fault of the window, said in the shape of all errors. */
const unexpected: ApiError = {
  code: 'window.unexpected',
  message: 'The window and the app did not understand each other.',
  kept: 'Nothing was changed.',
  next: 'Try again.',
  retry_after_ms: null,
};

let platform: Platform | undefined;
const listeners = new Set<(event: WindowEvent) => void>();

/** Every command of the contract as a method. Failures are `ApiError`s. */
export const client: Client = createClient((name, req) =>
  platform ? platform.call(name, req) : Promise.reject(unexpected),
);

/** Opens the profile through `surroundings`. From here on `client` works and events arrive. */
export function connect(surroundings: Platform): Promise<SessionInfo> {
  platform = surroundings;
  return surroundings.openSession((event) => {
    for (const listener of listeners) listener(event);
  });
}

/** Hears every event of the core; returns the way to stop. */
export function onEvent(listener: (event: WindowEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
