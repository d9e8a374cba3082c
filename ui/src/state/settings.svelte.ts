import type { Client } from '../ipc/generated/client';
import type { ApiError, Settings } from '../ipc/generated/types';
import { asApiError } from './errors';

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  language: null,
  send_key: 'enter',
  list_width: 272,
  list_collapsed: false,
  text_percent: 100,
};

const SAVE_DELAY_MS = 300;

/** What a person can set. Applies at once, is saved when it rests. */
export class SettingsState {
  value = $state.raw<Settings>(DEFAULT_SETTINGS);
  problem = $state.raw<ApiError | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: Client) {}

  /** Takes what the core has, unless something newer waits to be saved here. */
  accept(settings: Settings): void {
    if (this.timer === undefined) this.value = settings;
  }

  set(change: Partial<Settings>): void {
    this.value = { ...this.value, ...change };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), SAVE_DELAY_MS);
  }

  async flush(): Promise<void> {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      await this.client.settingsSet({ settings: this.value });
      this.problem = null;
    } catch (reason) {
      this.problem = asApiError(reason);
    }
  }
}
