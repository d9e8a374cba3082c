import type { Client } from '../ipc/generated/client';
import type { ApiError, ExportResult, ExportState } from '../ipc/generated/types';
import { asApiError } from './errors';

/** The export of everything. It goes on while other pages are looked at. */
export class Exporting {
  /** True from the dialog of the system to the end. */
  busy = $state(false);
  cancelling = $state(false);
  /** How far it is; none while the dialog is open. */
  progress = $state.raw<ExportState>();
  result = $state.raw<ExportResult>();
  problem = $state.raw<ApiError>();

  constructor(private readonly client: Client) {}

  async start(passphrase: string | undefined): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.cancelling = false;
    this.progress = undefined;
    this.result = undefined;
    this.problem = undefined;
    try {
      const result = await this.client.exportStart(passphrase === undefined ? {} : { passphrase });
      if (result.saved) this.result = result;
    } catch (thrown) {
      this.problem = asApiError(thrown);
    } finally {
      this.busy = false;
      this.progress = undefined;
    }
  }

  async cancel(): Promise<void> {
    this.cancelling = true;
    await this.client.exportCancel().catch(() => undefined);
  }

  /** An event, or what runs already when the window opens. */
  accept(progress: ExportState | null): void {
    if (progress) this.progress = progress;
  }
}
