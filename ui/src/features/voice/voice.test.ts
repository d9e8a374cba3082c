import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import { clock, voiceOf } from '../../state/voice.svelte';
import Shell from '../shell/Shell.svelte';
import Voice from '../settings/voice/Voice.svelte';
// Fetched when they are first needed; here they are there already.
import '../chat/ComposerBar.svelte';
import './VoiceDialog.svelte';

async function setup(options = {}) {
  const user = userEvent.setup();
  const rendered = await renderWithApp(Shell as never, {}, options);
  await screen.findByTestId('voice-dictate');
  const field = screen.getByTestId<HTMLTextAreaElement>('composer-input');
  return { user, field, ...rendered };
}

describe('dictation', () => {
  it('asks first, naming who gets it, and records only then', async () => {
    const { user, fake } = await setup();
    await user.click(screen.getByTestId('voice-dictate'));
    await screen.findByTestId('voice-agree');
    expect(document.body.textContent).toContain('goes as a recording of your voice');
    expect(fake.calls.some((call) => call.name === 'dictation_begin')).toBe(false);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByText('Not now'));
    await waitFor(() => expect(screen.queryByTestId('voice-agree')).toBeNull());
    expect(fake.calls.some((call) => call.name === 'voice_agree' || call.name === 'dictation_begin')).toBe(false);
  });

  it('puts the words at the caret and never sends them', async () => {
    const { user, field, fake } = await setup();
    await user.type(field, 'Say: now');
    field.setSelectionRange(4, 4);
    await user.click(screen.getByTestId('voice-dictate'));
    await user.click(await screen.findByTestId('voice-agree'));
    await screen.findByTestId('voice-recording');
    expect(await violations()).toEqual([]);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('voice-done')));
    // What would leave is shown first: how long, how large, to whom.
    fake.world.emit({ type: 'voice_level', percent: 10, ms: 2_000, full: false });
    await waitFor(() => expect(screen.getByTestId('voice-time').textContent).not.toBe('0:00'));
    await user.keyboard('{Enter}');
    const shown = await screen.findByTestId('voice-shown');
    expect(screen.getByTestId('voice-taken').textContent).toMatch(/^\d:\d\d · [\d.]+ (kB|byte)/);
    expect(shown.textContent).toContain(`→ ${fake.world.sources.find((source) => source.dialect === 'openai')?.host ?? '?'}`);
    expect(fake.calls.some((call) => call.name === 'dictation_finish')).toBe(false);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId('voice-listen'));
    await waitFor(() => expect(fake.calls.at(-1)).toMatchObject({ name: 'dictation_play', req: { on: true } }));
    await waitFor(() => expect(screen.getByTestId('voice-listen').getAttribute('aria-label')).toBe('Stop listening'));
    await user.click(screen.getByTestId('voice-send'));
    await screen.findByTestId('voice-writing');
    await waitFor(() => expect(field.value).toBe('Say: Which words were dictated? now'));
    expect(fake.calls.some((call) => call.name === 'message_send')).toBe(false);
    expect(screen.getByTestId('voice-dictate')).toBeTruthy();
  });

  it('is thrown away by Escape, and a full recording ends by itself', async () => {
    const { user, field, fake, app } = await setup();
    await app.client.voiceAgree({ host: fake.world.sources.find((source) => source.dialect === 'openai')?.host ?? '' });
    await user.click(screen.getByTestId('voice-dictate'));
    await screen.findByTestId('voice-recording');
    await user.keyboard('{Escape}');
    await screen.findByTestId('voice-dictate');
    expect(fake.calls.at(-1)?.name).toBe('dictation_cancel');
    expect(field.value).toBe('');
    await user.click(screen.getByTestId('voice-dictate'));
    await screen.findByTestId('voice-recording');
    await waitFor(() => expect(screen.getByTestId('voice-time')).toBeTruthy());
    fake.answer('dictation_stop', () => ({ ms: 600_000, bytes: 19_200_044 }));
    fake.world.emit({ type: 'voice_level', percent: 10, ms: 600_000, full: true });
    expect((await screen.findByTestId('voice-taken')).textContent).toBe('10:00 · 19.2 MB');
    await user.keyboard('{Escape}');
    await screen.findByTestId('voice-dictate');
    expect(fake.calls.at(-1)?.name).toBe('dictation_cancel');
    expect(fake.calls.some((call) => call.name === 'dictation_finish')).toBe(false);
  });

  it('sends at once where that was chosen', async () => {
    const { user, field, fake, app } = await setup();
    const state = await app.client.voiceGet();
    await app.client.voiceSet({ settings: { ...state.settings, send_at_once: true } });
    await app.client.voiceAgree({ host: state.dictation?.host ?? '' });
    await user.click(screen.getByTestId('voice-dictate'));
    await user.click(await screen.findByTestId('voice-done'));
    await waitFor(() => expect(field.value).toBe('Which words were dictated?'));
    expect(fake.calls.some((call) => call.name === 'dictation_stop')).toBe(false);
  });

  it('keeps what could not be sent, to send it again or to throw it away', async () => {
    const { user, field, fake, app } = await setup();
    await app.client.voiceAgree({ host: fake.world.sources.find((source) => source.dialect === 'openai')?.host ?? '' });
    const record = async () => {
      await user.click(screen.getByTestId('voice-dictate'));
      await screen.findByTestId('voice-recording');
      await waitFor(() => expect(screen.getByTestId('voice-time').textContent).not.toBe(''));
      fake.answer('dictation_stop', () => ({ ms: 4_000, bytes: 128_044 }));
      await user.click(screen.getByTestId('voice-done'));
      await user.click(await screen.findByTestId('voice-send'));
    };
    fake.world.offline = true;
    await record();
    await screen.findByTestId('voice-again');
    await waitFor(() => expect(screen.getByTestId('composer-error').textContent).toContain('Nothing was lost.'));
    expect(screen.getByTestId('voice-shown').textContent).toContain('0:04');
    expect(await violations()).toEqual([]);
    // Nothing but its own button throws it away: not Escape, and not a look elsewhere.
    await user.keyboard('{Escape}');
    app.navigation.go('settings', 'voice');
    await screen.findByText('Appearance');
    app.navigation.go('chat');
    await screen.findByTestId('voice-again');
    expect(fake.calls.some((call) => call.name === 'dictation_cancel')).toBe(false);
    fake.world.offline = false;
    await user.click(screen.getByTestId('voice-again'));
    await waitFor(() => expect(screen.getByTestId<HTMLTextAreaElement>('composer-input').value).toBe('Which words were dictated?'));
    expect(field).toBeTruthy();

    fake.world.offline = true;
    await record();
    await screen.findByTestId('voice-again');
    await user.click(screen.getByTestId('voice-cancel'));
    await screen.findByTestId('voice-dictate');
    expect(fake.calls.at(-1)?.name).toBe('dictation_cancel');
  });

  it('says what went wrong', async () => {
    const { user, fake } = await setup();
    fake.answer('voice_get', () => {
      throw { code: 'sound_missing', message: 'No microphone or loudspeaker was found.', kept: 'Nothing was lost.', next: 'Connect one.' };
    });
    await user.click(screen.getByTestId('voice-dictate'));
    expect((await screen.findByTestId('composer-error')).textContent).toContain('No microphone');
    expect(screen.getByTestId('voice-dictate')).toBeTruthy();
  });
});

describe('reading aloud', () => {
  it('shows how far it is, pauses and stops', async () => {
    const { user, app } = await setup();
    const voice = voiceOf(app);
    await voice.read('00000000-0000-7000-8000-000000000001');
    await screen.findByTestId('voice-player');
    expect(await violations()).toEqual([]);
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('voice-hold').disabled).toBe(false));
    await user.click(screen.getByTestId('voice-hold'));
    await waitFor(() => expect(voice.reading?.state).toBe('paused'));
    await user.click(screen.getByTestId('voice-stop'));
    await waitFor(() => expect(screen.queryByTestId('voice-player')).toBeNull());
  });
});

describe('the settings', () => {
  it('choose who listens and who speaks, and take a consent back', async () => {
    const user = userEvent.setup();
    const { fake, app } = await renderWithApp(Voice as never);
    await screen.findByText('Dictation');
    expect(await violations()).toEqual([]);
    const [model] = screen.getAllByLabelText<HTMLInputElement>('Model');
    if (!model) throw new Error('there are two');
    await fireEvent.change(model, { target: { value: 'whisper-large-v3' } });
    await waitFor(() => expect(fake.calls.at(-1)?.name).toBe('voice_set'));
    const state = await app.client.voiceGet();
    expect(state.settings.dictation?.model).toBe('whisper-large-v3');
    await app.client.voiceAgree({ host: state.dictation?.host ?? '' });
    app.revisions.consents += 1;
    await user.click(await screen.findByTestId('voice-withdraw'));
    expect(fake.calls.some((call) => call.name === 'consent_set')).toBe(true);
  });

  it('take prices as they are typed, and say what is none', async () => {
    const { fake, app } = await renderWithApp(Voice as never);
    const field = await screen.findByTestId<HTMLInputElement>('voice-minute_price');
    await fireEvent.change(field, { target: { value: '0.0043' } });
    await waitFor(async () => expect((await app.client.voiceGet()).settings.minute_price).toBe(4_300));
    const before = fake.calls.filter((call) => call.name === 'voice_set').length;
    await fireEvent.change(field, { target: { value: 'much' } });
    await screen.findByText('Type an amount such as 0.006.');
    expect(fake.calls.filter((call) => call.name === 'voice_set')).toHaveLength(before);
    await fireEvent.change(field, { target: { value: '' } });
    await waitFor(async () => expect((await app.client.voiceGet()).settings.minute_price).toBeNull());
    await fireEvent.change(screen.getByTestId('voice-characters_price'), { target: { value: '15' } });
    await waitFor(async () => expect((await app.client.voiceGet()).settings.characters_price).toBe(15_000_000));
    expect(await violations()).toEqual([]);
  });

  it('offer the names the chosen source has', async () => {
    const { fake, app } = await renderWithApp(Voice as never);
    const state = await fake.call('voice_get', {});
    const [first] = state.partners;
    if (!first) throw new Error('there is one');
    const other = { ...first, source_id: '00000000-0000-7000-8000-00000000beef', source: 'Gemini', host: 'g.example', speaks: 'gemini-tts', voice: 'Kore' };
    fake.answer('voice_get', () => ({ ...state, partners: [...state.partners, other] }));
    app.revisions.sources += 1;
    const [, reading] = await waitFor(() => {
      const all = screen.getAllByLabelText<HTMLSelectElement>('Source');
      expect(all[1]?.options).toHaveLength(state.partners.length + 2);
      return all;
    });
    if (!reading) throw new Error('there are two');
    await fireEvent.change(reading, { target: { value: other.source_id } });
    await waitFor(() =>
      expect(fake.calls.findLast((call) => call.name === 'voice_set')).toMatchObject({
        req: { settings: { voice: 'Kore', reading: { source_id: other.source_id, model: 'gemini-tts' } } },
      }),
    );
  });

  it('explain what is missing', async () => {
    const { fake, app } = await renderWithApp(Voice as never);
    const state = await fake.call('voice_get', {});
    fake.answer('voice_get', () => ({ ...state, partners: [], dictation: null, reading: null }));
    app.revisions.sources += 1;
    await screen.findByText('No source for voice');
    expect(await violations()).toEqual([]);
  });

  it('tell time as people do', () => {
    expect([clock(0), clock(61_500), clock(600_000)]).toEqual(['0:00', '1:01', '10:00']);
  });
});
