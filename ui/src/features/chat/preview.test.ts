import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import MessageActions from './MessageActions.svelte';
import MessageEdit from './MessageEdit.svelte';
// Fetched when they are first opened; here they are there already.
import './PreviewSheet.svelte';
import './RegenerateMenu.svelte';

function message(id: string, role: 'user' | 'assistant') {
  return { id, row: { id, text: 'as it was', role, status: 'complete', parts: [], attachments: [], branch_ids: [id] } };
}

describe('before other words are sent', () => {
  it('shows every byte of them', async () => {
    const user = userEvent.setup();
    const { fake } = await renderWithApp(MessageEdit as never, { message: message('question', 'user') });
    await fireEvent.input(screen.getByTestId('message-edit-input'), { target: { value: 'in other words' } });
    await user.click(screen.getByTestId('message-edit-preview'));
    await screen.findByTestId('preview');
    await waitFor(() =>
      expect(fake.calls.find((call) => call.name === 'message_preview')?.req).toEqual({
        text: 'in other words',
        edits: 'question',
      }),
    );
    expect(await violations()).toEqual([]);
  });
});

describe('before another answer is asked for', () => {
  it('shows every byte of the request', async () => {
    const user = userEvent.setup();
    const { fake } = await renderWithApp(MessageActions as never, {
      message: message('answer', 'assistant'),
      onpickmodel: () => undefined,
    });
    await user.click(screen.getByTestId('message-regenerate'));
    await user.click(await screen.findByTestId('regenerate-preview'));
    await screen.findByTestId('preview');
    await waitFor(() =>
      expect(fake.calls.find((call) => call.name === 'message_preview')?.req).toEqual({ text: '', again: 'answer' }),
    );
  });
});
