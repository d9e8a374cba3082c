import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import ChatView from './ChatView.svelte';
// Fetched when they are first needed; here they are there already.
import '../../kit/MenuPanel.svelte';
import './ComposerBar.svelte';
import './FlagDialog.svelte';
import './MessageList.svelte';
import './MessageMenu.svelte';
import './OriginLine.svelte';

async function rows() {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 2, show: true });
  await waitFor(() => expect(rendered.app.history.active.status).toBe('ready'));
  const id = rendered.fake.world.conversations.find((row) => row.title.startsWith('Many sources'))?.id ?? '';
  await rendered.app.chat.open(id);
  const [question, answer] = await screen.findAllByTestId('message-row');
  if (!question || !answer) throw new Error('a question and its answer are shown');
  // jsdom does not end the animation with which a dialog gives the pointer back.
  return { ...rendered, question, answer, user: userEvent.setup({ pointerEventsCheck: 0 }) };
}

const actions = (row: HTMLElement) => [...row.querySelectorAll<HTMLElement>('.quiet button')];
const wayIn = (row: HTMLElement) => within(row).queryByRole('button', { name: 'What you can do with this message' });
const name = () => document.activeElement?.getAttribute('aria-label');

describe('what can be done with a message', () => {
  it('is one way in until somebody points at it', async () => {
    const { question, answer } = await rows();
    expect([actions(question), actions(answer)]).toEqual([[], []]);
    expect(wayIn(answer)).not.toBeNull();
    expect(await violations()).toEqual([]);
    await fireEvent.pointerOver(within(answer).getByTestId('message-text'));
    expect(actions(answer).map((button) => button.getAttribute('aria-label'))).toEqual([
      'Copy',
      'Answer again',
      'Wrong about a person …',
      'More',
      'Delete',
    ]);
    expect(wayIn(answer), 'it leads to what is there already').toBeNull();
    expect(answer.querySelector<HTMLElement>('.details')?.title).not.toBe('');
    await fireEvent.pointerOver(question);
    expect([actions(question).length, actions(answer).length]).toEqual([4, 0]);
  });

  it('is walked with the keyboard, from both ends', async () => {
    const { question, answer, user } = await rows();
    wayIn(question)?.focus();
    expect(name()).toBe('Copy');
    expect(question.contains(document.activeElement)).toBe(true);
    await user.tab();
    await user.tab();
    await user.tab();
    expect(name()).toBe('Delete');
    // Down into the next message: what is written there comes first.
    while (question.contains(document.activeElement)) await user.tab();
    while (!document.activeElement?.closest('.quiet')) await user.tab();
    expect([name(), answer.contains(document.activeElement)]).toEqual(['Copy', true]);
    // And from below to its end.
    screen.getByTestId('composer-input').focus();
    wayIn(question)?.dispatchEvent(new FocusEvent('focusin', { bubbles: true, relatedTarget: screen.getByTestId('composer-input') }));
    expect([name(), question.contains(document.activeElement)]).toEqual(['Delete', true]);
  });

  it('is drawn for whoever presses the way in', async () => {
    const { answer } = await rows();
    await fireEvent.click(wayIn(answer) as HTMLElement);
    expect([name(), answer.contains(document.activeElement)]).toEqual(['Copy', true]);
  });

  it('stays while a dialog of it is open, and the keyboard comes back', async () => {
    const { question, answer, user } = await rows();
    await user.hover(answer);
    await user.click(within(answer).getByTestId('message-flag'));
    await screen.findByRole('dialog');
    await fireEvent.pointerOver(question);
    expect(screen.getByRole('dialog')).toBeTruthy();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(within(answer).getByTestId('message-flag')));
  });

  it('stays while its menu is open, and the keyboard comes back', async () => {
    const { question, answer, user } = await rows();
    await user.hover(answer);
    await user.click(within(answer).getByTestId('message-more'));
    await screen.findByTestId('message-quote');
    await fireEvent.pointerOver(question);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement).toBe(within(answer).getByTestId('message-more')));
  });

  it('is left alone while an answer arrives', async () => {
    const { app, answer, user } = await rows();
    await user.hover(answer);
    const before = actions(answer);
    await user.type(screen.getByTestId('composer-input'), 'and then?');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(app.thread.streaming?.seq).toBeGreaterThan(2));
    const arriving = screen.getAllByTestId('message-row').at(-1) as HTMLElement;
    await fireEvent.pointerOver(arriving);
    expect([actions(arriving), wayIn(arriving)]).toEqual([[], null]);
    await fireEvent.pointerOver(answer);
    const now = actions(answer);
    const seq = app.thread.streaming?.seq ?? 0;
    await waitFor(() => expect(app.thread.streaming?.seq).toBeGreaterThan(seq + 2));
    expect(actions(answer), 'no piece draws them again').toEqual(now);
    expect(now).toHaveLength(before.length);
  });
});
