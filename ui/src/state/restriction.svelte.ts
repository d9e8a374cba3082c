import type { Client } from '../ipc/generated/client';
import type { ApiError, Restriction as Frozen } from '../ipc/generated/types';
import { asApiError } from './errors';

/** What is frozen: readable and exportable, never sent. */
export class Restriction {
  value = $state.raw<Frozen>();
  problem = $state.raw<ApiError>();
  busy = $state(false);

  constructor(private readonly client: Client) {}

  get everything(): boolean {
    return this.value?.everything ?? false;
  }

  load = (): Promise<void> => this.run(() => this.client.restrictionGet());

  setEverything(on: boolean): Promise<void> {
    return this.run(() => this.client.restrictionSetEverything({ on }));
  }

  private async run(call: () => Promise<Frozen>): Promise<void> {
    this.busy = true;
    try {
      this.value = await call();
      this.problem = undefined;
    } catch (reason) {
      this.problem = asApiError(reason);
    } finally {
      this.busy = false;
    }
  }
}
