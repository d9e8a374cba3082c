import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { MapRow } from '../../ipc/generated/types';
import { renderWithApp } from '../../test/render';
import ChatView from '../chat/ChatView.svelte';
// Fetched when they are first needed; here they are there already.
import '../chat/MessageList.svelte';
import './MapSheet.svelte';

const DEEP = 300;
const line = (id: string, more: Partial<MapRow> = {}): MapRow => ({
  first_id: id,
  last_id: `${id}-end`,
  role: 'user',
  text: id,
  model: null,
  at: 0,
  messages: 2,
  branches: 0,
  more: false,
  chosen: false,
  ...more,
});

/** Forks all the way down: at each, two that are not shown and one that is. */
async function opened() {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 3 });
  const { app } = rendered;
  await waitFor(() => expect(app.history.active.status).toBe('ready'));
  await app.chat.open([...app.history.active.pinned, ...app.history.active.rows][0]?.id ?? '');
  const asked = vi.spyOn(app.client, 'messageMap').mockImplementation((req) => {
    if (req.below === `root-end`) return Promise.resolve({ rows: [line('late')], has_more: false, shown: [] });
    const shown = Array.from({ length: DEEP }, (_, at) => ({
      rows: [line(`a${at}`), line(`b${at}`, { chosen: true, branches: at < DEEP - 1 ? 3 : 0 }), line(`c${at}`)],
      has_more: at === 0,
    }));
    return Promise.resolve({ rows: [line('root', { chosen: true, branches: 4 })], has_more: false, shown });
  });
  app.talk.sheet = 'map';
  const tree = await screen.findByRole('tree');
  const here = () => document.activeElement?.getAttribute('data-message-id');
  const drawn = () => within(tree).getAllByRole('treeitem').length;
  return { tree, asked, here, drawn };
}

describe('the map of a large conversation', () => {
  it('is asked for once, draws a screen of it, and begins where the reader is', async () => {
    const { asked, here, drawn } = await opened();
    await waitFor(() => expect(here()).toBe(`b${DEEP - 1}`));
    expect(asked).toHaveBeenCalledTimes(1);
    expect(drawn()).toBeLessThan(40);
  });

  it('is walked from end to end by keys', async () => {
    const { tree, asked, here, drawn } = await opened();
    await waitFor(() => expect(here()).toBe(`b${DEEP - 1}`));
    const press = (key: string) => fireEvent.keyDown(document.activeElement ?? tree, { key });
    await press('ArrowUp');
    await waitFor(() => expect(here()).toBe(`a${DEEP - 1}`));
    await press('ArrowLeft');
    await waitFor(() => expect(here()).toBe(`b${DEEP - 2}`));
    await press('PageUp');
    await waitFor(() => expect(here()).toBe(`b${DEEP - 7}`));
    await press('Home');
    await waitFor(() => expect(here()).toBe('root'));
    expect(drawn()).toBeLessThan(40);
    await press('ArrowDown');
    await waitFor(() => expect(here()).toBe('a0'));
    // At the end stands what was not read yet: it is, as soon as it comes near.
    expect(asked).toHaveBeenCalledTimes(1);
    await press('End');
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
    expect(asked.mock.lastCall?.[0]).toMatchObject({ below: 'root-end', after: 'c0' });
    await waitFor(() => expect(here()).toBe('late'));
  });

  it('goes to the line that begins with what is typed', async () => {
    const { tree, here } = await opened();
    await waitFor(() => expect(here()).toBe(`b${DEEP - 1}`));
    const press = (key: string) => fireEvent.keyDown(document.activeElement ?? tree, { key });
    await press('c');
    await waitFor(() => expect(here()).toBe(`c${DEEP - 1}`));
    for (const letter of '12') await press(letter);
    await waitFor(() => expect(here(), 'more letters are more of its beginning').toBe('c129'));
    await press('x');
    await waitFor(() => expect(here(), 'where none does, nothing moves').toBe('c129'));
  });

  it('gives the focus back to the line it was on', async () => {
    const { tree, here } = await opened();
    await waitFor(() => expect(here()).toBe(`b${DEEP - 1}`));
    (document.activeElement as HTMLElement).blur();
    await waitFor(() => expect(tree.tabIndex).toBe(0));
    tree.focus();
    await waitFor(() => expect(here()).toBe(`b${DEEP - 1}`));
    expect(tree.tabIndex).toBe(-1);
  });
});
