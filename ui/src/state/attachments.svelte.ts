import type { Client } from '../ipc/generated/client';
import type { ApiError, AttachmentList, AttachmentPlan, DroppedFile, ToolBrought } from '../ipc/generated/types';
import { asApiError } from './errors';

/** A file that is looked at, from a page on. */
export interface Look {
  id: string;
  page: number | null;
}

/** A file beside an unsent text. */
export interface Chip {
  /** For lists; the name of the file in the archive once it has one. */
  key: string;
  name: string;
  bytes: number;
  /** How it would be sent; `null` while it is read, or if it cannot be. */
  plan: AttachmentPlan | null;
  /** Why it cannot be attached. */
  problem: ApiError | null;
}

/** The files beside the unsent text of the open conversation. */
export class Attachments {
  chips = $state.raw<Chip[]>([]);
  /** The file that is looked at. */
  shown = $state.raw<Look | null>(null);
  /** Files are to be chosen; counts up. */
  choosing = $state(0);
  /** Something on the page takes what is dropped on the window. */
  welcome = false;
  private id: string | null = null;
  private source: string | undefined;
  private model: string | undefined;
  private round = 0;
  private count = 0;
  /** One file after the other, so that they stand in the order in which they were chosen. */
  private last = Promise.resolve();
  /** Taken away while they were read. */
  private readonly gone = new Set<string>();
  /** Texts that were pasted, by the key of their chip: they can still become words of the message. */
  private readonly texts = new Map<string, string>();

  constructor(private readonly client: Client) {}

  /** Some file is still being read. */
  get reading(): boolean {
    return this.chips.some((chip) => chip.plan === null && chip.problem === null);
  }

  /** The source cannot take one of them, or one cannot be read. */
  get barred(): boolean {
    return this.chips.some((chip) => chip.problem !== null || (chip.plan !== null && chip.plan.way === null));
  }

  /** Those that go with the text, in order. */
  get ids(): string[] {
    return this.chips.flatMap((chip) => (chip.plan ? [chip.plan.file.asset_id] : []));
  }

  /** Another conversation, or another source or model that would answer. */
  async open(id: string | null, source: string | undefined, model: string | undefined): Promise<void> {
    if (this.round > 0 && id === this.id && source === this.source && model === this.model) return;
    if (id !== this.id) this.chips = [];
    this.id = id;
    this.source = source;
    this.model = model;
    await this.refresh();
  }

  /** The files of a new conversation, as they were read for who would answer it. */
  accept(list: AttachmentList, source: string | undefined, model: string | undefined): void {
    // Somebody was quicker and looks at another conversation.
    if (this.round > 0) return;
    this.round += 1;
    this.id = null;
    this.source = source;
    this.model = model;
    this.show(list);
  }

  /** A conversation was begun here just now: no file is beside its next text. */
  begun(id: string): void {
    this.round += 1;
    this.id = id;
    this.chips = [];
  }

  /** What was sent is beside no text any more. */
  sent(ids: readonly string[]): void {
    this.chips = this.chips.filter((chip) => !chip.plan || !ids.includes(chip.plan.file.asset_id));
    for (const id of ids) this.texts.delete(id);
  }

  async add(files: readonly (File | DroppedFile)[]): Promise<void> {
    const id = this.id;
    await Promise.all(files.map((file) => this.one(id, file)));
    if (id === this.id) await this.refresh();
  }

  /** A text as a file of this name. */
  async addText(name: string, text: string): Promise<void> {
    const id = this.id;
    await this.one(id, new File([text], name, { type: 'text/plain' }), text);
    if (id === this.id) await this.refresh();
  }

  /** The text that a chip was pasted as. */
  textOf(chip: Chip): string | undefined {
    return this.texts.get(chip.key);
  }

  async remove(chip: Chip): Promise<void> {
    this.chips = this.chips.filter((other) => other.key !== chip.key);
    this.texts.delete(chip.key);
    if (chip.plan) await this.erase(this.id, chip.plan.file.asset_id);
    else if (!chip.problem) this.gone.add(chip.key);
  }

  /** What a server returned is beside the text now; what could not be taken is said until it is taken away. */
  async brought(found: ToolBrought): Promise<void> {
    const left = found.left_out.map(({ name, problem }) => ({
      key: `new-${(this.count += 1)}`,
      name,
      bytes: 0,
      plan: null,
      problem: asApiError(problem),
    }));
    this.chips = [...this.chips, ...left];
    await this.refresh();
  }

  /** Looks at a file, at one of its pages. */
  look(id: string, page: number | null = null): void {
    this.shown = { id, page };
  }

  /** A chip has the name of its file in the archive from now on. */
  private rename(key: string, asset: string | null): void {
    const text = this.texts.get(key);
    if (text === undefined) return;
    this.texts.delete(key);
    if (asset !== null) this.texts.set(asset, text);
  }

  private async erase(id: string | null, asset_id: string): Promise<void> {
    const where = id === null ? {} : { conversation_id: id };
    await this.client.attachmentRemove({ ...where, asset_id }).catch(() => undefined);
  }

  /** Reads which files there are: some came by themselves. */
  async refresh(): Promise<void> {
    const round = ++this.round;
    const where = this.id === null ? {} : { conversation_id: this.id };
    const source = this.source ? { source_id: this.source } : {};
    const model = this.model ? { model: this.model } : {};
    try {
      const list = await this.client.attachmentList({ ...where, ...source, ...model });
      if (round === this.round) this.show(list);
    } catch {
      // What is shown stays; sending says what is wrong.
    }
  }

  private show({ files }: AttachmentList): void {
    const kept = this.chips.filter((chip) => chip.plan === null);
    const ready = files.map((plan) => ({
      key: plan.file.asset_id,
      name: plan.file.name,
      bytes: plan.file.bytes,
      plan,
      problem: null,
    }));
    this.chips = [...ready, ...kept];
  }

  private async one(id: string | null, file: File | DroppedFile, text?: string): Promise<void> {
    const key = `new-${(this.count += 1)}`;
    if (text !== undefined) this.texts.set(key, text);
    const chip: Chip = { key, name: file.name, bytes: file.size, plan: null, problem: null };
    this.chips = [...this.chips, chip];
    this.last = this.last.then(() => this.read(id, key, file));
    await this.last;
  }

  private async read(id: string | null, key: string, file: File | DroppedFile): Promise<void> {
    try {
      const { handOver } = await import('./upload');
      const where = id === null ? {} : { conversation_id: id };
      const asset = await handOver(this.client, where, file, () => this.gone.has(key));
      const unwanted = this.gone.delete(key);
      this.rename(key, asset);
      if (unwanted && asset !== null) await this.erase(id, asset);
      // Its chip goes with the one of the file that is there now.
      if (id === this.id && !unwanted) await this.refresh();
      this.chips = this.chips.filter((other) => other.key !== key);
    } catch (reason) {
      this.gone.delete(key);
      const problem = asApiError(reason);
      this.chips = this.chips.map((other) => (other.key === key ? { ...other, problem } : other));
    }
  }
}
