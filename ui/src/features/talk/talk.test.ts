import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../../platform/fake/world';
import { violations } from '../../test/axe';
import { asApiError } from '../../state/errors';
import { NO_INSTRUCTIONS } from '../../state/instructions';
import { renderWithApp } from '../../test/render';
import ChatView from '../chat/ChatView.svelte';
// Fetched when they are first needed; here they are there already.
import '../../kit/MenuPanel.svelte';
import '../../kit/PopoverPanel.svelte';
import '../chat/ComposerBar.svelte';
import '../chat/EmptyChat.svelte';
import '../chat/InstructionsButton.svelte';
import '../chat/MessageList.svelte';
import '../chat/MessageMenu.svelte';
import '../chat/QuoteButton.svelte';
import '../chat/OriginLine.svelte';
import '../chat/PromptFields.svelte';
import '../chat/SlashMenu.svelte';
import './DetailsDialog.svelte';
import './FindBar.svelte';
import './InstructionsSheet.svelte';
import './MapSheet.svelte';

async function chat(options: FakeOptions = {}) {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 3, wordsPerSecond: 1_000, ...options });
  void [rendered.app.talk.presets, rendered.app.talk.prompts];
  await waitFor(() => expect(rendered.app.talk.status).toBe('ready'));
  await waitFor(() => expect(rendered.app.history.active.status).toBe('ready'));
  // jsdom does not end the animation with which a dialog gives the pointer back.
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  const asked = (name: string) => rendered.fake.calls.filter((call) => call.name === name).map((call) => call.req);
  return { ...rendered, user, asked, input: screen.getByTestId<HTMLTextAreaElement>('composer-input') };
}

async function opened(options: FakeOptions = {}) {
  const rendered = await chat(options);
  const id = [...rendered.app.history.active.pinned, ...rendered.app.history.active.rows][0]?.id ?? '';
  await rendered.app.chat.open(id);
  await screen.findAllByTestId('message-row');
  return { ...rendered, id };
}

describe('instructions', () => {
  it('that let the source search the web say what leaves it for that', async () => {
    const { user, app } = await chat();
    await user.click(await screen.findByRole('button', { name: 'Reviewer' }));
    await user.click(screen.getByTestId('receiver-line'));
    const details = await screen.findByTestId('receiver-details');
    expect(details.textContent).not.toContain('on the web');
    await app.chat.instruct({ ...NO_INSTRUCTIONS, parameters: { ...NO_INSTRUCTIONS.parameters, web_search: true } });
    await waitFor(() => expect(details.textContent).toContain('what the source looks for on the web'));
  });

  it('of an assistant are copied into the next conversation, and sent with it', async () => {
    const { user, asked, input, app } = await chat();
    await user.click(await screen.findByRole('button', { name: 'Reviewer' }));
    expect((await screen.findByText('Reviewer', { selector: '[data-testid=instructions-open] span' }))).toBeTruthy();
    await user.click(await screen.findByTestId('instructions-open'));
    const sheet = await screen.findByTestId('instructions-sheet');
    const system = within(sheet).getByTestId<HTMLTextAreaElement>('instructions-system');
    expect(system.value).toContain('strict and kind');
    expect(within(sheet).getByLabelText<HTMLInputElement>('Temperature').value).toBe('0.2');
    expect(await violations()).toEqual([]);
    await fireEvent.input(system, { target: { value: 'Be brief.' } });
    await user.click(screen.getByTestId('instructions-save'));
    await waitFor(() => expect(app.talk.sheet).toBeNull());
    await user.click(screen.getByTestId('receiver-line'));
    const details = await screen.findByTestId('receiver-details');
    expect(details.textContent, 'who receives it is told to receive them').toContain('the instructions of this conversation');
    await user.keyboard('{Escape}');
    await user.type(input, 'hello{Enter}');
    await waitFor(() =>
      expect(asked('message_send')).toMatchObject([
        { instructions: { preset: 'Reviewer', system: 'Be brief.', parameters: { temperature: 0.2 } } },
      ]),
    );
    expect(app.talk.fresh, 'the next one begins without').toBeNull();
  });

  it('that were chosen hold for a temporary conversation as well', async () => {
    const { user, asked, app } = await chat();
    await user.click(await screen.findByRole('button', { name: 'Reviewer' }));
    await app.chat.newTemporary();
    expect(asked('instructions_set')).toMatchObject([{ id: app.thread.conversationId, instructions: { preset: 'Reviewer' } }]);
  });

  it('of an open conversation are changed there', async () => {
    const { user, asked, id } = await opened();
    await user.click(await screen.findByTestId('instructions-open'));
    const system = await screen.findByTestId('instructions-system');
    await fireEvent.input(system, { target: { value: 'Be kind.' } });
    await user.click(screen.getByTestId('instructions-save'));
    await waitFor(() => expect(asked('instructions_set')).toMatchObject([{ id, instructions: { system: 'Be kind.' } }]));
  });

  it('with a setting that cannot be are not taken', async () => {
    const { user } = await chat();
    await user.click(await screen.findByTestId('instructions-open'));
    const sheet = await screen.findByTestId('instructions-sheet');
    await user.click(within(sheet).getByText('Settings for answers'));
    await fireEvent.input(within(sheet).getByLabelText('Temperature'), { target: { value: '3' } });
    expect((await within(sheet).findByRole('alert')).textContent).toBe('A number from 0 to 2.');
    expect(screen.getByTestId<HTMLButtonElement>('instructions-save').disabled).toBe(true);
  });

  it('that few change stand behind a fold, and are left to the source together', async () => {
    const { user, app } = await chat();
    await user.click(await screen.findByTestId('instructions-open'));
    const sheet = await screen.findByTestId('instructions-sheet');
    await user.click(within(sheet).getByText('Settings for answers'));
    expect(within(sheet).queryByLabelText('Top K')).toBeNull();
    await user.click(within(sheet).getByText('More'));
    const field = await within(sheet).findByLabelText<HTMLInputElement>('Top K');
    expect(field.placeholder).toBe('As the source');
    await fireEvent.input(field, { target: { value: '0' } });
    expect((await within(sheet).findByRole('alert')).textContent).toBe('A whole number from 1 to 1,000.');
    await fireEvent.input(field, { target: { value: '40' } });
    await user.selectOptions(within(sheet).getByLabelText('Form of the answer'), 'JSON object');
    expect(within(sheet).getByText('More: 2 changed')).toBeTruthy();
    expect(within(sheet).getByText('Settings for answers: 2 changed')).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId('instructions-save'));
    await waitFor(() => expect(app.talk.fresh?.parameters).toMatchObject({ top_k: 40, response_format: 'json_object' }));
    await user.click(await screen.findByTestId('instructions-open'));
    const again = await screen.findByTestId('instructions-sheet');
    expect((await within(again).findByLabelText<HTMLInputElement>('Top K')).value).toBe('40');
    await user.click(within(again).getByRole('button', { name: 'Leave these to the source' }));
    expect(within(again).getByText('More')).toBeTruthy();
    expect(within(again).getByText('Settings for answers')).toBeTruthy();
  });

  it.each([
    ['a conversation that is about to begin', chat],
    ['one that is there', opened],
  ])('with other fields that the core refuses say so where they are typed: %s', async (_, begin) => {
    const { user, asked, app } = await begin();
    await user.click(await screen.findByTestId('instructions-open'));
    const sheet = await screen.findByTestId('instructions-sheet');
    await user.click(within(sheet).getByText('Settings for answers'));
    await user.click(within(sheet).getByText('More'));
    const field = await within(sheet).findByTestId<HTMLTextAreaElement>('parameters-extra');
    await fireEvent.input(field, { target: { value: '{"stream": false}' } });
    await user.click(screen.getByTestId('instructions-save'));
    const alert = await within(sheet).findByRole('alert');
    expect(alert.textContent).toContain('“stream” cannot be among the other fields');
    expect(alert.textContent).toContain('Take it out of the other fields.');
    const german = { code: 'extra_protected', message: '', kept: '', next: '', retry_after_ms: null, named: { host: null, detail: null, field: 'stream' } };
    expect(asApiError(german).named?.field, 'what is named is kept for other languages').toBe('stream');
    expect([field.getAttribute('aria-invalid'), app.talk.sheet]).toEqual(['true', 'instructions']);
    expect(await violations()).toEqual([]);
    await fireEvent.input(field, { target: { value: '{"top_a": 0.2}' } });
    expect(within(sheet).queryByRole('alert'), 'it is written differently').toBeNull();
    await user.click(screen.getByTestId('instructions-save'));
    await waitFor(() => expect(app.talk.sheet).toBeNull());
    const kept = app.talk.fresh ? { instructions: app.talk.fresh } : asked('instructions_set').at(-1);
    expect(kept).toMatchObject({ instructions: { parameters: { extra: '{"top_a": 0.2}' } } });
  });

  it('are kept as an assistant, and a taken name is refused where it was typed', async () => {
    const { user, asked } = await chat();
    await user.click(await screen.findByTestId('instructions-open'));
    const sheet = await screen.findByTestId('instructions-sheet');
    await user.click(within(sheet).getByRole('button', { name: 'Save as assistant …' }));
    await user.type(within(sheet).getByLabelText('Name'), 'reviewer{Enter}');
    expect((await within(sheet).findByRole('alert')).textContent).toContain('There is one of this name already');
    await user.clear(within(sheet).getByLabelText('Name'));
    await user.type(within(sheet).getByLabelText('Name'), 'Poet{Enter}');
    await waitFor(() => expect(asked('preset_save')).toHaveLength(2));
    await waitFor(() => expect(within(sheet).getByLabelText<HTMLSelectElement>('Assistant').selectedOptions[0]?.text).toBe('Poet'));
  });
});

describe('the list of prompts', () => {
  it('opens with /, narrows, is stepped through and closed by keys', async () => {
    const { user, input, asked } = await chat();
    await user.type(input, '/');
    const list = await screen.findByRole('listbox');
    expect(within(list).getAllByRole('option').map((one) => one.querySelector('strong')?.textContent)).toEqual([
      '/summary',
      '/translate',
      'Patient teacher',
      'Reviewer',
    ]);
    expect(await violations()).toEqual([]);
    await user.type(input, '{ArrowDown}');
    expect(input.getAttribute('aria-activedescendant')).toMatch(/-1$/);
    await user.type(input, 'sum');
    expect(within(await screen.findByRole('listbox')).getAllByRole('option')).toHaveLength(1);
    await user.type(input, '{Enter}');
    expect(input.value).toBe('Summarise this in five sentences:');
    expect(screen.queryByRole('listbox')).toBeNull();
    await user.clear(input);
    await user.type(input, '/{Escape}');
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(input.value, 'and what was typed stays').toBe('/');
    expect(asked('message_send')).toEqual([]);
  });

  it('leaves keys to an input method, and paths alone', async () => {
    const { user, input } = await chat();
    await user.type(input, '/');
    await screen.findByRole('listbox');
    await fireEvent.compositionStart(input);
    await fireEvent.keyDown(input, { key: 'Enter', isComposing: true });
    expect(input.value).toBe('/');
    await fireEvent.compositionEnd(input);
    await user.type(input, 'etc/hosts');
    expect(screen.queryByTestId('slash-menu')).toBeNull();
  });

  it('opens within a text too, and puts words where the / stood', async () => {
    const { user, input } = await chat();
    await user.type(input, 'Hello,{Shift>}{Enter}{/Shift}and  now');
    input.setSelectionRange(11, 11);
    await user.type(input, '/sum', { initialSelectionStart: 11, initialSelectionEnd: 11 });
    await user.click(within(await screen.findByRole('listbox')).getByRole('option'));
    expect(input.value).toBe('Hello,\nand Summarise this in five sentences: now');
    await waitFor(() => expect(input.selectionStart).toBe('Hello,\nand Summarise this in five sentences:'.length));
    await user.clear(input);
    await user.type(input, 'one{Shift>}{Enter}{/Shift}/tr{Enter}');
    const dialog = await screen.findByRole('dialog', { name: '/translate' });
    await user.type(within(dialog).getByLabelText('text'), 'Good day{Enter}');
    await waitFor(() => expect(input.value).toMatch(/^one\nTranslate the following into .*Good day$/s));
  });

  it('is not there within a word, nor where it has nothing to offer within a text', async () => {
    const { user, input } = await chat();
    await user.type(input, 'and/or');
    expect(screen.queryByTestId('slash-menu')).toBeNull();
    await user.clear(input);
    await user.type(input, 'a /z');
    expect(screen.queryByTestId('slash-menu')).toBeNull();
    await user.clear(input);
    await user.type(input, '/z');
    expect(await screen.findByText('No prompt of this name.')).toBeTruthy();
  });

  it('offers assistants, for the conversation that begins and for the open one', async () => {
    const { app, user, input, asked } = await chat();
    await user.type(input, 'hello /rev{Enter}');
    expect(input.value).toBe('hello ');
    await waitFor(() => expect(app.talk.fresh?.preset).toBe('Reviewer'));
    await user.type(input, '{Enter}');
    await waitFor(() => expect(asked('message_send')).toMatchObject([{ instructions: { preset: 'Reviewer' } }]));
    await waitFor(() => expect(app.thread.arriving).toBeNull());
    await user.type(input, '/patient{Enter}');
    const id = app.thread.conversationId;
    await waitFor(() => expect(asked('instructions_set')).toMatchObject([{ id, instructions: { preset: 'Patient teacher' } }]));
    expect(asked('message_send'), 'choosing one sends nothing').toHaveLength(1);
  });

  it('asks for fields and fills them in', async () => {
    const { user, input } = await chat();
    await user.type(input, '/tr{Enter}');
    const dialog = await screen.findByRole('dialog', { name: '/translate' });
    expect(await violations()).toEqual([]);
    await user.type(within(dialog).getByLabelText('language'), 'German');
    await user.type(within(dialog).getByLabelText('tone'), 'plain');
    await user.type(within(dialog).getByLabelText('text'), 'Good day{Enter}');
    await waitFor(() => expect(input.value).toBe('Translate the following into German, in a plain tone:\n\nGood day'));
  });
});

describe('an open conversation', () => {
  it('shows its branches as a tree that is walked by keys', async () => {
    const { app, asked } = await opened();
    app.talk.sheet = 'map';
    const tree = await screen.findByRole('tree');
    await waitFor(() => expect(within(tree).getAllByRole('treeitem')).toHaveLength(3));
    const [trunk, other, shown] = within(tree).getAllByRole('treeitem');
    expect(trunk?.getAttribute('aria-expanded')).toBe('true');
    expect([other, shown].map((item) => item?.getAttribute('aria-selected'))).toEqual(['false', 'true']);
    expect(await violations()).toEqual([]);
    await waitFor(() => expect(document.activeElement).toBe(shown));
    await fireEvent.keyDown(shown ?? tree, { key: 'ArrowUp' });
    await waitFor(() => expect(document.activeElement).toBe(other));
    await fireEvent.keyDown(other ?? tree, { key: 'ArrowLeft' });
    await waitFor(() => expect(document.activeElement).toBe(trunk));
    await fireEvent.keyDown(trunk ?? tree, { key: 'ArrowLeft' });
    await waitFor(() => expect(within(tree).getAllByRole('treeitem')).toHaveLength(1));
    await fireEvent.keyDown(trunk ?? tree, { key: 'ArrowRight' });
    const again = (await within(tree).findAllByText('And what if it rains?'))[0]?.closest('[role=treeitem]');
    if (again) await fireEvent.click(again);
    await waitFor(() => expect(asked('message_select_branch')).toHaveLength(1));
    expect(app.talk.sheet).toBeNull();
  });

  it('is found in, newest first, and left with Escape', async () => {
    const { app, user } = await opened();
    app.talk.find();
    const field = await screen.findByTestId('find-input');
    expect(document.activeElement).toBe(field);
    await user.type(field, 'next day');
    await waitFor(() => expect(screen.getByTestId('find-count').textContent).toBe('1 of 5'));
    const first = app.thread.flash;
    await user.type(field, '{Enter}');
    expect(screen.getByTestId('find-count').textContent).toBe('2 of 5');
    expect(app.thread.flash).not.toBe(first);
    await user.type(field, '{Shift>}{Enter}{/Shift}');
    expect(app.thread.flash).toBe(first);
    expect(await violations()).toEqual([]);
    await user.clear(field);
    await user.type(field, 'zebra');
    await waitFor(() => expect(screen.getByTestId('find-count').textContent).toBe('Nothing'));
    await user.type(field, '{Escape}');
    expect(screen.queryByTestId('find-bar')).toBeNull();
  });

  it('is quoted from, copied, and counted', async () => {
    const { app, user, input } = await opened();
    const more = async () => {
      const row = screen.getAllByTestId('message-row')[0] ?? input;
      await user.hover(row);
      await user.click(within(row).getByTestId('message-more'));
    };
    await more();
    await user.click(await screen.findByTestId('message-quote'));
    await waitFor(() => expect(input.value).toMatch(/^> .+\n\n$/));
    await more();
    await user.click(await screen.findByTestId('message-details'));
    const dialog = await screen.findByTestId('message-details-dialog');
    await within(dialog).findByText('Questions');
    expect(await violations()).toEqual([]);
    app.talk.details = null;
    const message = app.thread.messages[0];
    if (!message) throw new Error('there is no message');
    const before = app.thread.conversationId;
    await app.chat.fork(message);
    expect(app.thread.conversationId).not.toBe(before);
    const line = await screen.findByTestId('fork-origin');
    await user.click(within(line).getByRole('button'));
    await waitFor(() => expect(app.thread.conversationId).toBe(before));
  });

  it('has a message always sent, and no longer', async () => {
    const { user, app, input, asked } = await opened();
    const row = screen.getAllByTestId('message-row')[0] ?? input;
    const id = row.dataset.messageId ?? '';
    await user.hover(row);
    const press = async (name: string) => {
      await user.click(within(row).getByTestId('message-more'));
      const item = await screen.findByTestId('message-pin');
      expect(item.textContent.trim()).toBe(name);
      await user.click(item);
      await waitFor(() => expect(screen.queryByTestId('message-pin')).toBeNull());
    };
    await press('Always send along');
    await waitFor(() => expect(app.context.pins.has(id)).toBe(true));
    await press('No longer always send along');
    await waitFor(() => expect(app.context.pins.has(id)).toBe(false));
    expect(asked('message_pin')).toEqual([true, false].map((on) => ({ message_id: id, on })));
  });

  it('goes on with an answer that was interrupted, or has another', async () => {
    const { app, user, asked } = await opened();
    const last = app.thread.messages.at(-1);
    if (!last) throw new Error('there is no message');
    last.row = { ...last.row, status: 'interrupted' };
    await user.click(await screen.findByTestId('message-continue'));
    await waitFor(() => expect(asked('message_continue')).toEqual([{ message_id: last.id }]));
    await waitFor(() => expect(app.thread.arriving).toBeNull());
    last.row = { ...last.row, status: 'interrupted' };
    await user.click(await screen.findByTestId('message-again'));
    await waitFor(() => expect(asked('message_regenerate')).toMatchObject([{ message_id: last.id }]));
  });

  it('is quoted from what is selected in one message, and not across two', async () => {
    const { user, input } = await opened();
    const [first, second] = screen.getAllByTestId('message-text');
    if (!first || !second) throw new Error('two messages');
    const select = (from: Element, to: Element) => {
      const range = document.createRange();
      range.setStart(from, 0);
      range.setEnd(to, to.childNodes.length);
      // jsdom lays nothing out.
      range.getBoundingClientRect = () => new DOMRect(10, 100, 50, 20);
      const selection = document.getSelection();
      selection?.removeAllRanges();
      selection?.addRange(range);
    };
    select(first, second);
    await fireEvent(document, new Event('selectionchange'));
    expect(screen.queryByTestId('quote-selection')).toBeNull();
    select(first, first);
    await fireEvent(document, new Event('selectionchange'));
    await user.click(await screen.findByTestId('quote-selection'));
    await waitFor(() => expect(input.value).toBe(`> ${first.textContent?.trim()}\n\n`));
    await waitFor(() => expect(document.activeElement).toBe(input));
    expect(document.getSelection()?.toString()).toBe('');
  });

  it('has the words of an answer changed: a branch beside it that says so, and nothing is sent', async () => {
    const { user, asked } = await opened();
    const rows = () => screen.getAllByTestId('message-row');
    const answer = () => rows().filter((row) => row.dataset.role === 'assistant').at(-1) ?? rows()[0]!;
    const before = answer().dataset.messageId;
    await user.hover(answer());
    await user.click(within(answer()).getByTestId('message-more'));
    await user.click(await screen.findByTestId('message-rewrite'));
    const field = await screen.findByTestId<HTMLTextAreaElement>('message-edit-input');
    expect(field.getAttribute('aria-label')).toBe('The answer');
    expect(screen.queryByTestId('message-edit-preview'), 'there is nothing to look at before it is sent').toBeNull();
    expect(await violations()).toEqual([]);
    await fireEvent.input(field, { target: { value: 'In my own words.' } });
    await user.click(screen.getByTestId('message-edit-send'));
    await waitFor(() => expect(answer().textContent).toContain('In my own words.'));
    expect(await screen.findByText(/You changed these words/)).toBeTruthy();
    expect(answer().dataset.messageId).not.toBe(before);
    expect(within(answer()).getByText('2 / 2')).toBeTruthy();
    expect(asked('message_rewrite')).toEqual([{ message_id: before, text: 'In my own words.' }]);
    expect([...asked('message_send'), ...asked('message_edit')]).toEqual([]);
  });

  it('says what an answer took, with its speed', async () => {
    const { app } = await opened();
    app.talk.details = app.thread.messages.find((message) => message.row.role === 'assistant')?.id ?? null;
    const dialog = await screen.findByTestId('message-details-dialog');
    expect(within(dialog).getByText('260 tokens per second')).toBeTruthy();
    expect(await within(dialog).findByText('1,872')).toBeTruthy();
  });
});
