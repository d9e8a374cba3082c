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
    // Who is asked is said as it is now.
    return this.servers.flatMap((server) => {
      const known = this.known.get(server.id);
      return known ? { ...known, server } : [];
    });
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
    const same = asked?.where === where && before?.server.host === server.host;
    const fresh = same && Date.now() - asked.at < FRESH_MS;
    if (before && ((before.asking && same) || (!before.asking && !before.problem && fresh))) return;
    const mine = { where, at: Date.now() };
    this.asked.set(id, mine);
    const late = () => this.asked.get(id) !== mine;
    const known = { server, rows: before?.rows ?? [], hasMore: before?.hasMore ?? false, problem: null };
    this.known.set(id, { ...known, asking: true });
    try {
      const { rows, has_more: hasMore } = await this.app.client.toolPrompts({ server_id: id, ...from(where) });
      if (!late()) this.known.set(id, { ...known, rows, hasMore, asking: false });
    } catch (reason) {
      if (!late()) this.known.set(id, { ...known, rows: [], hasMore: false, asking: false, problem: asApiError(reason) });
    }
  }
}

/** From where a server is asked, as the core is told. */
export const from = (conversation: string | null): { conversation_id?: string } =>
  conversation === null ? {} : { conversation_id: conversation };

/** What a server is asked for, as it can be stopped: by this, and nothing else that it was asked for. */
export class OfferAsking {
  readonly id = crypto.randomUUID();

  constructor(private readonly app: AppState) {}

  stop(): void {
    void this.app.client.toolAskCancel({ asking_id: this.id }).catch(() => undefined);
  }
}

/** Shows what a server brought when nobody waited for it any more, where it belongs to what is open. */
export function showLate(app: AppState, where: { conversation_id?: string }): void {
  if (where.conversation_id === (app.thread.conversationId ?? undefined)) void app.attachments.refresh();
}

const known = new WeakMap<AppState, Offers>();

export function offersOf(app: AppState): Offers {
  let offers = known.get(app);
  if (!offers) known.set(app, (offers = new Offers(app)));
  return offers;
}
