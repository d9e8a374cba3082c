import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import SearchOverlay from './SearchOverlay.svelte';

// jsdom has no modal dialogs.
beforeAll(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
});

async function opened(recent: string[] = []) {
  const rendered = await renderWithApp(SearchOverlay, {}, { conversations: 12 });
  const { app, fake } = rendered;
  await waitFor(() => expect(app.history.active.status).toBe('ready'));
  fake.world.recent = recent;
  app.navigation.overlay = 'search';
  await app.search.loadRecent();
  const [conversation] = app.history.active.rows;
  if (!conversation) throw new Error('a conversation');
  await app.client.messagePage({ conversation_id: conversation.id, anchor: { at: 'tail' }, limit: 20 });
  const asked = (name: string) => fake.calls.filter((call) => call.name === name).map((call) => call.req);
  return { ...rendered, asked, conversation, user: userEvent.setup(), field: screen.getByTestId<HTMLInputElement>('search-input') };
}

const selected = () => screen.getAllByTestId('search-hit').findIndex((hit) => hit.getAttribute('aria-selected') === 'true');

describe('the search', () => {
  it('takes the keyboard and shows what was found, by conversation, with the words marked', async () => {
    const { user, field } = await opened();
    expect(document.activeElement).toBe(field);
    expect(await screen.findByText('Every word you wrote or received')).toBeTruthy();
    await user.type(field, 'next day');
    const hits = await screen.findAllByTestId('search-hit');
    expect(hits).toHaveLength(5);
    for (const hit of hits) expect(hit.querySelector('mark')?.textContent).toBe('next day');
    expect(within(hits[0] as HTMLElement).getByText('You')).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('is walked by keys, and Enter opens the message that is meant', async () => {
    const { app, user, field, asked, conversation } = await opened();
    await user.type(field, 'next day');
    await screen.findAllByTestId('search-hit');
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(selected()).toBe(1);
    const meant = screen.getAllByTestId('search-hit')[1]?.dataset.messageId;
    await user.keyboard('{Enter}');
    await waitFor(() => expect(app.thread.conversationId).toBe(conversation.id));
    await waitFor(() => expect(app.thread.flash).toBe(meant));
    expect(asked('search_remember')).toEqual([{ query: 'next day' }]);
  });

  it('opens what is clicked', async () => {
    const { app, user, field } = await opened();
    await user.type(field, 'next day');
    const last = (await screen.findAllByTestId('search-hit')).at(-1) as HTMLElement;
    await user.hover(last);
    expect(last.getAttribute('aria-selected')).toBe('true');
    await user.click(last);
    await waitFor(() => expect(app.thread.flash).toBe(last.dataset.messageId));
  });

  it('says that there is nothing, and for what', async () => {
    const { user, field } = await opened();
    await user.type(field, 'zebra');
    expect((await screen.findByTestId('search-none')).textContent).toContain('zebra');
  });

  it('says what went wrong, and tries again', async () => {
    const { fake, user, field, asked } = await opened();
    fake.answer('search_query', () => Promise.reject({ code: 'busy', message: 'It is busy.' }));
    await user.type(field, 'x');
    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(asked('search_query')).toHaveLength(2));
  });

  it('drops a filter that is pressed, and goes on where one types', async () => {
    const { user, field } = await opened();
    await user.type(field, 'from:me next');
    await user.click(await screen.findByRole('button', { name: /from:me/ }));
    expect(field.value.trim()).toBe('next');
    expect(document.activeElement).toBe(field);
    await waitFor(() => expect(screen.queryByTestId('search-filter')).toBeNull());
  });

  it('offers what was looked for before, until that is forgotten', async () => {
    const { user, field, asked } = await opened(['lisbon', 'porto']);
    await user.click(await screen.findByRole('button', { name: 'lisbon' }));
    expect(field.value).toBe('lisbon');
    await user.clear(field);
    await user.click(await screen.findByTestId('search-forget'));
    expect(asked('search_forget')).toHaveLength(1);
    await waitFor(() => expect(screen.queryByTestId('search-recent')).toBeNull());
  });
});
