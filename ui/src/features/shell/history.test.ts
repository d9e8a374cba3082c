import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { renderWithApp } from '../../test/render';
import Shell from './Shell.svelte';
// Fetched when they are first needed; here they are there already.
import '../../kit/MenuPanel.svelte';
import '../chat/MessageList.svelte';
import './ConversationMenu.svelte';

async function rows(): Promise<HTMLElement[]> {
  await renderWithApp(Shell as never);
  return screen.findAllByTestId('conversation-row');
}
const menus = () => screen.queryAllByTestId('conversation-row-menu').length;

describe('a line of the history', () => {
  it('has a menu and says all of its title once somebody is near', async () => {
    const [first, second] = await rows();
    if (!first || !second) throw new Error('two conversations are shown');
    expect([menus(), first.title]).toEqual([0, '']);
    await fireEvent.pointerOver(first);
    expect(menus()).toBe(1);
    expect(first.title).toContain(first.querySelector('.title')?.textContent);
    await fireEvent.pointerOver(second);
    expect([menus(), first.title]).toEqual([1, '']);
    // The keyboard is on one and the pointer on another.
    first.focus();
    await waitFor(() => expect(menus()).toBe(2));
  });

  it('opens its menu with the other button, and the keyboard comes back to it', async () => {
    const [first, second] = await rows();
    if (!first || !second) throw new Error('two conversations are shown');
    await fireEvent.contextMenu(first);
    await screen.findByRole('menu');
    await userEvent.keyboard('{Escape}');
    const menu = await screen.findByTestId('conversation-row-menu');
    await waitFor(() => expect(document.activeElement).toBe(menu));
    // It stays, wherever the pointer goes: it has the focus.
    await fireEvent.pointerOver(second);
    expect(document.activeElement).toBe(menu);
    expect(menu.isConnected).toBe(true);
  });

  describe('by its menu', () => {
    const shown = () => screen.queryAllByTestId('conversation-row').map((row) => row.dataset.conversationId);

    /** Chooses something for the last line. */
    async function choose(name: string, archived = false) {
      const { app } = await renderWithApp(Shell as never, {}, { conversations: 3 });
      await waitFor(() => expect(shown()).toHaveLength(3));
      const id = shown().at(-1) ?? '';
      if (archived) {
        await app.history.update({ id, archived: true });
        app.navigation.archived = true;
        await waitFor(() => expect(shown()).toEqual([id]));
      }
      const last = screen.getAllByTestId('conversation-row').at(-1);
      await fireEvent.contextMenu(last as HTMLElement);
      await userEvent.setup({ pointerEventsCheck: 0 }).click(await screen.findByRole('menuitem', { name }));
      return { app, id };
    }

    it('is pinned, and stands at the top', async () => {
      const { app, id } = await choose('Pin');
      await waitFor(() => expect(shown().indexOf(id)).toBeLessThan(2));
      expect(app.history.find(id)?.pinned).toBe(true);
    });

    it('is archived, and leaves the list', async () => {
      const { id } = await choose('Archive');
      await waitFor(() => expect(shown()).toHaveLength(2));
      expect(shown()).not.toContain(id);
    });

    it('is taken out of the archive', async () => {
      const { app, id } = await choose('Take out of the archive', true);
      await waitFor(() => expect(shown()).toEqual([]));
      app.navigation.archived = false;
      await waitFor(() => expect(shown()).toContain(id));
    });
  });

  it('is opened by a click and marked', async () => {
    const [first] = await rows();
    if (!first) throw new Error('a conversation is shown');
    await userEvent.click(first);
    await waitFor(() => expect(first.getAttribute('aria-current')).toBe('page'));
    await screen.findAllByTestId('message-row');
  });
});
