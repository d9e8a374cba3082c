import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import ModelList from './ModelList.svelte';

const AT = new Date(2020, 2, 5, 12).getTime();

describe('the models of a source that cannot be asked', () => {
  it('are offered as they were last told, with the day', async () => {
    const chosen: string[] = [];
    const { app, fake } = await renderWithApp(
      ModelList as never,
      { current: null, onchoose: ({ model }: { model: string }) => chosen.push(model) },
      { offline: true },
    );
    await waitFor(() => expect(app.sources.loaded).toBe(true));
    for (const row of app.sources.rows) await app.sources.loadModels(row.id);
    const [first] = await screen.findAllByTestId('models-kept');
    expect(first?.textContent).toMatch(/^as of \w+ \d|^as of \d/);
    expect(await violations()).toEqual([]);
    await userEvent.click(screen.getAllByTestId('model-option').at(-1) as HTMLElement);
    expect(chosen).toHaveLength(1);
    // The switch is not a failure of each source.
    expect(screen.queryByText('Try again')).toBeNull();

    fake.world.offline = false;
    for (const row of app.sources.rows) await app.sources.loadModels(row.id);
    await waitFor(() => expect(screen.queryAllByTestId('models-kept')).toHaveLength(0));
  });

  it('say why, and can be asked for again', async () => {
    const { app, fake } = await renderWithApp(ModelList as never, { current: null, onchoose: () => undefined });
    const source = fake.world.sources.find((row) => !row.in_process);
    if (!source) throw new Error('the fake has one');
    const problem = { code: 'remote_unreachable', message: `No connection to ${source.host}.`, kept: '', next: '', retry_after_ms: null };
    // The list asks by itself; this is about what it hears the next time.
    await waitFor(() => expect(app.sources.models(source.id)?.status).toBe('ready'));
    fake.answer('source_models', () => ({ models: [{ id: 'old', display_name: null, context_tokens: null, shutdown_date: null }], listed_at: AT, problem }));
    await app.sources.loadModels(source.id);
    const list = await screen.findByTestId('model-list');
    expect((await within(list).findAllByTestId('models-kept'))[0]?.textContent).toContain('2020');
    expect(within(list).getAllByTestId('model-option').some((option) => option.dataset['model'] === 'old')).toBe(true);
    expect(list.textContent).toContain(problem.message);
    expect(app.sources.nameOf(source.id, 'old')).toBe('old');
  });
});
