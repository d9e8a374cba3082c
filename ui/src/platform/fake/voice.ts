import type { VoicePartner, VoiceSettings, VoiceState } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'voice_get'
  | 'voice_set'
  | 'voice_agree'
  | 'dictation_begin'
  | 'dictation_stop'
  | 'dictation_play'
  | 'dictation_finish'
  | 'dictation_cancel'
  | 'reading_begin'
  | 'reading_hold'
  | 'reading_stop';

const TELL_MS = 100;
const PIECES = 4;

/** Dictation and reading aloud without a sound, beside a world. */
export function voiceCommands(world: FakeWorld): Handlers<Names> {
  const partners = (): VoicePartner[] =>
    world.sources
      .filter((source) => source.dialect === 'openai')
      .map((source) => ({
        source_id: source.id,
        source: source.name,
        host: source.host ?? '',
        here: source.on_this_computer,
        practices: source.practices,
        stated_by: null,
        hears: 'whisper-1',
        speaks: 'tts-1',
        voice: 'alloy',
      }));
  let settings: VoiceSettings = {
    dictation: null,
    language: null,
    minute_price: null,
    send_at_once: false,
    reading: null,
    voice: 'alloy',
    speed: 100,
    format: 'mp3',
    characters_price: null,
  };
  const first = partners()[0];
  if (first) {
    settings = {
      ...settings,
      dictation: { source_id: first.source_id, model: 'whisper-1' },
      reading: { source_id: first.source_id, model: 'tts-1' },
    };
  }
  let agreedWith: string | null = null;
  const of = (choice: VoiceSettings['dictation']) => partners().find((one) => one.source_id === choice?.source_id) ?? null;
  const state = (): VoiceState => {
    const dictation = of(settings.dictation);
    return {
      settings,
      dictation,
      reading: of(settings.reading),
      agreed: dictation !== null && agreedWith === dictation.host,
      partners: partners(),
      longest_ms: 600_000,
    };
  };
  let recording: ReturnType<typeof setInterval> | undefined;
  let ms = 0;
  let waits = false;
  let reading: { id: string; piece: number; held: boolean; timer: ReturnType<typeof setInterval> } | null = null;

  const tell = (how: 'fetching' | 'playing' | 'paused' | 'ended') => {
    if (!reading) return;
    world.emit({ type: 'voice_reading', message_id: reading.id, state: how, piece: Math.min(reading.piece, PIECES), pieces: PIECES, error: null });
  };
  const silence = () => {
    if (!reading) return;
    clearInterval(reading.timer);
    tell('ended');
    reading = null;
  };

  return {
    voice_get: state,
    voice_set: (req) => {
      settings = req.settings;
      return state();
    },
    voice_agree: ({ host }) => {
      if (world.supervised) throw apiError('supervised', 'A guardian keeps this off.');
      agreedWith = host;
      return state();
    },
    dictation_begin: () => {
      if (waits) throw apiError('dictating', 'It records already.');
      ms = 0;
      waits = true;
      clearInterval(recording);
      recording = setInterval(() => {
        ms += TELL_MS;
        world.emit({ type: 'voice_level', percent: 30 + ((ms / TELL_MS) % 7) * 9, ms, full: false });
      }, TELL_MS);
      return {};
    },
    dictation_stop: () => {
      clearInterval(recording);
      if (!waits) throw apiError('not_dictating', 'Nothing is recorded.');
      if (ms === 0) throw apiError('recording_empty', 'Nothing was recorded.');
      return { ms, bytes: 44 + ms * 32 };
    },
    dictation_play: () => ({}),
    dictation_finish: async () => {
      clearInterval(recording);
      await new Promise((resolve) => setTimeout(resolve, 400));
      if (world.offline) throw apiError('offline', 'Fluxchat is offline, because you switched it offline.', 'Nothing was lost.', 'Switch Offline off to send it.');
      waits = false;
      return { text: 'Which words were dictated?' };
    },
    dictation_cancel: () => {
      waits = false;
      clearInterval(recording);
      return {};
    },
    reading_begin: ({ message_id }) => {
      silence();
      reading = {
        id: message_id,
        piece: 1,
        held: false,
        timer: setInterval(() => {
          if (!reading || reading.held) return;
          reading.piece += 1;
          if (reading.piece > PIECES) silence();
          else tell('playing');
        }, 2_000),
      };
      tell('fetching');
      setTimeout(() => tell('playing'), 200);
      return {};
    },
    reading_hold: ({ on }) => {
      if (reading) reading.held = on;
      tell(on ? 'paused' : 'playing');
      return {};
    },
    reading_stop: () => {
      silence();
      return {};
    },
  };
}
