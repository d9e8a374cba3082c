import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { AppState } from '../../state/app.svelte';
import { conversationRow, deferred, messageRow, testClient, type Handlers } from '../../state/test-client';
// Fetched when they are first needed; here they are there already.
import '../../kit/PopoverPanel.svelte';
import './ComposerBar.svelte';
import './ReceiverDetails.svelte';
import ComposerHost from './test/ComposerHost.svelte';

async function setup(handlers: Handlers = {}, offline = false) {
  const { client, asked } = testClient({
    conversation_list: () => ({ pinned: [], rows: [], next: null }),
    source_list: () => ({
      rows: [
        {
          id: 's1',
          name: 'Example',
          dialect: 'openai',
          host: 'api.example.com',
          address: null,
          in_process: false,
          on_this_computer: false,
          plain_http: false,
          has_credential: true,
          default_model: 'm1',
          practices: { training: null, retention: null, region: null },
          practices_from: null,
          stated: null,
          opt_outs: [],
          redact: false,
        },
      ],
      default_source_id: 's1',
    }),
    egress_status: () => ({ offline, active: [], blocked: null }),
    draft_get: () => ({ text: '' }),
    draft_set: () => ({}),
    message_send: () => new Promise(() => undefined),
    ...handlers,
  });
  const app = new AppState(client);
  await app.start();
  render(ComposerHost, { app });
  const input = screen.getByTestId<HTMLTextAreaElement>('composer-input');
  const sent = () => asked.filter((one) => one.name === 'message_send').map((one) => one.req);
  return { app, input, sent };
}

describe('Composer', () => {
  it('sends with Enter and breaks the line with Shift+Enter', async () => {
    const user = userEvent.setup();
    const { input, sent } = await setup();
    await user.type(input, 'one{Shift>}{Enter}{/Shift}two');
    expect(sent()).toEqual([]);
    expect(input.value).toBe('one\ntwo');
    await user.type(input, '{Enter}');
    expect(sent()).toMatchObject([{ text: 'one\ntwo', source_id: 's1', model: 'm1' }]);
  });

  it('keeps the words until the core has them, says when that takes long, and what follows them', async () => {
    const user = userEvent.setup();
    const taken = deferred<object>();
    const { input, sent } = await setup({
      message_send: () => taken.promise,
      attachment_list: () => ({ files: [] }),
    });
    await user.type(input, 'hello{Enter}');
    expect([input.value, input.getAttribute('aria-busy')]).toEqual(['hello', null]);
    await waitFor(() => expect(input.getAttribute('aria-busy')).toBe('true'));
    expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(true);
    await user.type(input, ' and more{Enter}');
    expect(sent()).toHaveLength(1);
    const page = { rows: [], has_before: false, has_after: false, arriving: null };
    taken.resolve({ conversation_id: 'new', question_id: 'q', answer_id: 'a', conversation: null, page });
    await waitFor(() => expect(input.value).toBe(' and more'));
    await waitFor(() => expect(input.getAttribute('aria-busy')).toBeNull());
  });

  it('does not send while an input method composes, nor with the Enter that ends it', async () => {
    const user = userEvent.setup();
    const { input, sent } = await setup();
    await user.type(input, 'にほん');
    await fireEvent.compositionStart(input);
    await fireEvent.keyDown(input, { key: 'Enter', keyCode: 229, isComposing: true });
    await fireEvent.keyDown(input, { key: 'Enter', keyCode: 13 });
    await fireEvent.compositionEnd(input);
    await fireEvent.keyDown(input, { key: 'Enter', keyCode: 13 });
    expect(sent()).toEqual([]);
    expect(input.value).toBe('にほん');
  });

  it('keeps the words when they could not be sent', async () => {
    const user = userEvent.setup();
    const { input } = await setup({ message_send: () => Promise.reject({ code: 'offline', message: 'Offline.' }) });
    await user.type(input, 'hello{Enter}');
    expect(input.value).toBe('hello');
    expect(screen.getByTestId('composer-error')).toBeTruthy();
  });

  it('says who receives it, and in detail what', async () => {
    const user = userEvent.setup();
    await setup();
    const line = await screen.findByTestId('receiver-line');
    expect(line.textContent?.trim()).toBe('leaves to: api.example.com');
    await user.click(line);
    const details = (await screen.findByTestId('receiver-details')).textContent ?? '';
    expect(details).toContain('api.example.com');
    expect(details).toContain('m1');
    expect(details).toContain('your key');
    expect(details).toContain('no earlier messages');
  });

  it('cannot send through a closed door, says so, and keeps what is typed', async () => {
    const user = userEvent.setup();
    const { input, sent } = await setup({}, true);
    expect(screen.getByTestId('composer-offline').textContent).toContain('api.example.com');
    await user.type(input, 'hello{Enter}');
    expect(sent()).toEqual([]);
    expect(input.value).toBe('hello');
    expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(true);
  });

  it('sends nothing else while what waited is on its way', async () => {
    const user = userEvent.setup();
    const page = (status: 'streaming' | 'complete') => ({ rows: [messageRow('a', { status })], has_before: false, has_after: false, arriving: status === 'streaming' ? 'a' : null });
    let status: 'streaming' | 'complete' = 'streaming';
    const { app, input, sent } = await setup({
      conversation_list: () => ({ pinned: [], rows: [conversationRow('c1', 10)], next: null }),
      message_page: () => page(status),
    });
    await app.chat.open('c1');
    expect(app.queue.add('second')).toBe(true);
    status = 'complete';
    app.dispatch({ type: 'stream_ended', message: messageRow('a'), last_seq: null });
    await waitFor(() => expect(sent()).toHaveLength(1));
    await user.type(input, 'third{Enter}');
    expect([sent(), input.value]).toEqual([[{ conversation_id: 'c1', text: 'second' }], 'third']);
    expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(true);
  });

  it('shows the draft that was kept', async () => {
    const { input } = await setup({ draft_get: () => ({ text: 'kept words' }) });
    await expect.poll(() => input.value).toBe('kept words');
  });
});
