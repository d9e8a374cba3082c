import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '../../../test/axe';
import { renderWithApp } from '../../../test/render';
import Presets from './Presets.svelte';
// Fetched when they are first needed; here they are there already.
import '../../../kit/PopoverPanel.svelte';
import '../../chat/ModelList.svelte';

async function opened() {
  const rendered = await renderWithApp(Presets, {}, { conversations: 1 });
  // jsdom does not end the animation with which a dialog gives the pointer back.
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  await user.click(await screen.findByRole('button', { name: 'New assistant' }));
  const form = within(await screen.findByRole('dialog', { name: 'New assistant' }));
  await user.type(form.getByLabelText('Name'), 'Poet');
  const saved = () => rendered.fake.calls.filter((call) => call.name === 'preset_save').map((call) => call.req);
  const save = () => user.click(form.getByRole('button', { name: 'Save' }));
  return { ...rendered, user, form, save, saved };
}

describe('an assistant', () => {
  it('has a model from the list of its source alone', async () => {
    const { user, form, save, saved } = await opened();
    expect(form.getByTestId<HTMLButtonElement>('preset-models').disabled).toBe(true);
    await user.selectOptions(form.getByLabelText('Source'), 'Mistral');
    await user.click(form.getByTestId('preset-models'));
    const options = await screen.findAllByTestId('model-option');
    expect(new Set(options.map((one) => one.closest('[role=group]')?.textContent?.includes('Mistral')))).toEqual(new Set([true]));
    expect(await violations()).toEqual([]);
    await user.click(options[1] as HTMLElement);
    await waitFor(() => expect(screen.queryByTestId('model-list')).toBeNull());
    await save();
    await waitFor(() => expect(saved()).toMatchObject([{ name: 'Poet', source_id: 'source-mistral', model: options[1]?.dataset.model }]));
  });

  it('may have a model that no list has, and not one of another source', async () => {
    const { user, form, save, saved } = await opened();
    await user.selectOptions(form.getByLabelText('Source'), 'Mistral');
    await user.type(form.getByLabelText('Model'), 'of-another');
    await user.selectOptions(form.getByLabelText('Source'), 'Ollama');
    expect(form.getByLabelText<HTMLInputElement>('Model').value).toBe('');
    await user.type(form.getByLabelText('Model'), 'my-own');
    await save();
    await waitFor(() => expect(saved()).toMatchObject([{ model: 'my-own' }]));
  });

  it('with other fields that the core refuses says so where they are typed, and is kept without them', async () => {
    const { user, form, save, saved } = await opened();
    await user.click(form.getByText('Settings for answers'));
    await user.click(form.getByText('More'));
    const field = await form.findByTestId<HTMLTextAreaElement>('parameters-extra');
    await fireEvent.input(field, { target: { value: '{"stream": false}' } });
    const fold = form.getByText('Settings for answers');
    await user.click(fold);
    await waitFor(() => expect(fold.closest('details')?.open).toBe(false));
    await save();
    await waitFor(() => expect(fold.closest('details')?.open, 'a refusal is seen').toBe(true));
    expect((await form.findByRole('alert')).textContent).toContain('“stream” cannot be among the other fields');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    // What was mended stays so, folded or not.
    await fireEvent.input(field, { target: { value: '{"top_a": 1}' } });
    expect(form.queryByRole('alert')).toBeNull();
    const more = form.getByTestId('parameters-more').querySelector('summary');
    await user.click(more ?? fold);
    await waitFor(() => expect(form.queryByTestId('parameters-extra')).toBeNull());
    await user.click(more ?? fold);
    await form.findByTestId('parameters-extra');
    expect(form.queryByRole('alert')).toBeNull();
    await user.click(form.getByRole('button', { name: 'Leave these to the source' }));
    await fireEvent.input(form.getByLabelText('Repeat penalty'), { target: { value: '1.1' } });
    await save();
    await waitFor(() => expect(saved().at(-1)).toMatchObject({ parameters: { repeat_penalty: 1.1 } }));
    expect(JSON.stringify(saved().at(-1))).not.toContain('extra');
  });

  it('has the tools that were switched on for it', async () => {
    const { user, form, save, saved } = await opened();
    await user.click(form.getByText('Tools'));
    await user.click(await form.findByTestId('tool-switch-calculator'));
    await user.click(form.getByTestId('tool-switch-current_time'));
    expect(form.getByText('Tools: 2 switched on')).toBeTruthy();
    await user.click(form.getByTestId('tool-switch-current_time'));
    await save();
    await waitFor(() => expect(saved()).toMatchObject([{ parameters: { tools: ['calculator'] } }]));
  });
});
