import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '../ipc/generated/client';
import type { ApiError, Parameters, ToolCallRow, ToolDecision, ToolList, ToolSignedOut } from '../ipc/generated/types';
import { asApiError } from './errors';

/** Tools there are, and the calls of answers that are arriving. */
export class Tools {
  list = $state.raw<ToolList | null>(null);
  problem = $state.raw<ApiError | null>(null);
  busy = $state(false);
  /** What became of the permit that was given back last. */
  signedOut = $state.raw<ToolSignedOut | null>(null);
  /** Of answers that arrive; of others their row has them. */
  readonly calls = new SvelteMap<string, ToolCallRow[]>();

  constructor(private readonly client: Client) {}

  load = async (): Promise<void> => {
    this.busy = true;
    try {
      this.list = await this.client.toolList();
      this.problem = null;
    } catch (reason) {
      this.problem = asApiError(reason);
    } finally {
      this.busy = false;
    }
  };

  /** Reads it again where somebody has read it before. */
  changed(): void {
    if (this.list !== null) void this.load();
  }

  /** Does something that answers with the list as it is then. */
  async run(change: Promise<ToolList>): Promise<ApiError | null> {
    try {
      this.list = await change;
      this.signedOut = this.list.signed_out;
      return null;
    } catch (reason) {
      return asApiError(reason);
    }
  }

  async readCalls(messageId: string): Promise<void> {
    const found = await this.client.toolCalls({ message_id: messageId }).catch(() => null);
    if (found) this.calls.set(messageId, found.rows);
  }

  ended(messageId: string): void {
    this.calls.delete(messageId);
  }

  async decide(messageId: string, call: number, decision: ToolDecision): Promise<ApiError | null> {
    try {
      await this.client.toolDecide({ message_id: messageId, call, decision });
      return null;
    } catch (reason) {
      return asApiError(reason);
    }
  }
}

/** How many are on, searching the web among them. */
export function toolsOn(of: Pick<Parameters, 'tools' | 'web_search'>): number {
  return of.tools.length + (of.web_search === true ? 1 : 0);
}

/** The same tools with one, or a server of them, switched on or off. */
export function withTool(from: readonly string[], tool: string, on: boolean): string[] {
  const others = from.filter((known) => known !== tool);
  return on ? [...others, tool] : others;
}
