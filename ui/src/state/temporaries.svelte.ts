import type { Client } from '../ipc/generated/client';
import type { ConversationRow } from '../ipc/generated/types';

/** Conversations that are in memory alone, the latest first. None of them is in a list of the archive. */
export class Temporaries {
  rows = $state.raw<ConversationRow[]>([]);

  constructor(private readonly client: Client) {}

  async load(): Promise<void> {
    try {
      this.rows = (await this.client.temporaryList()).rows;
    } catch {
      // The next event reads again what is shown.
    }
  }

  find(id: string | null): ConversationRow | undefined {
    return this.rows.find((row) => row.id === id);
  }

  /** Takes it in, or out when it is kept now. True if it is temporary. */
  place(row: ConversationRow): boolean {
    const known = this.rows.some((other) => other.id === row.id);
    if (!row.temporary) {
      if (known) this.remove(row.id);
      return false;
    }
    // Its place stays: rows that jump while an answer arrives are hard to hit.
    this.rows = known
      ? this.rows.map((other) => (other.id === row.id ? row : other))
      : [row, ...this.rows];
    return true;
  }

  remove(id: string): void {
    this.rows = this.rows.filter((row) => row.id !== id);
  }
}
