import type { Block, BlockOp, MessageRow } from '../../ipc/generated/types';
import { ANSWER } from './blocks';
import type { FakeWorld } from './world';

const TICK_MS = 33;

/** An answer that arrives word by word. */
export class AnswerStream {
  readonly #steps: BlockOp[] = [];
  #at = 0;
  #seq = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly world: FakeWorld,
    private readonly message: MessageRow,
    private readonly host: string | null,
    private readonly ended: () => void,
  ) {
    ANSWER.forEach((block, index) => this.#steps.push(...stepsOf(block, index)));
  }

  start(): void {
    this.#lamp(true);
    const perTick = Math.max(1, Math.round((this.world.wordsPerSecond * TICK_MS) / 1000));
    this.#timer = setInterval(() => {
      const ops = this.#steps.slice(this.#at, this.#at + perTick);
      this.#at += perTick;
      this.#seq += 1;
      this.message.stream_seq = this.#seq;
      this.world.emit({
        type: 'stream',
        message_id: this.message.id,
        seq: this.#seq,
        ops,
        reasoning_ops: [],
        text: '',
        citations: [],
      });
      if (this.#at >= this.#steps.length) this.#end('complete');
    }, TICK_MS);
  }

  stop(): void {
    this.#end('interrupted');
  }

  #end(status: 'complete' | 'interrupted'): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    Object.assign(this.message, {
      status,
      text: 'Start early at Miradouro da Graça …',
      blocks: status === 'complete' ? ANSWER : ANSWER.slice(0, 2),
      finished_at: Date.now(),
      usage: { input_tokens: 120, output_tokens: 312, reasoning_tokens: null, cached_tokens: null },
    } satisfies Partial<MessageRow>);
    this.#lamp(false);
    this.world.emit({ type: 'stream_ended', message: this.message, last_seq: null });
    this.ended();
  }

  #lamp(on: boolean): void {
    const active = on
      ? [
          {
            request_id: this.message.id,
            host: this.host ?? 'in-process',
            purpose: 'svc.chat',
            in_process: this.host === null,
          },
        ]
      : [];
    this.world.emit({ type: 'egress', status: { offline: this.world.offline, active, blocked: null } });
    if (on) this.world.emit({ type: 'ledger_changed' });
  }
}

/** A block as the core would let it grow: text word by word, all else at once. */
function stepsOf(block: Block, index: number): BlockOp[] {
  if (block.type !== 'paragraph' && block.type !== 'heading') return [{ type: 'push_block', path: [], block }];
  const steps: BlockOp[] = [{ type: 'push_block', path: [], block: { ...block, inlines: [] } }];
  block.inlines.forEach((inline, at) => {
    if (inline.type !== 'text') {
      steps.push({ type: 'replace_tail', path: [index], from_index: at, nodes: { type: 'inlines', inlines: [inline] } });
      return;
    }
    const words = inline.text.match(/\s*\S+\s*$|\s*\S+/g) ?? [inline.text];
    words.forEach((word, number) => {
      steps.push(
        number === 0
          ? { type: 'replace_tail', path: [index], from_index: at, nodes: { type: 'inlines', inlines: [{ type: 'text', text: word }] } }
          : { type: 'append_text', path: [index, at], text: word },
      );
    });
  });
  return steps;
}
