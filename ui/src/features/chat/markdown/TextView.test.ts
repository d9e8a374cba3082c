import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { flushSync } from 'svelte';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { setLanguage } from '../../../i18n/index.svelte';
import type { Block, BlockOp } from '../../../ipc/generated/types';
import { ShownText, STRETCH } from '../../../state/text.svelte';
import SightHost from './test/SightHost.svelte';
import TextView from './TextView.svelte';

beforeAll(() => setLanguage('en'));

const paragraph = (words: string): Block => ({ type: 'paragraph', inlines: [{ type: 'text', text: words }] });

function take(text: ShownText, ops: BlockOp[]): void {
  const draft = text.draft(ops);
  if (!draft) throw new Error('does not fit');
  text.show(draft);
  flushSync();
}

describe('TextView', () => {
  it.each([STRETCH, 50 * STRETCH])('draws only the tail again when a piece arrives behind %i blocks', (count) => {
    let looks = 0;
    const closed = Array.from({ length: count }, (_, at) =>
      new Proxy(paragraph(`${at}`), {
        get(target, key) {
          looks += 1;
          return Reflect.get(target, key) as unknown;
        },
      }),
    );
    const text = new ShownText([...closed, paragraph('tail')]);
    const { container } = render(TextView, { text, caret: true });
    const observer = new MutationObserver(() => undefined);
    observer.observe(container, { subtree: true, childList: true, characterData: true, attributes: true });
    looks = 0;
    take(text, [{ type: 'append_text', path: [count, 0], text: ' grows' }]);
    const changes = observer.takeRecords();
    expect(container.querySelector('.stretch:last-child')?.textContent).toBe('tail grows');
    expect(changes.map((change) => change.type)).toEqual(['characterData']);
    expect(looks).toBe(0);
    observer.disconnect();
  });

  it('draws of a long text what can be seen, and the rest when it comes near', () => {
    const waiting = new Map<Element, () => void>();
    const sight = {
      following: () => false,
      whenNear: (element: Element, draw: () => void) => {
        waiting.set(element, draw);
        return () => void waiting.delete(element);
      },
    };
    const text = new ShownText(Array.from({ length: 10 * STRETCH }, (_, at) => paragraph(`${at}`)));
    const { container } = render(SightHost, { text, sight });
    expect(container.querySelectorAll('p')).toHaveLength(4 * STRETCH);
    expect(waiting.size).toBe(6);
    const [[element, draw] = []] = waiting;
    expect((element as HTMLElement).style.blockSize).not.toBe('');
    draw?.();
    flushSync();
    expect(element?.querySelectorAll('p')).toHaveLength(STRETCH);
    expect((element as HTMLElement).style.blockSize).toBe('');
    expect(waiting.size).toBe(5);
  });

  it('draws the end of a long text alone where the view keeps to it', () => {
    const sight = { following: () => true, whenNear: () => () => undefined };
    const text = new ShownText(Array.from({ length: 10 * STRETCH }, (_, at) => paragraph(`${at}`)));
    const { container } = render(SightHost, { text, sight });
    const drawn = [...container.querySelectorAll('p')].map((one) => one.textContent);
    expect(drawn).toEqual(Array.from({ length: 2 * STRETCH }, (_, at) => `${at + 8 * STRETCH}`));
  });

  it('draws what a footnote leads to', async () => {
    Element.prototype.scrollIntoView = vi.fn();
    const blocks = Array.from({ length: 10 * STRETCH }, (_, at) => paragraph(`${at}`));
    blocks[0] = { type: 'paragraph', inlines: [{ type: 'footnote_ref', label: 'n', number: 1 }] };
    blocks[5 * STRETCH] = { type: 'footnote_definition', label: 'n', number: 1, blocks: [paragraph('note')] };
    render(SightHost, { text: new ShownText(blocks), sight: { following: () => false, whenNear: () => () => undefined } });
    expect(screen.queryByRole('note')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Footnote 1' }));
    expect(document.activeElement).toBe(screen.getByRole('note'));
  });
});
