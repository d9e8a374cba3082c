import type { Model, SourceRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names = 'source_list' | 'source_add' | 'source_update' | 'source_remove' | 'source_models';

const model = (id: string, context: number | null): Model => ({
  id,
  display_name: null,
  context_tokens: context,
  shutdown_date: null,
});

export function sourceCommands(world: FakeWorld): Handlers<Names> {
  const find = (id: string): SourceRow => {
    const row = world.sources.find((source) => source.id === id);
    if (!row) throw apiError('not_found', 'It is not there any more.', '', 'Reload the view.');
    return row;
  };
  const models = (row: SourceRow): Model[] =>
    row.in_process
      ? [{ ...model('guide', null), display_name: 'Guide' }]
      : [
          { ...model('mistral-small', 32_000), abilities: { chat: true, images: true, tools: true } },
          { ...model('mistral-large', 128_000), price: { input: 2_000_000, output: 6_000_000 } },
          model('codestral', 256_000),
        ];
  return {
    source_list: () => ({ rows: world.sources, default_source_id: world.defaultSource }),
    source_add: ({ name, url, dialect, key }) => {
      const match = /^(https?):\/\/([^/]+)/.exec(url);
      if (!match) throw apiError('invalid_url', 'That is not an address; it begins with https://.', '', 'Correct the address.');
      const host = match[2] ?? '';
      const local = /^(localhost|127\.|\[::1\])/.test(host);
      const source: SourceRow = {
        id: world.id(),
        name,
        dialect,
        host,
        address: url,
        in_process: false,
        on_this_computer: local,
        plain_http: match[1] === 'http',
        has_credential: Boolean(key),
        default_model: null,
        practices: { training: null, retention: null, region: null },
        practices_from: null,
        stated: null,
        opt_outs: [],
        redact: false,
      };
      world.sources = [...world.sources, source];
      world.emit({ type: 'sources_changed' });
      if (host.includes('wrong')) {
        const problem = apiError(
          'remote_name_unknown',
          `The name ${host} is unknown.`,
          'The source was kept.',
          'Check the address and your network, then try again.',
        );
        return { source, models: [], problem };
      }
      return { source, models: models(source), problem: null };
    },
    source_update: ({ id, name, key, default_model: defaultModel, redact, make_default: makeDefault }) => {
      const row = find(id);
      const changed: SourceRow = {
        ...row,
        name: name ?? row.name,
        has_credential: key === undefined ? row.has_credential : key !== '',
        default_model: defaultModel ?? row.default_model,
        redact: redact ?? row.redact,
      };
      world.sources = world.sources.map((source) => (source.id === id ? changed : source));
      if (makeDefault) world.defaultSource = id;
      world.emit({ type: 'sources_changed' });
      return changed;
    },
    source_remove: ({ id }) => {
      find(id);
      world.sources = world.sources.filter((source) => source.id !== id);
      if (world.defaultSource === id) world.defaultSource = world.sources[0]?.id ?? '';
      world.emit({ type: 'sources_changed' });
      return {};
    },
    source_models: ({ id }) => {
      const row = find(id);
      const cannot = world.offline && !row.in_process;
      return {
        models: models(row),
        listed_at: Date.now() - (cannot ? 3 * 86_400_000 : 0),
        problem: cannot ? apiError('offline', 'Fluxchat is offline, because you switched it offline.') : null,
      };
    },
  };
}
