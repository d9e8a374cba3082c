import type { Call } from '../ipc/generated/client';
import type { SessionInfo, WindowEvent } from '../ipc/generated/types';

/** What the window needs from its surroundings. Every member is named: there is no generic escape. */
export interface Platform {
  /** Opens the profile and keeps the event channel of this window. Called once. */
  openSession(onEvent: (event: WindowEvent) => void): Promise<SessionInfo>;
  /** Sends one command of the contract. Rejects with an `ApiError`. */
  call: Call;
}
