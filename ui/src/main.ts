import { mount, unmount } from 'svelte';
import './styles/base.css';
import './styles/floating.css';
import App from './App.svelte';
import { setLanguage } from './i18n/index.svelte';
import { client, connect, onEvent } from './ipc/client';
import type { ApiError, SessionInfo } from './ipc/generated/types';
import { tauri } from './platform/tauri';
import type { Platform } from './platform/types';
import { News } from './state/news';
import { AppState } from './state/app.svelte';
import { asApiError } from './state/errors';
import { applyAppearance } from './styles/appearance';
import { showTooltips } from './kit/tooltip';

async function surroundings(): Promise<Platform> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('fake')) {
    const { createFake } = await import('./platform/fake');
    return createFake(new URLSearchParams(location.search));
  }
  return tauri;
}

/** So long the window waits for the first page before it is drawn without. */
const FIRST_PAGE_MS = 200;

let app = new AppState(client);
let shown: ReturnType<typeof mount> | undefined;

function show(problem?: ApiError): void {
  app.onclosed = startOver;
  shown = mount(App, { target: document.getElementById('app') ?? document.body, props: { app, problem } });
}

/** Locked: the page and all it knew are thrown away, and another begins. */
function startOver(info: SessionInfo): void {
  const look = app.settings.value;
  if (shown) void unmount(shown);
  app = new AppState(client);
  app.accept(info);
  app.settings.accept(look);
  show();
}

async function boot(): Promise<void> {
  const news = new News((event) => app.dispatch(event));
  onEvent((event) => news.take(event));
  let problem: ApiError | undefined;
  try {
    app.accept(await connect(await surroundings()));
  } catch (thrown) {
    problem = asApiError(thrown);
  }
  await Promise.all([
    setLanguage(app.settings.value.language ?? navigator.language),
    Promise.race([app.ready, new Promise((late) => setTimeout(late, FIRST_PAGE_MS))]),
  ]);
  // Colours, words and the first page stand in the same moment: the window is drawn once.
  document.documentElement.dataset['platform'] = app.session.info?.platform ?? '';
  applyAppearance(app.settings.value)();
  show(problem);
  showTooltips(document);
  for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel']) {
    addEventListener(kind, () => app.touch(), { passive: true, capture: true });
  }
  addEventListener('pagehide', () => void app.flush());
}

void boot();
