import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { renderWithApp } from '../../test/render';
import Shell from './Shell.svelte';

// Each call of the page costs both sides a millisecond, and twice as much while it is cold.

it('asks the core twice for the whole first screen', async () => {
  const { fake } = await renderWithApp(Shell as never);
  await screen.findByTestId('composer-input');
  await screen.findAllByTestId('conversation-row');
  expect(fake.calls.map((call) => call.name)).toEqual(['session_open', 'first_screen']);
});

it('asks for nothing it knows when a conversation begins', async () => {
  const { fake } = await renderWithApp(Shell as never);
  await userEvent.type(await screen.findByTestId('composer-input'), 'Where does my data go?');
  for (const name of ['context_estimate', 'draft_set'] as const) {
    await waitFor(() => expect(fake.calls.some((call) => call.name === name)).toBe(true));
  }
  fake.calls.length = 0;
  await userEvent.click(screen.getByTestId('send'));
  await waitFor(() => expect(screen.getAllByTestId('message-row')).toHaveLength(2));
  const asked = new Set(fake.calls.map((call) => call.name));
  // What an event says has changed is read again.
  for (const name of ['conversation_get', 'message_page'] as const) asked.delete(name);
  expect([...asked]).toEqual(['message_send']);
});
