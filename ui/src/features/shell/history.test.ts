import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { renderWithApp } from '../../test/render';
import Shell from './Shell.svelte';

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

  it('is opened by a click and marked', async () => {
    const [first] = await rows();
    if (!first) throw new Error('a conversation is shown');
    await userEvent.click(first);
    await waitFor(() => expect(first.getAttribute('aria-current')).toBe('page'));
    await screen.findAllByTestId('message-row');
  });
});
