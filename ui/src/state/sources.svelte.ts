import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '../ipc/generated/client';
import type { ApiError, Model, SourceList, SourceRow } from '../ipc/generated/types';
import { asApiError } from './errors';

export type ModelsState =
  | { status: 'loading'; models: Model[] }
  | { status: 'ready'; models: Model[] }
  /** It cannot be asked; this is what it said then. */
  | { status: 'kept'; models: Model[]; at: number; problem: ApiError }
  | { status: 'failed'; models: Model[]; problem: ApiError };

/** Where answers come from, and what each place offers. */
export class Sources {
  rows = $state.raw<SourceRow[]>([]);
  defaultId = $state<string | null>(null);
  loaded = $state(false);
  problem = $state.raw<ApiError | null>(null);
  private readonly lists = new SvelteMap<string, ModelsState>();

  constructor(private readonly client: Client) {}

  find(id: string | null | undefined): SourceRow | undefined {
    return this.rows.find((row) => row.id === id);
  }

  get default(): SourceRow | undefined {
    return this.find(this.defaultId) ?? this.rows[0];
  }

  async refresh(): Promise<void> {
    try {
      this.accept(await this.client.sourceList());
    } catch (reason) {
      this.problem = asApiError(reason);
    }
    this.loaded = true;
  }

  accept(list: SourceList): void {
    this.rows = list.rows;
    this.defaultId = list.default_source_id;
    this.problem = null;
    this.loaded = true;
  }

  models(id: string): ModelsState | undefined {
    return this.lists.get(id);
  }

  /** The name to show for a model of a source, by its id: as listed, where the list is known. */
  nameOf(sourceId: string | null | undefined, model: string): string {
    const listed = sourceId ? this.lists.get(sourceId)?.models : undefined;
    const known = listed?.find((entry) => entry.id === model);
    return known ? modelName(known) : model;
  }

  /** Asks live. What was listed before stays shown meanwhile. */
  async loadModels(id: string): Promise<void> {
    const known = this.lists.get(id);
    if (known?.status === 'loading') return;
    const models = known?.models ?? [];
    this.lists.set(id, { status: 'loading', models });
    try {
      const list = await this.client.sourceModels({ id });
      const { models, listed_at: at, problem } = list;
      this.lists.set(id, problem ? { status: 'kept', models, at, problem } : { status: 'ready', models });
    } catch (reason) {
      this.lists.set(id, { status: 'failed', models, problem: asApiError(reason) });
    }
  }
}

/** The name to show for a model. */
export function modelName(model: Pick<Model, 'id' | 'display_name'>): string {
  return model.display_name ?? model.id;
}
