import type { Client } from '../ipc/generated/client';
import type { SessionInfo } from '../ipc/generated/types';

/** What stands between the person and the archive. */
export class Session {
  info = $state.raw<SessionInfo | null>(null);

  constructor(private readonly client: Client) {}

  /** Everything is open and set up: the chat can be drawn. */
  get ready(): boolean {
    return this.info?.state === 'ready' && this.info.setup_done;
  }

  accept(info: SessionInfo): void {
    this.info = info;
  }

  async refresh(): Promise<SessionInfo> {
    const info = await this.client.sessionGet();
    this.info = info;
    return info;
  }
}
