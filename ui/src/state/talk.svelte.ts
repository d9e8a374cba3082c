import type { Client } from '../ipc/generated/client';
import type { ApiError, Instructions, Preset, PresetList, PromptRow } from '../ipc/generated/types';
import type { Choice } from './chat.svelte';
import { asApiError } from './errors';

/** What floats beside a conversation. */
export type TalkSheet = 'instructions' | 'map' | null;

/** How conversations are asked, and what a person keeps to begin and to ask with. */
export class Talk {
  private keptPresets = $state.raw<Preset[]>([]);
  private keptPrompts = $state.raw<PromptRow[]>([]);
  /** What somebody looked at once: only that is read. */
  private readonly wanted = new Set<string>();
  status = $state<'idle' | 'ready' | 'failed'>('idle');
  problem = $state.raw<ApiError | null>(null);
  private initialId = $state<string | null>(null);
  /** The assistant that new conversations begin with. */
  readonly initial = $derived(this.keptPresets.find((preset) => preset.id === this.initialId) ?? null);
  private readonly begins = $derived(this.initial && instructionsOf(this.initial));
  private said = $state.raw<Instructions | null>(null);
  /** How the open conversation is asked, once that was read. */
  kept = $state.raw<Instructions | null>(null);
  private keptOf: string | null = null;
  sheet = $state<TalkSheet>(null);
  /** The message whose details are shown; `''` for those of the conversation alone. */
  details = $state<string | null>(null);
  /** The conversation that is taken along as a text. */
  markdown = $state<string | null>(null);
  /** Something is looked for in the open conversation. */
  finding = $state(false);
  /** Asks for the field again while it is open; counts up. */
  findAgain = $state(0);
  /** Words for the composer, before what is typed there. */
  quote = $state.raw<string | null>(null);

  constructor(private readonly client: Client) {}

  /** How the conversation that is not begun yet will be asked: as new ones begin, until something else is said. */
  get fresh(): Instructions | null {
    return this.said ?? this.begins;
  }

  set fresh(instructions: Instructions | null) {
    this.said = instructions;
  }

  get presets(): Preset[] {
    this.want('presets');
    return this.keptPresets;
  }

  get prompts(): PromptRow[] {
    this.want('prompts');
    return this.keptPrompts;
  }

  /** Reads a list when it is looked at for the first time. */
  private want(list: 'presets' | 'prompts'): void {
    if (this.wanted.has(list)) return;
    this.wanted.add(list);
    queueMicrotask(this.load);
  }

  /** The assistants, as they were read. */
  acceptPresets(list: PresetList): void {
    this.wanted.add('presets');
    this.keep(list);
    this.status = 'ready';
    this.problem = null;
  }

  /** Reads again what was looked at. */
  load = async (): Promise<void> => {
    try {
      if (this.wanted.has('presets')) this.keep(await this.client.presetList());
      if (this.wanted.has('prompts')) this.keptPrompts = (await this.client.promptList()).rows;
      this.status = 'ready';
      this.problem = null;
    } catch (reason) {
      this.problem = asApiError(reason);
      this.status = 'failed';
    }
  };

  private keep(list: PresetList): void {
    this.keptPresets = list.rows;
    this.initialId = list.default_id;
  }

  /** Says which assistant new conversations begin with; `null` for none. */
  async beginWith(id: string | null): Promise<void> {
    await this.client.presetDefault({ id: id ?? undefined });
    await this.load();
  }

  /** Reads how a conversation is asked, unless that is known. */
  async readKept(id: string): Promise<void> {
    if (this.keptOf === id) return;
    this.keptOf = id;
    this.kept = null;
    try {
      const found = await this.client.instructionsGet({ id });
      if (this.keptOf === id) this.kept = found;
    } catch {
      if (this.keptOf === id) this.keptOf = null;
    }
  }

  /** How the open conversation is asked from now on. */
  know(id: string, instructions: Instructions): void {
    this.keptOf = id;
    this.kept = instructions;
  }

  /** Another conversation: what floated beside the one before goes with it. */
  leave(): void {
    this.kept = null;
    this.keptOf = null;
    this.finding = false;
    this.sheet = null;
    this.details = null;
  }

  find(): void {
    this.finding = true;
    this.findAgain += 1;
  }

  /** Puts words into the composer as a quotation. */
  quoteWords(text: string): void {
    const lines = text.trim().split('\n');
    if (lines.join('').trim() !== '') this.quote = lines.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n');
  }
}

/** Who answers where an assistant says so. */
export function choiceOf(preset: Preset | null): Choice | null {
  return preset?.source_id ? { sourceId: preset.source_id, model: preset.model } : null;
}

export function instructionsOf(preset: Preset): Instructions {
  return { preset: preset.name, system: preset.system, parameters: preset.parameters };
}
