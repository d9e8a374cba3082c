/**
 * Applies the changes of an arriving answer to its block tree. The mirror of `apply` in
 * `crates/markup`: the same operation on the same tree gives the same tree.
 *
 * Nodes that did not change keep their identity, so that only what changed is drawn again.
 */
import type { Block, BlockOp, Inline, Nodes } from '../ipc/generated/types';

type SequenceKind = Nodes['type'];

interface Sequence {
  kind: SequenceKind;
  nodes: unknown[];
}

/** Where the children of a block are kept. */
const BLOCK_CHILDREN: Partial<Record<Block['type'], { key: string; kind: SequenceKind }>> = {
  paragraph: { key: 'inlines', kind: 'inlines' },
  heading: { key: 'inlines', kind: 'inlines' },
  code_block: { key: 'lines', kind: 'lines' },
  list: { key: 'items', kind: 'items' },
  quote: { key: 'blocks', kind: 'blocks' },
  footnote_definition: { key: 'blocks', kind: 'blocks' },
  table: { key: 'rows', kind: 'rows' },
};

const INLINE_CHILDREN: Partial<Record<Inline['type'], true>> = {
  strong: true,
  emphasis: true,
  strikethrough: true,
  link: true,
};

type Tagged = { type: string } & Record<string, unknown>;

/** Copies what it changes, once per batch, and leaves the rest as it is. */
class Draft {
  private readonly fresh = new Set<object>();
  blocks: Block[];

  /** `base`: how many blocks of the document stand before these. */
  constructor(
    blocks: readonly Block[],
    private readonly base: number,
  ) {
    this.blocks = blocks.slice();
    this.fresh.add(this.blocks);
  }

  private own<T extends object>(value: T): T {
    if (this.fresh.has(value)) return value;
    const copy = (Array.isArray(value) ? value.slice() : { ...value }) as T;
    this.fresh.add(copy);
    return copy;
  }

  /** The child sequence of the node at `path`, ready to be changed; `null` if there is none. */
  sequence(path: readonly number[]): Sequence | null {
    let here: Sequence = { kind: 'blocks', nodes: this.blocks };
    for (const [depth, index] of path.entries()) {
      const next = this.descend(here, this.within(depth, index));
      if (!next) return null;
      here = next;
    }
    return here;
  }

  /** An index in a sequence at some depth; the outermost begins at `base`. */
  private within(depth: number, index: number): number {
    return depth === 0 ? index - this.base : index;
  }

  private descend(parent: Sequence, index: number): Sequence | null {
    const child = parent.nodes[index];
    if (child === undefined) return null;
    switch (parent.kind) {
      case 'blocks': {
        const place = BLOCK_CHILDREN[(child as Block).type];
        return place ? this.enter(parent, index, place.key, place.kind) : null;
      }
      case 'items':
        return this.enter(parent, index, 'blocks', 'blocks');
      case 'inlines':
        return INLINE_CHILDREN[(child as Inline).type]
          ? this.enter(parent, index, 'inlines', 'inlines')
          : null;
      case 'rows':
      case 'cells': {
        const nodes = this.own(child as unknown[]);
        parent.nodes[index] = nodes;
        return { kind: parent.kind === 'rows' ? 'cells' : 'inlines', nodes };
      }
      case 'lines':
        return null;
    }
  }

  private enter(parent: Sequence, index: number, key: string, kind: SequenceKind): Sequence {
    const node = this.own(parent.nodes[index] as Tagged);
    parent.nodes[index] = node;
    const nodes = this.own(node[key] as unknown[]);
    node[key] = nodes;
    return { kind, nodes };
  }

  /** The sequence that holds the node at `path`, and its place there. */
  place(path: readonly number[]): { holder: Sequence; index: number } | null {
    const last = path.at(-1);
    if (last === undefined) return null;
    const index = this.within(path.length - 1, last);
    const holder = this.sequence(path.slice(0, -1));
    return holder && index >= 0 && index < holder.nodes.length ? { holder, index } : null;
  }

  appendText(path: readonly number[], text: string): boolean {
    const at = this.place(path);
    if (!at) return false;
    const { holder, index } = at;
    if (holder.kind === 'lines') {
      const line = this.own(holder.nodes[index] as unknown[]);
      holder.nodes[index] = line;
      this.appendToLine(line, text);
      return true;
    }
    if (holder.kind !== 'inlines' && holder.kind !== 'blocks') return false;
    const node = holder.nodes[index] as Tagged;
    switch (node.type) {
      case 'text':
      case 'code':
      case 'html_source': {
        const own = this.own(node);
        own.text = (own.text as string) + text;
        holder.nodes[index] = own;
        return true;
      }
      case 'code_block':
        return this.appendCode(path, text);
      default:
        return false;
    }
  }

  private appendToLine(line: unknown[], text: string): void {
    const last = line.at(-1) as Tagged | undefined;
    if (!last) {
      if (text !== '') line.push({ class: 'plain', text });
      return;
    }
    const span = this.own(last);
    span.text = (span.text as string) + text;
    line[line.length - 1] = span;
  }

  private appendCode(path: readonly number[], text: string): boolean {
    const lines = this.sequence(path)?.nodes;
    if (!lines || lines.length === 0) return false;
    const pieces = text.split('\n');
    const tail = this.own(lines[lines.length - 1] as unknown[]);
    lines[lines.length - 1] = tail;
    this.appendToLine(tail, pieces[0] ?? '');
    for (const piece of pieces.slice(1)) {
      lines.push(piece === '' ? [] : [{ class: 'plain', text: piece }]);
    }
    return true;
  }

  splice(path: readonly number[], at: number, count: number | null, nodes: Nodes): boolean {
    const target = this.sequence(path);
    if (!target || target.kind !== nodes.type) return false;
    const from = this.within(path.length, at);
    const length = target.nodes.length;
    const remove = count ?? length - from;
    if (from < 0 || from > length || remove < 0 || from + remove > length) return false;
    target.nodes.splice(from, remove, ...contents(nodes));
    return true;
  }

  updateBlock(path: readonly number[], block: Block): boolean {
    const at = this.place(path);
    if (!at || at.holder.kind !== 'blocks') return false;
    const old = at.holder.nodes[at.index] as Tagged;
    if (old.type !== block.type) return false;
    const next: Tagged = { ...(block as unknown as Tagged) };
    const place = BLOCK_CHILDREN[block.type];
    if (place) next[place.key] = old[place.key];
    this.fresh.add(next);
    at.holder.nodes[at.index] = next;
    return true;
  }
}

function contents(nodes: Nodes): readonly unknown[] {
  switch (nodes.type) {
    case 'blocks':
      return nodes.blocks;
    case 'inlines':
      return nodes.inlines;
    case 'items':
      return nodes.items;
    case 'lines':
      return nodes.lines;
    case 'rows':
      return nodes.rows;
    case 'cells':
      return nodes.cells;
  }
}

function applyOne(draft: Draft, op: BlockOp): boolean {
  switch (op.type) {
    case 'append_text':
      return draft.appendText(op.path, op.text);
    case 'push_block': {
      const target = draft.sequence(op.path);
      if (target?.kind !== 'blocks') return false;
      target.nodes.push(op.block);
      return true;
    }
    case 'replace_tail':
      return draft.splice(op.path, op.from_index, null, op.nodes);
    case 'replace_range':
      return draft.splice(op.path, op.from_index, op.count, op.nodes);
    case 'update_block':
      return draft.updateBlock(op.path, op.block);
  }
}

export interface Applied {
  blocks: Block[];
  /** False if an operation did not fit: the tree must be read again. */
  fits: boolean;
}

/**
 * Applies operations in order and stops at the first that does not fit. `base` is how many blocks
 * of the document stand before these; no operation may touch them.
 */
export function applyOps(blocks: readonly Block[], ops: readonly BlockOp[], base = 0): Applied {
  const draft = new Draft(blocks, base);
  for (const op of ops) {
    if (!applyOne(draft, op)) return { blocks: draft.blocks, fits: false };
  }
  return { blocks: draft.blocks, fits: true };
}
