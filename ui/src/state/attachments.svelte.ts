import type { Client } from '../ipc/generated/client';
import type { ApiError, AttachmentPlan } from '../ipc/generated/types';
import { asApiError } from './errors';

/** Bytes per piece on the way to the core. */
const PIECE = 384 * 1024;

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

/** The bytes as Base64. */
function base64(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => reject(new Error('file_changed'));
    reader.readAsDataURL(piece);
  });
}

/** The files beside the unsent text of the open conversation. */
export class Attachments {
  chips = $state.raw<Chip[]>([]);
  /** The file that is looked at. */
  shown = $state<string | null>(null);
  private id: string | null = null;
  private source: string | undefined;
  private round = 0;
  private count = 0;

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

  /** Another conversation, or another source that would answer. */
  async open(id: string | null, source: string | undefined): Promise<void> {
    if (id !== this.id) this.chips = [];
    this.id = id;
    this.source = source;
    await this.refresh();
  }

  /** What was sent is beside no text any more. */
  sent(ids: readonly string[]): void {
    this.chips = this.chips.filter((chip) => !chip.plan || !ids.includes(chip.plan.file.asset_id));
  }

  async add(files: readonly File[]): Promise<void> {
    const id = this.id;
    await Promise.all(files.map((file) => this.one(id, file)));
    if (id === this.id) await this.refresh();
  }

  async remove(chip: Chip): Promise<void> {
    this.chips = this.chips.filter((other) => other.key !== chip.key);
    if (!chip.plan) return;
    const asset_id = chip.plan.file.asset_id;
    const where = this.id === null ? {} : { conversation_id: this.id };
    await this.client.attachmentRemove({ ...where, asset_id }).catch(() => undefined);
  }

  private async refresh(): Promise<void> {
    const round = ++this.round;
    const where = this.id === null ? {} : { conversation_id: this.id };
    const source = this.source ? { source_id: this.source } : {};
    try {
      const { files } = await this.client.attachmentList({ ...where, ...source });
      if (round !== this.round) return;
      const kept = this.chips.filter((chip) => chip.plan === null);
      const ready = files.map((plan) => ({
        key: plan.file.asset_id,
        name: plan.file.name,
        bytes: plan.file.bytes,
        plan,
        problem: null,
      }));
      this.chips = [...ready, ...kept];
    } catch {
      // What is shown stays; sending says what is wrong.
    }
  }

  private async one(id: string | null, file: File): Promise<void> {
    const key = `new-${(this.count += 1)}`;
    const chip: Chip = { key, name: file.name, bytes: file.size, plan: null, problem: null };
    this.chips = [...this.chips, chip];
    try {
      await this.handOver(id, file);
      this.chips = this.chips.filter((other) => other.key !== key);
      if (id === this.id) await this.refresh();
    } catch (reason) {
      const problem = asApiError(reason);
      this.chips = this.chips.map((other) => (other.key === key ? { ...other, problem } : other));
    }
  }

  private async handOver(id: string | null, file: File): Promise<void> {
    const where = id === null ? {} : { conversation_id: id };
    const { upload } = await this.client.attachmentBegin({ ...where, name: file.name, size: file.size });
    try {
      for (let at = 0; at < file.size; at += PIECE) {
        await this.client.attachmentPut({ upload, data: await base64(file.slice(at, at + PIECE)) });
      }
    } catch (reason) {
      await this.client.attachmentCancel({ upload }).catch(() => undefined);
      throw reason;
    }
    await this.client.attachmentFinish({ upload });
  }
}
