import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../../platform/fake/world';
import type { ToolBrought, ToolPrompts } from '../../ipc/generated/types';
import { apiError } from '../../platform/fake/world';
import { NO_INSTRUCTIONS } from '../../state/instructions';
import { deferred, settled } from '../../state/test-client';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import ChatView from './ChatView.svelte';
// Fetched when they are first needed; here they are there already.
import './AttachmentChips.svelte';
import './AttachMenu.svelte';
import './ComposerBar.svelte';
import './PromptFields.svelte';
import './ResourceDialog.svelte';
import './SlashMenu.svelte';

/** A chat that is not begun, in which these servers are switched on. */
async function chat(names: string[], options: FakeOptions = {}) {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 3, ...options });
  const { app, fake } = rendered;
  await waitFor(() => expect(app.history.active.status).toBe('ready'));
  const { servers } = await app.client.toolList();
  const tools = servers.filter((server) => names.includes(server.name)).map((server) => server.id);
  app.talk.fresh = { ...NO_INSTRUCTIONS, parameters: { ...NO_INSTRUCTIONS.parameters, tools } };
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  const input = await screen.findByTestId<HTMLTextAreaElement>('composer-input');
  const asked = (name: string) => fake.calls.filter((made) => made.name === name).map((made) => made.req);
  return { ...rendered, user, input, asked, tools };
}

/** What these were asked for by. */
const ids = (asked: unknown[]) => (asked as { asking_id?: string }[]).map((req) => req.asking_id);

describe('prompts of servers', () => {
  it('are asked for when the list is opened, and stand after one’s own under the name of their server', async () => {
    const { user, input, asked, tools } = await chat(['Trips', 'Files']);
    expect(asked('tool_prompts')).toEqual([]);
    await user.type(input, '/');
    const groups = await screen.findAllByTestId('slash-server');
    expect(asked('tool_prompts')).toMatchObject(tools.map((id) => ({ server_id: id })));
    expect(groups.map((group) => group.textContent)).toEqual([
      expect.stringMatching(/Files.*Weekly report/s),
      expect.stringMatching(/Trips.*Goes to mcp.trips.example.*Weekly report/s),
    ]);
    const options = screen.getAllByRole('option').map((option) => option.textContent ?? '');
    expect(options.findIndex((text) => text.includes('/translate'))).toBeLessThan(options.findIndex((text) => text.includes('Weekly report')));
    expect(await violations()).toEqual([]);
    // Whoever looks again at once sees what was said.
    await user.type(input, '{Backspace}/');
    await screen.findAllByTestId('slash-server');
    expect(asked('tool_prompts')).toHaveLength(2);
  });

  it('of servers that are not switched on are not asked for', async () => {
    const none = await chat([]);
    await none.user.type(none.input, '/');
    await screen.findByTestId('slash-menu');
    expect(none.asked('tool_prompts')).toEqual([]);
  });

  it('are none under supervision', async () => {
    const { user, input, asked } = await chat(['Trips'], { supervised: true });
    await user.type(input, '/');
    await screen.findByTestId('slash-menu');
    await waitFor(() => expect(asked('tool_list').length).toBeGreaterThan(1));
    expect(screen.queryByTestId('slash-server')).toBeNull();
    expect(asked('tool_prompts')).toEqual([]);
  });

  it('are filled in, say who hears of it, and become words of the message that are not sent', async () => {
    const { user, input, asked, tools } = await chat(['Trips']);
    await user.type(input, 'Please: /compare');
    await screen.findByTestId('slash-server');
    await user.type(input, '{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'Compare two places' });
    expect(within(dialog).getByTestId('offer-goes').textContent).toContain('mcp.trips.example');
    expect(dialog.textContent).toContain('Asks for the differences that matter to a traveller.');
    expect(await violations()).toEqual([]);
    const submit = within(dialog).getByTestId<HTMLButtonElement>('fields-submit');
    expect(submit.disabled, 'one has to be given').toBe(true);
    await user.type(within(dialog).getByLabelText('first'), 'Lisbon');
    await user.type(within(dialog).getByLabelText('second'), 'Porto{Enter}');
    await waitFor(() => expect(input.value).toBe('Please: Compare Lisbon and Porto.'));
    const values = [
      { name: 'first', value: 'Lisbon' },
      { name: 'second', value: 'Porto' },
    ];
    expect(asked('tool_prompt_fill')).toEqual([{ server_id: tools[0], asking_id: expect.any(String), name: 'compare', values }]);
    expect(asked('message_send')).toEqual([]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('without fields say who hears of it, too, and what could not be taken bars until it is taken away', async () => {
    const { app, fake, user, input } = await chat(['Trips']);
    const problem = { code: 'file_kind', message: 'No.', kept: '', next: '' };
    fake.answer('tool_prompt_fill', () => ({ text: 'Words.', files: [], left_out: [{ name: 'plan.bin', problem }] }));
    await user.type(input, '/weekly');
    await screen.findByTestId('slash-server');
    await user.type(input, '{Enter}');
    await user.click(await screen.findByTestId('fields-submit'));
    await waitFor(() => expect(input.value).toBe('Words.'));
    expect((await screen.findByTestId('attach-chip')).textContent).toContain('plan.bin');
    expect(app.attachments.barred).toBe(true);
    await user.click(screen.getByTestId('attach-remove'));
    expect(app.attachments.barred).toBe(false);
  });

  it('that could not be asked for say why, and are asked for again', async () => {
    const { fake, user, input, asked } = await chat(['Trips']);
    fake.answer('tool_prompts', () => {
      throw apiError('offline', 'Fluxchat is offline.');
    });
    await user.type(input, '/');
    expect((await screen.findByTestId('slash-problem')).textContent).toMatch(/^Trips: .*offline/i);
    await user.type(input, '{Backspace}/');
    await waitFor(() => expect(asked('tool_prompts')).toHaveLength(2));
    await screen.findByTestId('slash-problem');
    fake.answer('tool_prompts', () => ({ rows: [], has_more: false }));
    await user.click(screen.getByTestId('slash-again'));
    await waitFor(() => expect(asked('tool_prompts')).toHaveLength(3));
    await waitFor(() => expect(screen.queryByTestId('slash-problem')).toBeNull());
    expect(document.activeElement, 'the keyboard stays').toBe(input);
  });

  it('that nobody waits for any more are told so', async () => {
    const { fake, user, input, asked } = await chat(['Trips']);
    const late = deferred<ToolBrought>();
    fake.answer('tool_prompt_fill', () => late.promise);
    await user.type(input, '/weekly');
    await screen.findByTestId('slash-server');
    await user.type(input, '{Enter}');
    await user.click(await screen.findByTestId('fields-submit'));
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(asked('tool_ask_cancel')).toHaveLength(1));
    expect(ids(asked('tool_ask_cancel'))).toEqual(ids(asked('tool_prompt_fill')));
    expect(input.value).toBe('/weekly');
    // Some of what came may have been seen for a moment.
    const before = asked('attachment_list').length;
    late.reject(apiError('cancelled', 'Stopped.'));
    await waitFor(() => expect(asked('attachment_list').length).toBeGreaterThan(before));
  });

  it('begin with the keyboard on the button where there are no fields', async () => {
    const { user, input, asked } = await chat(['Trips']);
    await user.type(input, '/weekly');
    await screen.findByTestId('slash-server');
    await user.type(input, '{Enter}');
    const submit = await screen.findByTestId('fields-submit');
    await waitFor(() => expect(document.activeElement).toBe(submit));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(asked('tool_prompt_fill')).toHaveLength(1));
  });

  it('are waited for: their name is not sent to a model meanwhile', async () => {
    const { fake, user, input, asked } = await chat(['Trips']);
    const answer = deferred<ToolPrompts>();
    fake.answer('tool_prompts', () => answer.promise);
    await user.type(input, '/compare');
    await waitFor(() => expect(asked('tool_prompts')).toHaveLength(1));
    await user.type(input, '{Enter}');
    expect([input.value, asked('message_send')]).toEqual(['/compare', []]);
    answer.resolve({ rows: [{ name: 'compare', label: 'Compare', description: '', fields: [] }], has_more: false });
    await screen.findByText('Compare');
  });

  it('that are filled in when nobody waits any more put nothing into a text', async () => {
    const { fake, user, input, asked } = await chat([]);
    const filled = deferred<{ text: string }>();
    fake.answer('prompt_fill', () => filled.promise);
    await user.type(input, '/translate{Enter}');
    await user.click(await screen.findByTestId('fields-submit'));
    await waitFor(() => expect(asked('prompt_fill')).toHaveLength(1));
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    filled.resolve({ text: 'Too late.' });
    await settled();
    expect(input.value).toBe('/translate');
  });
});

describe('resources of servers', () => {
  async function looked(more: FakeOptions = {}) {
    const rendered = await chat(['Trips'], more);
    const { user } = rendered;
    await user.click(await screen.findByTestId('attach'));
    const item = await screen.findByTestId('attach-from');
    expect(rendered.asked('tool_resources'), 'the menu asks nobody').toEqual([]);
    await user.click(item);
    return rendered;
  }

  it('are chosen by keys alone and stand beside the text', async () => {
    const { user, asked, tools, app } = await looked();
    const dialog = await screen.findByRole('dialog', { name: 'Attach something from Trips' });
    expect(within(dialog).getByTestId('offer-goes').textContent).toContain('mcp.trips.example');
    const filter = await within(dialog).findByTestId('resource-filter');
    expect(within(dialog).getAllByTestId('resource-option')).toHaveLength(3);
    expect(within(dialog).getAllByTestId('resource-option')[0]?.textContent).toMatch(/Lisbon.*text\/markdown · 2[.,]\d kB · file:\/\/\/plans\/lisbon.md/s);
    expect(await violations()).toEqual([]);
    await user.type(filter, 'port');
    expect(within(dialog).getAllByTestId('resource-option')).toHaveLength(1);
    await user.type(filter, '{Enter}');
    await waitFor(() => expect(asked('tool_resource_attach')).toEqual([{ server_id: tools[0], asking_id: expect.any(String), uri: 'file:///plans/porto.md', name: 'Porto', values: [] }]));
    const chip = await screen.findByTestId('attach-chip');
    expect(chip.textContent).toMatch(/Porto.md.*from Trips/s);
    expect(app.attachments.ids).toHaveLength(1);
    expect(asked('message_send')).toEqual([]);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('whose address is completed first are asked about', async () => {
    const { user, asked } = await looked();
    await user.type(await screen.findByTestId('resource-filter'), 'by its name{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'A plan by its name' });
    await user.type(within(dialog).getByLabelText('name'), 'faro.md{Enter}');
    await waitFor(() => expect(asked('tool_resource_attach')).toMatchObject([{ uri: 'file:///plans/{name}', values: [{ name: 'name', value: 'faro.md' }] }]));
  });

  it('are not waited for after Cancel, and the list is there again', async () => {
    const { fake, user, asked, app } = await looked();
    const late = deferred<ToolBrought>();
    fake.answer('tool_resource_attach', () => late.promise);
    await user.type(await screen.findByTestId('resource-filter'), 'by its name{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'A plan by its name' });
    await user.type(within(dialog).getByLabelText('name'), 'faro.md{Enter}');
    await waitFor(() => expect(asked('tool_resource_attach')).toHaveLength(1));
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(asked('tool_ask_cancel')).toHaveLength(1));
    expect(ids(asked('tool_ask_cancel'))).toEqual(ids(asked('tool_resource_attach')));
    expect(await screen.findAllByTestId('resource-option')).toHaveLength(1);
    const focus = app.chat.focusComposer;
    late.resolve({ text: '', files: [], left_out: [] });
    await settled();
    expect(screen.getByRole('dialog', { name: 'Attach something from Trips' })).toBeTruthy();
    expect(app.chat.focusComposer).toBe(focus);
    // What is asked for next is not what was stopped.
    fake.answer('tool_resource_attach', () => new Promise(() => undefined));
    await user.click(screen.getByTestId('resource-option'));
    await user.type(await screen.findByLabelText('name'), 'porto.md{Enter}');
    await waitFor(() => expect(asked('tool_resource_attach')).toHaveLength(2));
    expect(new Set(ids(asked('tool_resource_attach'))).size).toBe(2);
    expect(asked('tool_ask_cancel')).toHaveLength(1);
  });

  it('that cannot be attached say why, and the others can still be chosen', async () => {
    const { fake, user, asked } = await looked();
    fake.answer('tool_resource_attach', () => {
      throw apiError('tool_refused', 'The server of tools refused: no.');
    });
    const filter = await screen.findByTestId('resource-filter');
    await user.type(filter, '{ArrowDown}{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('refused');
    expect(asked('tool_resource_attach')).toMatchObject([{ name: 'Porto' }]);
    expect(screen.getAllByTestId('resource-option')).toHaveLength(3);
  });

  it('are drawn as far as somebody looks, and none are said to be none', async () => {
    const { fake, user, app } = await chat(['Trips']);
    const row = (at: number) => ({ uri: `a:${at}`, name: `${at}`, label: `Entry ${at}`, address: `a:${at}`, description: '', media_type: '', size: null, fields: [] });
    fake.answer('tool_resources', () => ({ rows: Array.from({ length: 900 }, (_, at) => row(at)), has_more: true }));
    const open = async () => {
      await user.click(await screen.findByTestId('attach'));
      await user.click(await screen.findByTestId('attach-from'));
    };
    await open();
    await screen.findByTestId('resource-filter');
    expect(screen.getAllByTestId('resource-option')).toHaveLength(100);
    expect(screen.getByText(/100 of 900 are listed/).textContent).toContain('Trips has more');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    fake.answer('tool_resources', () => ({ rows: [], has_more: false }));
    await open();
    expect((await screen.findByTestId('resource-none')).textContent).toBe('Trips offers nothing to attach.');
    expect(app.attachments.chips).toEqual([]);
  });
});
