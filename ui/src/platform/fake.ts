// The whole contract in memory, for tests and for drawing in a plain browser (`?fake`).
// It is never part of what is shipped: `main.ts` asks for it in development only.
import type { Commands } from '../ipc/generated/client';
import { attachmentCommands } from './fake/attachment';
import { besideCommands } from './fake/beside';
import { codeCommands } from './fake/code';
import { chatCommands } from './fake/chat';
import { lockCommands } from './fake/lock';
import { consentCommands } from './fake/consent';
import { deletionCommands } from './fake/deletion';
import { diagnosticsCommands } from './fake/diagnostics';
import { diagramCommands } from './fake/diagram';
import { exportCommands } from './fake/export';
import { filingCommands } from './fake/filing';
import { firstCommands } from './fake/first';
import { ledgerCommands } from './fake/ledger';
import { previewCommands } from './fake/preview';
import { privacyCommands } from './fake/privacy';
import { retentionCommands } from './fake/retention';
import { rightsCommands } from './fake/rights';
import { proofCommands } from './fake/proof';
import { showEverything } from './fake/show';
import { sessionCommands } from './fake/session';
import { serviceCommands } from './fake/services';
import { sourceCommands } from './fake/sources';
import { spendCommands } from './fake/spend';
import { talkCommands } from './fake/talk';
import { offerCommands } from './fake/offers';
import { toolCommands } from './fake/tools';
import { voiceCommands } from './fake/voice';
import { temporaryCommands } from './fake/temporary';
import { FakeWorld, type FakeOptions } from './fake/world';
import type { SessionInfo } from '../ipc/generated/types';
import type { Platform } from './types';

export type Handlers<K extends keyof Commands> = {
  [Name in K]: (req: Commands[Name][0]) => Commands[Name][1] | Promise<Commands[Name][1]>;
};

export interface FakePlatform extends Platform {
  /** What stands behind it, to arrange and to look at in tests. */
  world: FakeWorld;
  /** Every call, in order. */
  calls: { name: keyof Commands; req: unknown }[];
  /** Replaces the answer of one command, for instance by one that throws. */
  answer<K extends keyof Commands>(name: K, handler: Handlers<K>[K]): void;
}

/** Reads the options from an address: `?fake&state=locked`, `?fake&setup=0`, `?fake&n=5000`, `?fake&theme=dark&language=de`, `?fake&show`. */
function optionsFrom(params: URLSearchParams): FakeOptions {
  return {
    state: (params.get('state') as FakeOptions['state']) ?? 'ready',
    setupDone: params.get('setup') !== '0',
    hasPassphrase: params.has('passphrase'),
    conversations: Number(params.get('n') ?? 40),
    ledger: Number(params.get('ledger') ?? 250),
    theme: (params.get('theme') as FakeOptions['theme']) ?? 'system',
    language: params.get('language') ?? undefined,
    textPercent: Number(params.get('text') ?? 100),
    offline: params.has('offline'),
    empty: params.has('empty'),
    supervised: params.has('supervised'),
    policyPending: params.has('newpolicy'),
    deaf: params.has('deaf'),
    show: params.has('show'),
    wordsPerSecond: Number(params.get('speed') ?? 40),
  };
}

export function createFake(from: URLSearchParams | FakeOptions = {}): FakePlatform {
  const world = new FakeWorld(from instanceof URLSearchParams ? optionsFrom(from) : from);
  const handlers: Handlers<keyof Commands> = {
    ...sessionCommands(world),
    ...firstCommands(() => handlers),
    ...lockCommands(world, () => handlers.session_get({}) as SessionInfo),
    ...chatCommands(world),
    ...attachmentCommands(world),
    ...talkCommands(world),
    ...codeCommands(world),
    ...diagramCommands(),
    ...besideCommands(world, (req) => handlers.message_send(req)),
    ...spendCommands(world),
    ...temporaryCommands(world),
    ...toolCommands(world),
    ...offerCommands(world),
    ...voiceCommands(world),
    ...filingCommands(world),
    ...retentionCommands(world),
    ...serviceCommands(world),
    ...sourceCommands(world),
    ...privacyCommands(world),
    ...consentCommands(world),
    ...rightsCommands(world),
    ...deletionCommands(world),
    ...ledgerCommands(world),
    ...previewCommands(world),
    ...exportCommands(world),
    ...diagnosticsCommands(world),
    ...proofCommands(world),
  };
  const fake: FakePlatform = {
    world,
    calls: [],
    answer: (name, handler) => {
      (handlers as Record<string, unknown>)[name] = handler;
    },
    async openSession(onEvent) {
      world.listen(onEvent);
      fake.calls.push({ name: 'session_open', req: {} });
      return handlers.session_open({});
    },
    async call(name, req) {
      fake.calls.push({ name, req });
      // What crosses is data: nobody may hold on to what the other side has.
      await Promise.resolve();
      return structuredClone(await handlers[name](req));
    },
  };
  if (world.shows) showEverything(fake);
  return fake;
}
