import type { FoundServer, ServiceRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import type { FakeWorld } from './world';

type Names = 'source_services' | 'source_find';

const service = (id: string, name: string, url: string, more: Partial<ServiceRow> = {}): ServiceRow => ({
  id,
  name,
  url,
  dialect: 'openai',
  needs_key: true,
  local: false,
  fill_in: false,
  practices: { training: null, retention: null, region: null },
  practices_from: null,
  stated: null,
  opt_outs: [],
  ...more,
});

const SERVICES: readonly ServiceRow[] = [
  service('openai', 'OpenAI', 'https://api.openai.com/v1', {
    practices: {
      training: 'Not on what is sent to the API, unless the organisation opts in',
      retention: 'Abuse logs for up to 30 days',
      region: null,
    },
    practices_from: 'its page “Your data”, November 2026',
    stated: { training: 'trains_if_opted_in', retention: 'keeps_logs30_days', region: null, from: 'from_data_page', read: '2026-11' },
    opt_outs: [{ field: 'store', value: 'false' }],
  }),
  service('anthropic', 'Anthropic', 'https://api.anthropic.com/v1', {
    dialect: 'anthropic',
    practices: { training: 'Not without express permission', retention: 'About 30 days', region: null },
    practices_from: 'its documentation, November 2026',
    stated: { training: 'trains_if_permitted', retention: 'keeps30_days', region: null, from: 'from_documentation', read: '2026-11' },
  }),
  service('gemini', 'Google Gemini', 'https://generativelanguage.googleapis.com/v1beta', {
    dialect: 'gemini',
    practices: {
      training: 'With a free key: yes, and people may read it. With a paid one: no',
      retention: 'Abuse logs for 55 days',
      region: null,
    },
    practices_from: 'its terms for the Gemini API, November 2026',
    stated: { training: 'trains_on_free_keys', retention: 'keeps_logs55_days', region: null, from: 'from_gemini_terms', read: '2026-11' },
  }),
  service('azure', 'Azure OpenAI', 'https://your-resource.openai.azure.com/openai/v1', { fill_in: true }),
  service('ollama', 'Ollama', 'http://127.0.0.1:11434', { dialect: 'ollama', needs_key: false, local: true }),
  service('llamacpp', 'llama.cpp', 'http://127.0.0.1:8080/v1', { needs_key: false, local: true }),
];

export function serviceCommands(world: FakeWorld): Handlers<Names> {
  const found = (row: ServiceRow, models: number): FoundServer => ({
    service: row.id,
    name: row.name,
    url: row.url,
    dialect: row.dialect,
    models,
    needs_key: models === 0,
    source_id: world.sources.find((source) => source.address === row.url)?.id ?? null,
  });
  return {
    source_services: () => ({ rows: [...SERVICES] }),
    source_find: () => ({
      rows: SERVICES.filter((row) => row.local).map((row) => found(row, row.id === 'ollama' ? 4 : 0)),
    }),
  };
}
