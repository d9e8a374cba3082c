import { SvelteMap } from 'svelte/reactivity';
import type { ApiError, ToolPromptRow, ToolServerRow } from '../ipc/generated/types';
import type { AppState } from './app.svelte';
import { asApiError } from './errors';

/** Whoever looks again so soon sees what was said. */
const FRESH_MS = 30_000;

/** The prompts of a server, as it was asked for them last. */
export interface Offered {
  server: ToolServerRow;
  rows: ToolPromptRow[];
  hasMore: boolean;
  asking: boolean;
  problem: ApiError | null;
}

/** What servers of tools offer besides tools. They are asked when somebody looks, and nothing of it is kept. */
export class Offers {
  private readonly known = new SvelteMap<string, Offered>();
  private readonly asked = new Map<string, { where: string | null; at: number }>();

  constructor(private readonly app: AppState) {}

  /** The servers that are switched on in the open conversation. */
  get servers(): ToolServerRow[] {
    const list = this.app.tools.list;
    const on = this.app.chat.instructions?.parameters.tools ?? [];
    return list === null || list.supervised ? [] : list.servers.filter((row) => row.enabled && on.includes(row.id));
  }

  get prompts(): Offered[] {
    return this.servers.flatMap(({ id }) => this.known.get(id) ?? []);
  }

  /** Knows which servers there are; none of them is asked for that. */
  async ready(): Promise<void> {
    const on = this.app.chat.instructions?.parameters.tools ?? [];
    if (on.length > 0 && this.app.tools.list === null) await this.app.tools.load();
  }

  /** Somebody looks at prompts. */
  async look(): Promise<void> {
    await this.ready();
    for (const server of this.servers) void this.ask(server);
  }

  private async ask(server: ToolServerRow): Promise<void> {
    const { id } = server;
    const where = this.app.thread.conversationId;
    const before = this.known.get(id);
    const asked = this.asked.get(id);
    const fresh = asked?.where === where && Date.now() - asked.at < FRESH_MS;
    if (before?.asking || (before && !before.problem && fresh)) return;
    this.asked.set(id, { where, at: Date.now() });
    const known = { server, rows: before?.rows ?? [], hasMore: before?.hasMore ?? false, problem: null };
    this.known.set(id, { ...known, asking: true });
    try {
      const { rows, has_more: hasMore } = await this.app.client.toolPrompts({ server_id: id, ...from(where) });
      this.known.set(id, { ...known, rows, hasMore, asking: false });
    } catch (reason) {
      this.known.set(id, { ...known, rows: [], hasMore: false, asking: false, problem: asApiError(reason) });
    }
  }
}

/** From where a server is asked, as the core is told. */
export const from = (conversation: string | null): { conversation_id?: string } =>
  conversation === null ? {} : { conversation_id: conversation };

const known = new WeakMap<AppState, Offers>();

export function offersOf(app: AppState): Offers {
  let offers = known.get(app);
  if (!offers) known.set(app, (offers = new Offers(app)));
  return offers;
}
