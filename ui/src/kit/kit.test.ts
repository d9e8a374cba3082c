import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { setLanguage } from '../i18n/index.svelte';
import { violations } from '../test/axe';
import Snippets from '../test/Snippets.svelte';
import Button from './Button.svelte';
import ConfirmDialog from './ConfirmDialog.svelte';
import ErrorState from './ErrorState.svelte';
import { layoutFlows } from './flows';
import IconButton from './IconButton.svelte';
import RadioCards from './RadioCards.svelte';
import Seal from './Seal.svelte';
import Select from './Select.svelte';
import StackedBar from './StackedBar.svelte';
import Switch from './Switch.svelte';
import TextField from './TextField.svelte';
import Time from './Time.svelte';
import ToastRegion from './ToastRegion.svelte';
import { showTooltips } from './tooltip';

const user = userEvent.setup();
const withWords = (of: unknown, words: string, props: Record<string, unknown> = {}) =>
  render(Snippets, { props: { of: of as Component, words, props } });
const failure = { code: 'busy', message: 'The archive is busy.', kept: 'Nothing was lost.', next: 'Try again in a moment.', retry_after_ms: null };

describe('Button', () => {
  it('does nothing while it is at work, and says so', async () => {
    const onclick = vi.fn();
    withWords(Button, 'Save', { busy: true, onclick });
    const button = screen.getByRole('button', { name: 'Save' });
    expect(button.getAttribute('aria-busy')).toBe('true');
    await user.click(button);
    expect(onclick).not.toHaveBeenCalled();
  });

  it('submits only where it was asked to', () => {
    withWords(Button, 'Save');
    expect(screen.getByRole('button').getAttribute('type')).toBe('button');
  });
});

describe('IconButton', () => {
  it('has a name, and shows it with its keys to the keyboard', async () => {
    const ended = showTooltips(document);
    const Icon = (await import('@lucide/svelte/icons/plus')).default;
    render(IconButton, { props: { label: 'New chat', icon: Icon, shortcut: 'Ctrl+N' } });
    await user.tab();
    const button = screen.getByRole('button', { name: 'New chat' });
    expect(document.activeElement).toBe(button);
    expect(document.querySelector('.fc-tooltip[data-open]')?.textContent).toBe('New chatCtrl+N');
    await user.keyboard('{Escape}');
    expect(document.querySelector('.fc-tooltip[data-open]')).toBeNull();
    ended();
  });
});

describe('Switch', () => {
  it('is switched by pointer and keyboard', async () => {
    const onchange = vi.fn();
    render(Switch, { props: { label: 'Offline', onchange } });
    const control = screen.getByRole('switch', { name: 'Offline' });
    await user.click(control);
    control.focus();
    await user.keyboard(' ');
    expect(onchange.mock.calls).toEqual([[true], [false]]);
  });
});

describe('RadioCards', () => {
  it('is one group that arrows move through', async () => {
    const onchange = vi.fn();
    const options = [
      { value: 'a', label: 'First' },
      { value: 'b', label: 'Second', hint: 'of two' },
    ];
    render(RadioCards, { props: { label: 'Which?', options, value: 'a', onchange } as never });
    expect(screen.getByRole('group', { name: 'Which?' })).toBeTruthy();
    await user.click(screen.getByRole('radio', { name: /Second/ }));
    expect(onchange).toHaveBeenCalledWith('b');
  });
});

describe('TextField', () => {
  it('ties its hint and its error to the field', () => {
    render(TextField, { props: { label: 'Name', hint: 'Any', error: 'Too long' } });
    const field = screen.getByLabelText('Name');
    const described = (field.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);
    expect(described).toEqual(['Any', 'Too long']);
    expect(field.getAttribute('aria-invalid')).toBe('true');
  });
});

describe('Menu', () => {
  it('loads when it is asked for and runs what was chosen', async () => {
    const onselect = vi.fn();
    render(Snippets, { props: { onselect } });
    const button = screen.getByRole('button', { name: 'More' });
    expect(button.getAttribute('aria-haspopup')).toBe('menu');
    await user.click(button);
    await user.click(await screen.findByText('Two'));
    expect(onselect).toHaveBeenCalledExactlyOnceWith('two');
    await waitFor(() => expect(screen.queryByText('Two')).toBeNull());
  });

  it('says which of several choices is made', async () => {
    const onselect = vi.fn();
    render(Snippets, { props: { onselect } });
    await user.click(screen.getByRole('button', { name: 'More' }));
    // Nothing is laid out here, so the panel waits for its place and counts as hidden.
    const item = async (name: string) => (await screen.findByText(name)).closest('[role]')!;
    const told = async (name: string) => [(await item(name)).getAttribute('role'), (await item(name)).getAttribute('aria-checked')];
    expect(await told('One')).toEqual(['menuitem', null]);
    expect(await told('Three')).toEqual(['menuitemradio', 'false']);
    expect(await told('Four')).toEqual(['menuitemradio', 'true']);
    await user.click(await item('Three'));
    expect(onselect).toHaveBeenCalledExactlyOnceWith('three');
  });
});

describe('ConfirmDialog', () => {
  const ask = (props: Record<string, unknown>) =>
    render(ConfirmDialog, { props: { open: true, title: 'Delete?', confirm: 'Delete', danger: true, onconfirm: vi.fn(), ...props } as never });

  it('gives the keyboard to Cancel, never to what destroys', async () => {
    ask({ lines: ['One conversation goes.'] });
    await waitFor(() => expect(document.activeElement?.textContent).toContain('Cancel'));
    expect(await violations()).toEqual([]);
  });

  it('stays open and says why when it failed', async () => {
    ask({ onconfirm: () => Promise.reject(failure) });
    await user.click(await screen.findByRole('button', { name: 'Delete' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The archive is busy.');
    expect(screen.getByRole('alertdialog', { name: 'Delete?' })).toBeTruthy();
  });
});

describe('ErrorState', () => {
  it('says what happened, what was kept and what to do, and offers one thing', async () => {
    const run = vi.fn();
    render(ErrorState, { props: { error: failure, action: { label: 'Try again', run } } });
    expect(screen.getByRole('alert').textContent).toContain('The archive is busy. Nothing was lost. Try again in a moment.'.slice(0, 20));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(run).toHaveBeenCalledOnce();
  });

  it('speaks the language of the window where it knows the code', async () => {
    await setLanguage('de');
    render(ErrorState, { props: { error: failure } });
    expect(screen.getByRole('alert').textContent).toContain('Das Archiv ist beschäftigt.');
  });

  it('shows the words of the core for a code it does not know', async () => {
    await setLanguage('de');
    render(ErrorState, { props: { error: { ...failure, code: 'quite_new', message: 'As sent.' } } });
    expect(screen.getByRole('alert').textContent).toContain('As sent.');
  });
});

describe('Seal', () => {
  it('uses different words for proof and for what a service says', () => {
    render(Seal, { props: { kind: 'proven' } });
    render(Seal, { props: { kind: 'attested' } });
    expect(screen.getByText('proven on this computer')).toBeTruthy();
    expect(screen.getByText('confirmed by the service')).toBeTruthy();
  });
});

describe('Time', () => {
  it('is short in the text and exact in the title', () => {
    const at = new Date('2026-11-22T09:14:05').getTime();
    const { container } = render(Time, { props: { at, now: at + 86_400_000 } });
    const time = container.querySelector('time');
    expect(time?.textContent).toContain('yesterday');
    expect(time?.title).toContain('2026');
    expect(time?.title).toMatch(/9:14:05/);
  });
});

describe('what is drawn from lists', () => {
  it('has nothing that axe objects to', async () => {
    render(Select, { props: { label: 'Purpose', options: [{ value: 'a', label: 'A' }], value: 'a' } as never });
    render(StackedBar, { props: { label: 'Kept', parts: [{ key: 'a', label: 'A', value: 3 }, { key: 'b', label: 'B', value: 0 }] } });
    render(ToastRegion, { props: { toasts: [{ id: '1', message: 'Deleted', action: { label: 'Undo', run: vi.fn() }, onclose: vi.fn() }] } });
    expect(await violations()).toEqual([]);
  });
});

describe('the layout of flows', () => {
  const flow = (from: string, to: string, value: number) => ({ from, to, value, valueLabel: String(value) });

  it('draws every flow, however small, and keeps the order', () => {
    const picture = layoutFlows([flow('Chat', 'a', 1_000_000), flow('Models', 'a', 1), flow('Chat', 'b', 0)]);
    expect(picture.from.map((node) => [node.name, node.value])).toEqual([['Chat', 1_000_000], ['Models', 1]]);
    expect(picture.to.map((node) => node.name)).toEqual(['a', 'b']);
    expect(picture.ribbons).toHaveLength(3);
    for (const ribbon of picture.ribbons) {
      const numbers = [...ribbon.path.matchAll(/-?[\d.]+/g)].map((match) => Number(match[0]));
      expect(numbers.every(Number.isFinite)).toBe(true);
    }
  });

  it('never lets two names overlap', () => {
    const picture = layoutFlows(Array.from({ length: 12 }, (_, index) => flow(`purpose ${index}`, `host ${index}`, index)));
    for (const side of [picture.from, picture.to]) {
      side.slice(1).forEach((node, index) => expect(node.middle - (side[index]?.middle ?? 0)).toBeGreaterThanOrEqual(40));
      expect(Math.max(...side.map((node) => node.middle))).toBeLessThan(picture.height);
    }
  });
});
