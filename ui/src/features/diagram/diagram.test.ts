import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../../ipc/generated/client';
import type { Block, Scene } from '../../ipc/generated/types';
import { createFake } from '../../platform/fake';
import { scene } from '../../platform/fake/diagram';
import { code } from '../../platform/fake/blocks';
import { AppState } from '../../state/app.svelte';
import { ShownMessage } from '../../state/message.svelte';
import { messageRow } from '../../state/test-client';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import WithApp from '../../test/WithApp.svelte';
import { TEST_IDS } from '../../testids';
import MessageBody from '../chat/MessageBody.svelte';
import { isDiagram } from './shown';
import { colour, pathData } from './shapes';
import SightHost from './test/SightHost.svelte';
// Fetched when they are first needed; here they are there already.
import './DiagramActions.svelte';
import '../code/CodeActions.svelte';

const SOURCE = 'graph TD;\n  A-->B;';

async function shown(blocks: Block[], answer?: Scene | Error) {
  const fake = createFake({ conversations: 1 });
  if (answer instanceof Error) fake.answer('diagram_draw', () => Promise.reject(answer));
  else if (answer) fake.answer('diagram_draw', () => ({ scene: answer, refusal: null }));
  const app = new AppState(createClient(fake.call));
  app.accept(await fake.openSession((event) => app.dispatch(event)));
  await app.ready;
  const message = new ShownMessage(messageRow('m1', { blocks, branch_ids: ['m1'], text: 'x' }));
  const props = { message, onlink: () => undefined, onhelp: () => undefined };
  const { container } = render(WithApp, { props: { app, component: MessageBody as never, props } });
  const asked = () => fake.calls.filter((call) => call.name === 'diagram_draw').map((call) => call.req);
  return { container, fake, asked, user: userEvent.setup({ pointerEventsCheck: 0 }) };
}

afterEach(() => document.documentElement.classList.remove('dark'));

describe('a diagram', () => {
  it('is a picture with a name, and its source is there for those who do not see it', async () => {
    const { container, asked } = await shown([code('mermaid', SOURCE)]);
    const svg = await screen.findByTestId(TEST_IDS.diagram);
    expect(asked()).toEqual([{ text: SOURCE, theme: 'light' }]);
    expect(screen.getByRole('img', { name: 'Flowchart' }).contains(svg)).toBe(true);
    expect(screen.getByRole('group', { name: 'Source of this diagram' }).textContent).toContain('A-->B;');
    expect(container.querySelector('figcaption')?.textContent).toContain('mermaid · Flowchart');
    expect([...svg.querySelectorAll('text')].map((one) => one.textContent)).toEqual(['A', 'B']);
    expect(svg.getAttribute('viewBox')).toBe('0 0 280 80');
    expect(screen.queryByTestId(TEST_IDS.codeWrap), 'there are no lines to wrap').toBeNull();
    expect(await violations()).toEqual([]);
  });

  it('shows its source and its picture again, and says what it is called', async () => {
    const { user, asked } = await shown([code('mmd', SOURCE)], { ...scene(false), title: 'From A to B' });
    await screen.findByRole('img', { name: 'Flowchart: From A to B' });
    await user.click(screen.getByTestId(TEST_IDS.diagramSource));
    expect(screen.queryByRole('img')).toBeNull();
    expect(document.activeElement, 'the keyboard stays').toBe(screen.getByTestId(TEST_IDS.diagramPicture));
    expect(screen.getByRole('group', { name: /mmd/ }).textContent).toContain('A-->B;');
    expect(screen.getByTestId(TEST_IDS.codeWrap)).toBeTruthy();
    await user.click(screen.getByTestId(TEST_IDS.diagramPicture));
    expect(screen.getByRole('img')).toBeTruthy();
    expect(asked(), 'drawn once').toHaveLength(1);
  });

  it('is saved as a picture, copied as its source', async () => {
    const { user, fake } = await shown([code('mermaid', SOURCE)]);
    const button = await screen.findByTestId(TEST_IDS.diagramSave);
    await user.click(button);
    await waitFor(() => expect(button.textContent).toContain('Saved'));
    const saved = fake.calls.filter((call) => call.name === 'diagram_save').map((call) => call.req);
    expect(saved).toEqual([{ text: SOURCE }]);
    await user.click(screen.getByTestId(TEST_IDS.codeCopy));
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe(SOURCE));
  });

  it('stays its source with one sentence where it cannot be drawn', async () => {
    await shown([code('mermaid', 'no')]);
    expect(await screen.findByText(/something in it is not written/)).toBeTruthy();
    expect(screen.queryByTestId(TEST_IDS.diagramAgain), 'nothing would be otherwise').toBeNull();
    expect(screen.queryByTestId(TEST_IDS.diagram)).toBeNull();
    expect(screen.queryByTestId(TEST_IDS.diagramSource)).toBeNull();
    expect(screen.getByTestId(TEST_IDS.codeBlock).textContent).toContain('no');
    expect(await violations()).toEqual([]);
  });

  it('stays its source where nobody answers', async () => {
    const { fake, user, asked } = await shown([code('mermaid', SOURCE)], new Error('locked'));
    expect(await screen.findByText(/could not be drawn just now/)).toBeTruthy();
    expect(screen.getByTestId(TEST_IDS.codeBlock).textContent).toContain('A-->B;');
    // It is asked again when somebody wants it, also where drawing took too long.
    fake.answer('diagram_draw', () => ({ scene: null, refusal: 'stopped' }));
    await user.click(screen.getByTestId(TEST_IDS.diagramAgain));
    expect(await screen.findByText(/took too long or broke off/)).toBeTruthy();
    expect(document.activeElement, 'the keyboard stays').toBe(screen.getByTestId(TEST_IDS.diagramAgain));
    fake.answer('diagram_draw', () => ({ scene: scene(false), refusal: null }));
    await user.keyboard('{Enter}');
    await screen.findByTestId(TEST_IDS.diagram);
    expect(asked()).toHaveLength(3);
    expect(screen.queryByTestId(TEST_IDS.diagramAgain)).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId(TEST_IDS.diagramSource)));
  });

  it('keeps the keyboard where trying again comes to another end', async () => {
    const { fake, user, container } = await shown([code('mermaid', SOURCE)], new Error('locked'));
    const again = await screen.findByTestId(TEST_IDS.diagramAgain);
    fake.answer('diagram_draw', () => ({ scene: null, refusal: 'too_large' }));
    await user.click(again);
    expect(await screen.findByText(/would hold too much/)).toBeTruthy();
    expect(screen.queryByTestId(TEST_IDS.diagramAgain)).toBeNull();
    await waitFor(() => expect(container.querySelector('figure')?.contains(document.activeElement)).toBe(true));
  });

  it('is drawn again for other paper, and the old picture stays until then', async () => {
    const { asked } = await shown([code('mermaid', SOURCE)]);
    const svg = await screen.findByTestId(TEST_IDS.diagram);
    const fill = () => svg.querySelector('rect')?.getAttribute('fill');
    expect(fill()).toBe('#f0f1feff');
    document.documentElement.classList.add('dark');
    await waitFor(() => expect(fill()).toBe('#202248ff'));
    expect(asked()).toEqual([
      { text: SOURCE, theme: 'light' },
      { text: SOURCE, theme: 'dark' },
    ]);
  });

  it('is as high as it was when it is drawn again', async () => {
    const blocks = [code('mermaid', SOURCE)];
    const first = await shown(blocks);
    await screen.findByTestId(TEST_IDS.diagram);
    first.container.remove();
    const second = await shown(blocks);
    flushSync();
    expect(second.container.querySelector('svg[data-testid="diagram"]')).toBeTruthy();
    expect(second.asked(), 'nobody is asked').toEqual([]);
  });

  it('is drawn when it comes near the view, and takes its place when what is read can be kept', async () => {
    const waiting: (() => void)[] = [];
    const whenNear = (_: Element, act: () => void) => {
      waiting.push(act);
      return () => undefined;
    };
    const props = { block: code('mermaid', SOURCE), sight: { whenNear, following: () => false } };
    const { fake } = await renderWithApp(SightHost as never, props);
    const asked = () => fake.calls.filter((call) => call.name === 'diagram_draw');
    await waitFor(() => expect(waiting).toHaveLength(1));
    expect(asked()).toEqual([]);
    waiting.pop()?.();
    await waitFor(() => expect(waiting).toHaveLength(1));
    expect(asked()).toHaveLength(1);
    expect(screen.queryByTestId(TEST_IDS.diagram), 'its lines hold the place').toBeNull();
    waiting.pop()?.();
    flushSync();
    expect(screen.getByTestId(TEST_IDS.diagram)).toBeTruthy();
  });

  it('waits until all of it is there', () => {
    const open = { ...code('mermaid', SOURCE), closed: false } as Extract<Block, { type: 'code_block' }>;
    expect(isDiagram(open, true)).toBe(false);
    expect(isDiagram(open, false), 'an answer that ended in it').toBe(true);
    expect(isDiagram({ ...open, closed: true }, true)).toBe(true);
    expect(isDiagram({ ...open, language: 'rust' }, false)).toBe(false);
  });
});

describe('shapes', () => {
  it('are numbers and colours', () => {
    expect(colour(null)).toBe('none');
    expect(colour(0x0a)).toBe('#0000000a');
    expect(pathData([{ move: [0, 1] }, { line: [2, 3] }, { bend: [1, 1, 2, 2] }, { curve: [1, 2, 3, 4, 5, 6] }, 'close'])).toBe(
      'M0 1L2 3Q1 1 2 2C1 2 3 4 5 6Z',
    );
  });

  it('show hostile words as words', async () => {
    const evil = '<img src=x onerror=alert(1)><script>1</script>';
    const hostile = scene(false);
    const run = { text: evil, fill: 255, bold: true, italic: true };
    hostile.shapes.push({
      form: { type: 'text', x: 0, y: 0, anchor: 'start', size: 16, runs: [run] },
      fill: null, stroke: null, width: 0, dash: [], at: [1, 0, 0, 1, 0, 0],
    });
    const { container } = await shown([code('mermaid', SOURCE)], { ...hostile, title: evil, description: evil });
    const svg = await screen.findByTestId(TEST_IDS.diagram);
    expect(svg.textContent).toContain(evil);
    expect(container.querySelector('script, img, a, foreignObject, use, image, style')).toBeNull();
    const attributes = [...svg.querySelectorAll('*')].flatMap((one) => [...one.attributes].map((it) => it.name));
    expect(attributes.filter((name) => /^(on.*|.*href|src|style)$/.test(name))).toEqual([]);
  });
});
