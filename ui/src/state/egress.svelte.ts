import type { Client } from '../ipc/generated/client';
import type { ApiError, EgressStatus } from '../ipc/generated/types';
import { asApiError } from './errors';

export type LampState = 'off' | 'sending' | 'blocked';

/** How long a refusal is shown. */
export const BLOCKED_MS = 2_000;

const CLOSED_QUIET: EgressStatus = { offline: false, active: [], blocked: null };

/** The one door out: whether it is open, and what passes through it now. */
export class Egress {
  status = $state.raw<EgressStatus>(CLOSED_QUIET);
  problem = $state.raw<ApiError | null>(null);
  private showBlocked = $state(false);
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Hosts that receive something now; what stays in-process does not leave and is not named. */
  readonly hosts = $derived([
    ...new Set(this.status.active.filter((item) => !item.in_process).map((item) => item.host)),
  ]);

  readonly lamp: LampState = $derived(
    this.hosts.length > 0 ? 'sending' : this.showBlocked ? 'blocked' : 'off',
  );

  readonly blockedHost = $derived(this.showBlocked ? (this.status.blocked?.host ?? null) : null);

  constructor(private readonly client: Client) {}

  get offline(): boolean {
    return this.status.offline;
  }

  accept(status: EgressStatus): void {
    this.status = status;
    if (!status.blocked) return;
    this.showBlocked = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.showBlocked = false), BLOCKED_MS);
  }

  async refresh(): Promise<void> {
    this.accept(await this.client.egressStatus());
  }

  async setOffline(offline: boolean): Promise<void> {
    try {
      this.accept(await this.client.egressSetOffline({ offline }));
      this.problem = null;
    } catch (reason) {
      this.problem = asApiError(reason);
    }
  }
}
