import type { ApiError, Recorded, VoiceState, WindowEvent } from '../ipc/generated/types';
import type { AppState } from './app.svelte';
import { asApiError } from './errors';

/** What the microphone beside the message field is at. */
type Phase = 'idle' | 'asking' | 'recording' | 'shown' | 'writing';

/** What is read aloud, and how far. */
export interface ReadingNow {
  id: string;
  state: 'fetching' | 'playing' | 'paused';
  piece: number;
  pieces: number;
}

/** Dictation and reading aloud. The sound itself never comes here. */
export class Voice {
  phase = $state<Phase>('idle');
  /** Who would get the recording, while the person is asked. */
  known = $state.raw<VoiceState | null>(null);
  /** Who gets what is said. */
  host = $state('');
  level = $state(0);
  ms = $state(0);
  /** The recording that waits to be sent, and whether it is heard. */
  taken = $state.raw<Recorded | null>(null);
  /** It was sent and did not become words: it waits to be sent again or thrown away. */
  kept = $state(false);
  /** Where it was recorded; a conversation that is not there yet has no id. */
  #place: string | null = null;
  playing = $state(false);
  /** Whether a recording goes when it ends, as the person chose. */
  private atOnce = false;
  #silence: ReturnType<typeof setTimeout> | undefined;
  /** Words of a transcript that is arriving. */
  heard = $state('');
  reading = $state.raw<ReadingNow | null>(null);
  /** Where the words go. */
  onwords: (words: string) => void = () => undefined;
  #round = 0;

  constructor(private readonly app: AppState) {
    app.onstream.add(this.handle);
  }

  private handle = (event: WindowEvent): void => {
    if (event.type === 'voice_level' && this.phase === 'recording') {
      this.level = event.percent;
      this.ms = event.ms;
      if (event.full) void this.end();
    } else if (event.type === 'voice_heard' && this.phase === 'writing') {
      this.heard += event.text;
    } else if (event.type === 'voice_reading') {
      const { message_id: id, state, piece, pieces, error } = event;
      if (state === 'ended' || state === 'failed') {
        if (this.reading?.id === id) this.reading = null;
        if (error) this.fail(error);
      } else {
        this.reading = { id, state, piece, pieces };
      }
    }
  };

  private fail(thrown: unknown): void {
    const problem: ApiError = asApiError(thrown);
    if (problem.code !== 'cancelled') this.app.chat.problem = problem;
  }

  /** The microphone was pressed: begins, or goes one step on. */
  press = async (): Promise<void> => {
    if (this.phase === 'recording') return this.end();
    if (this.phase === 'shown') return this.finish();
    if (this.phase !== 'idle') return;
    const round = ++this.#round;
    this.phase = 'asking';
    this.app.chat.problem = null;
    try {
      const state = await this.app.client.voiceGet();
      if (round !== this.#round) return;
      this.host = state.dictation?.host ?? '';
      this.atOnce = state.settings.send_at_once;
      if (state.dictation && state.agreed) await this.begin();
      else this.known = state;
    } catch (thrown) {
      this.leave();
      this.fail(thrown);
    }
  };

  /** The person was told who gets it, and agreed. */
  agree = async (host: string): Promise<void> => {
    await this.app.client.voiceAgree({ host });
    this.known = null;
    await this.begin();
  };

  private async begin(): Promise<void> {
    const round = ++this.#round;
    try {
      this.#place = this.app.thread.conversationId;
      const conversation_id = this.#place ?? undefined;
      await this.app.client.dictationBegin({ conversation_id });
      // Whoever let it go meanwhile does not want to be heard.
      if (round !== this.#round) return void this.app.client.dictationCancel().catch(() => undefined);
      this.level = 0;
      this.ms = 0;
      this.phase = 'recording';
    } catch (thrown) {
      this.leave();
      this.fail(thrown);
    }
  }

  /** The person has said what they wanted to say: shows what would leave, or sends it. */
  end = async (): Promise<void> => {
    if (this.phase !== 'recording') return;
    if (this.atOnce) return this.finish();
    const round = ++this.#round;
    try {
      const taken = await this.app.client.dictationStop();
      if (round !== this.#round) return;
      this.taken = taken;
      this.phase = 'shown';
    } catch (thrown) {
      if (round !== this.#round) return;
      this.leave();
      this.fail(thrown);
    }
  };

  /** Lets the person hear the recording that waits, or stops that. */
  play = async (on: boolean): Promise<void> => {
    if (!this.taken) return;
    const { ms } = this.taken;
    const round = this.#round;
    try {
      await this.app.client.dictationPlay({ on });
      if (round !== this.#round) return;
      this.playing = on;
      clearTimeout(this.#silence);
      if (on) this.#silence = setTimeout(() => (this.playing = false), ms);
    } catch (thrown) {
      this.fail(thrown);
    }
  };

  finish = async (): Promise<void> => {
    if (this.phase !== 'recording' && this.phase !== 'shown') return;
    this.quiet();
    const round = ++this.#round;
    this.phase = 'writing';
    this.heard = '';
    try {
      const { text } = await this.app.client.dictationFinish();
      if (round !== this.#round) return;
      this.leave();
      if (text !== '') this.onwords(text);
    } catch (thrown) {
      if (round !== this.#round) return;
      const taken = await this.app.client.dictationStop().catch(() => null);
      if (round !== this.#round) return;
      this.leave();
      this.fail(thrown);
      if (!taken) return;
      this.taken = taken;
      this.kept = true;
      this.phase = 'shown';
    }
  };

  /** Its place is not shown any more: nothing goes on listening for what nobody sees. */
  away = (): void => {
    if (this.phase === 'recording' || (this.phase === 'shown' && !this.kept)) this.cancel();
  };

  /** A conversation is shown. What did not become words stays where it was said; a new conversation
   * has its id by now. */
  at = (conversation: string | null): void => {
    if (this.phase !== 'shown' || this.#place === conversation) return;
    if (this.#place === null) this.#place = conversation;
    else this.cancel();
  };

  /** Throws the recording away, or stops waiting for its words. */
  cancel = (): void => {
    const was = this.phase;
    this.#round += 1;
    this.leave();
    if (was !== 'idle') void this.app.client.dictationCancel().catch(() => undefined);
  };

  private quiet(): void {
    clearTimeout(this.#silence);
    this.playing = false;
    this.taken = null;
    this.kept = false;
  }

  private leave(): void {
    this.quiet();
    this.phase = 'idle';
    this.known = null;
    this.heard = '';
  }

  read = async (id: string): Promise<void> => {
    this.app.chat.problem = null;
    try {
      await this.app.client.readingBegin({ message_id: id });
    } catch (thrown) {
      this.fail(thrown);
    }
  };

  hold = (on: boolean): void => void this.app.client.readingHold({ on }).catch(() => undefined);

  stop = (): void => void this.app.client.readingStop().catch(() => undefined);
}

const all = new WeakMap<AppState, Voice>();

/** The voice of a window; made when somebody first asks for it. */
export function voiceOf(app: AppState): Voice {
  let voice = all.get(app);
  if (!voice) all.set(app, (voice = new Voice(app)));
  return voice;
}

/** Minutes and seconds. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
