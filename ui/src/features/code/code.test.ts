import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../ipc/generated/types';
import { messageRow } from '../../state/test-client';
import { ShownMessage } from '../../state/message.svelte';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import MessageBody from '../chat/MessageBody.svelte';
import { codeIndex } from './place';
// Fetched when they are first needed; here they are there already.
import './CodeActions.svelte';
import './CodeDifferences.svelte';

const code = (text: string): Extract<Block, { type: 'code_block' }> => ({
  type: 'code_block',
  language: 'rust',
  closed: true,
  lines: [[{ class: 'plain', text }]],
});
const paragraph: Block = { type: 'paragraph', inlines: [{ type: 'text', text: 'words' }] };

function tree() {
  const [first, inList, inQuote, last] = [code('1'), code('2'), code('3'), code('4')] as const;
  const blocks: Block[] = [
    first,
    paragraph,
    { type: 'list', ordered_start: null, tight: true, items: [{ task: null, blocks: [paragraph, inList] }] },
    { type: 'quote', blocks: [inQuote] },
    last,
  ];
  return { blocks, all: [first, inList, inQuote, last] };
}

async function shown(branches: string[]) {
  const { blocks } = tree();
  const message = new ShownMessage(messageRow('m1', { blocks, branch_ids: branches, text: 'x' }));
  const props = { message, onlink: () => undefined, onhelp: () => undefined };
  const rendered = await renderWithApp(MessageBody as never, props, { conversations: 1 });
  const asked = (name: string) => rendered.fake.calls.filter((call) => call.name === name).map((call) => call.req);
  return { ...rendered, asked, user: userEvent.setup({ pointerEventsCheck: 0 }) };
}

describe('a block of code', () => {
  it('is counted in reading order, wherever it stands', () => {
    const { blocks, all } = tree();
    expect(all.map((block) => codeIndex(blocks, block))).toEqual([0, 1, 2, 3]);
    expect(codeIndex(blocks, code('1')), 'one that is not there').toBe(-1);
  });

  it('is saved by its number, and its words cross nowhere', async () => {
    const { user, asked } = await shown(['m1']);
    const buttons = await screen.findAllByTestId('code-save');
    expect(buttons).toHaveLength(4);
    expect(screen.queryByTestId('code-compare'), 'there is no other branch').toBeNull();
    await user.click(buttons[2] as HTMLElement);
    await waitFor(() => expect(asked('code_save')).toEqual([{ message_id: 'm1', in_reasoning: false, index: 2 }]));
    await waitFor(() => expect(buttons[2]?.textContent).toContain('Saved'));
    expect(await violations()).toEqual([]);
  });

  it('is seen beside that of other branches', async () => {
    const { user, asked } = await shown(['m0', 'm1', 'm2']);
    await user.click((await screen.findAllByTestId('code-compare'))[3] as HTMLElement);
    const list = await screen.findByTestId('code-differences');
    expect(asked('code_beside')).toEqual([{ message_id: 'm1', in_reasoning: false, index: 3 }]);
    expect(within(list).getAllByRole('heading').map((one) => one.textContent)).toHaveLength(2);
    expect(list.querySelector('ins')?.textContent).toContain('two');
    expect(list.querySelector('del')?.textContent).toContain('one');
    expect(list.textContent).toContain('No block like this one there');
    expect(await violations()).toEqual([]);
  });
});
