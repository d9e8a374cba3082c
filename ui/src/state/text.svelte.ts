/**
 * The blocks of a text, in stretches that are drawn and changed each by itself: what an arriving
 * piece costs does not depend on how long the text is.
 */
import type { Block, BlockOp } from '../ipc/generated/types';
import { applyOps } from './blocks';
import { headingLevels, OUTER_LEVEL, usedLevels } from './headings';
import { same } from './same';

/** How many blocks a stretch has; the last may have fewer. */
export const STRETCH = 8;

export class Stretch {
  blocks: readonly Block[] = $state.raw([]);
  /** Of its headings, by their place. */
  levels: readonly (number | undefined)[] = $state.raw([]);
  used = 0;
  /** The level of the last heading up to its end. */
  lastLevel = OUTER_LEVEL;
}

/** What is to be shown from a stretch on. */
export interface Drafted {
  from: number;
  blocks: readonly Block[];
}

export class ShownText {
  stretches: readonly Stretch[] = $state.raw([]);
  private length = 0;
  private used = 0;

  constructor(blocks: readonly Block[] = []) {
    if (blocks.length > 0) this.show({ from: 0, blocks });
  }

  get isEmpty(): boolean {
    return this.stretches.length === 0;
  }

  /** All blocks. Whoever asks is told of every change. */
  get blocks(): Block[] {
    return this.stretches.flatMap((stretch) => stretch.blocks);
  }

  /** Takes another tree. What says the same as before is not drawn again. */
  accept(blocks: readonly Block[]): void {
    const old = this.stretches;
    const shared = blocks.map((block, at) => {
      const before = old[Math.floor(at / STRETCH)]?.blocks[at % STRETCH];
      return before !== undefined && same(before, block) ? before : block;
    });
    this.show({ from: 0, blocks: shared });
  }

  /** What operations make of it; `null` if one does not fit. Nothing changes yet. */
  draft(ops: readonly BlockOp[]): Drafted | null {
    const from = Math.floor(firstTouched(ops, this.length) / STRETCH);
    const tail = this.stretches.slice(from).flatMap((stretch) => stretch.blocks);
    const applied = applyOps(tail, ops, from * STRETCH);
    return applied.fits ? { from, blocks: applied.blocks } : null;
  }

  show({ from, blocks }: Drafted): void {
    const pieces = Math.ceil(blocks.length / STRETCH);
    const fresh: Stretch[] = [];
    let used = false;
    for (let piece = 0; piece < pieces; piece += 1) {
      const part = blocks.slice(piece * STRETCH, (piece + 1) * STRETCH);
      let stretch = this.stretches[from + piece];
      if (!stretch) {
        stretch = new Stretch();
        fresh.push(stretch);
      } else if (alike(stretch.blocks, part)) continue;
      stretch.blocks = part;
      const before = stretch.used;
      stretch.used = usedLevels(part);
      used ||= stretch.used !== before;
    }
    const count = from + pieces;
    if (fresh.length > 0) this.stretches = [...this.stretches, ...fresh];
    else if (count < this.stretches.length) {
      this.stretches = this.stretches.slice(0, count);
      used = true;
    }
    this.length = from * STRETCH + blocks.length;
    this.setLevels(from, used);
  }

  private setLevels(from: number, usedChanged: boolean): void {
    let start = from;
    if (usedChanged) {
      const used = this.stretches.reduce((all, stretch) => all | stretch.used, 0);
      if (used !== this.used) start = 0;
      this.used = used;
    }
    let before = this.stretches[start - 1]?.lastLevel ?? OUTER_LEVEL;
    for (const stretch of this.stretches.slice(start)) {
      const { levels, last } = headingLevels(stretch.blocks, this.used, before);
      if (!alike(stretch.levels, levels)) stretch.levels = levels;
      stretch.lastLevel = last;
      before = last;
    }
  }
}

function alike<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

/** The first block that any of the operations can change. */
function firstTouched(ops: readonly BlockOp[], length: number): number {
  let first = length;
  for (const op of ops) {
    const [at] = op.path;
    if (at !== undefined) first = Math.min(first, at);
    else if (op.type === 'replace_tail' || op.type === 'replace_range') {
      first = Math.min(first, op.from_index);
    }
  }
  return first;
}
