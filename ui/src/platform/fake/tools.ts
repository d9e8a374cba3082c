import type { MessageRow, ToolCallRow, ToolList, ToolRow, ToolServerRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'tool_list'
  | 'tool_server_save'
  | 'tool_server_remove'
  | 'tool_server_enable'
  | 'tool_server_test'
  | 'tool_sign_in_find'
  | 'tool_sign_in_open'
  | 'tool_sign_in_cancel'
  | 'tool_sign_out'
  | 'tool_policy_set'
  | 'tool_decide'
  | 'tool_calls';

const tool = (key: string, name: string, description: string, more: Partial<ToolRow> = {}): ToolRow => ({
  key,
  name,
  description,
  schema: '{\n  "type": "object"\n}',
  policy: 'ask',
  changed: false,
  unusable: false,
  ...more,
});

/** Tools, servers and calls, beside a world. */
export function toolCommands(world: FakeWorld): Handlers<Names> {
  const local = [
    tool('app/archive_search', 'archive_search', 'Searches the archive.'),
    tool('app/read_attachment', 'read_attachment', 'Reads the text of a file.'),
    tool('app/current_time', 'current_time', 'Tells the time.'),
    tool('app/calculator', 'calculator', 'Works out a sum.'),
  ];
  const files = world.id();
  const trips = world.id();
  const mail = world.id();
  let servers: ToolServerRow[] =
    world.conversations.length === 0
      ? []
      : [
          {
            id: files,
            name: 'Files',
            transport: {
              kind: 'stdio',
              program: '/usr/bin/npx',
              arguments: ['-y', '@modelcontextprotocol/server-filesystem', '/home/me/Documents'],
              environment: ['PATH'],
            },
            enabled: true,
            timeout_s: 60,
            running: true,
            tools: [
              tool(`${files}/read_file`, 'read_file', 'Read the complete contents of a file.'),
              tool(`${files}/write_file`, 'write_file', 'Create a new file or overwrite an existing file.', { changed: true }),
              tool(`${files}/dеlete`, 'dеlete', 'Delete a file.', { unusable: true }),
            ],
            said: 'Secure MCP Filesystem Server running on stdio\n',
            host: null,
            sign_in: null,
            wants_sign_in: false,
            wants_more: null,
          },
          {
            id: trips,
            name: 'Trips',
            transport: { kind: 'http', origin: 'https://mcp.trips.example:443', path: '/mcp', header: null, has_key: true },
            host: 'mcp.trips.example',
            enabled: true,
            timeout_s: 60,
            running: false,
            tools: [tool(`${trips}/find_train`, 'find_train', 'Finds trains between two places.')],
            said: '',
            sign_in: null,
            wants_sign_in: true,
            wants_more: null,
          },
          {
            id: mail,
            name: 'Mail',
            transport: {
              kind: 'http',
              origin: 'https://mcp.mail.example:443',
              path: '/',
              hides_path: true,
              header: null,
              has_key: false,
              signed_in: { host: 'login.mail.example', until: null },
            },
            host: 'mcp.mail.example',
            enabled: true,
            timeout_s: 60,
            running: false,
            tools: [tool(`${mail}/send`, 'send', 'Sends a letter.')],
            said: '',
            sign_in: null,
            wants_sign_in: false,
            wants_more: ['mail.send'],
          },
        ];
  const gone = () => apiError('not_found', 'It is not there any more.');
  const list = (): ToolList => ({ supervised: world.supervised, local, servers, signed_out: null });
  const find = (id: string): ToolServerRow => {
    const server = servers.find((row) => row.id === id);
    if (!server) throw gone();
    return server;
  };
  const message = (id: string): MessageRow => {
    for (const rows of world.messages.values()) {
      const row = rows.find((candidate) => candidate.id === id);
      if (row) return row;
    }
    throw gone();
  };

  return {
    tool_list: list,
    tool_server_save: ({ id, name, url, hide_path, key_header, key, headers, program, arguments: args, environment, timeout_s, enabled }) => {
      const at = url === '' ? null : new URL(url);
      if (at && at.protocol !== 'https:') throw apiError('insecure_origin', 'The connection must be encrypted.');
      if (!at && !program.startsWith('/')) throw apiError('program_missing', 'There is no such program on this computer.');
      const hides = hide_path || at?.pathname === '/%E2%80%A6';
      const known = servers.find((row) => row.id === id);
      const server: ToolServerRow = {
        id: id ?? world.id(),
        name,
        transport: at
          ? { kind: 'http', origin: at.origin, path: hides ? '/' : at.pathname, hides_path: hides, header: key_header || null, has_key: Boolean(key), headers: headers.map((value) => value.name), has_query: at.search !== '' }
          : { kind: 'stdio', program, arguments: args, environment: environment.map((value) => value.name) },
        host: at?.host ?? null,
        enabled,
        timeout_s: timeout_s ?? known?.timeout_s ?? 60,
        running: false,
        tools: known?.tools ?? [],
        said: '',
        sign_in: null,
        wants_sign_in: false,
        wants_more: null,
      };
      servers = known ? servers.map((row) => (row.id === server.id ? server : row)) : [...servers, server];
      return list();
    },
    tool_server_remove: ({ id }) => {
      servers = servers.filter((row) => row.id !== id);
      return list();
    },
    tool_server_enable: ({ id, on }) => {
      find(id).enabled = on;
      return list();
    },
    tool_server_test: ({ id }) => {
      const server = find(id);
      server.running = true;
      if (server.tools.length === 0) server.tools = [tool(`${id}/echo`, 'echo', 'Says what it is told.')];
      return list();
    },
    tool_sign_in_find: ({ id }) => {
      const server = find(id);
      const hosts = [id === mail ? 'login.mail.example' : 'login.trips.example'];
      server.sign_in = { stage: 'named', hosts, scopes: ['read', ...(server.wants_more ?? [])], unanswered: [], problem: null };
      return list();
    },
    tool_sign_in_open: ({ id }) => {
      const server = find(id);
      if (!server.sign_in) return list();
      // The first of its places is silent.
      const next = id === mail && server.sign_in.unanswered.length === 0;
      server.sign_in = next
        ? { ...server.sign_in, hosts: ['id.mail.example'], unanswered: server.sign_in.hosts }
        : { ...server.sign_in, stage: 'waiting' };
      return list();
    },
    tool_sign_in_cancel: ({ id }) => {
      find(id).sign_in = null;
      return list();
    },
    tool_sign_out: ({ id }) => {
      const { transport } = find(id);
      if (transport.kind === 'http') transport.signed_in = undefined;
      return { ...list(), signed_out: 'revoked' };
    },
    tool_policy_set: ({ key, policy }) => {
      const row = [...local, ...servers.flatMap((server) => server.tools)].find((known) => known.key === key);
      if (!row) throw gone();
      Object.assign(row, { policy, changed: false });
      return list();
    },
    tool_decide: ({ message_id: id, call, decision }) => {
      const row = message(id);
      const found: ToolCallRow | undefined = row.calls.find((known) => known.number === call);
      if (!found) throw gone();
      found.state = decision === 'refuse' ? 'refused' : 'done';
      found.result = decision === 'refuse' ? 'The person refused this call. Go on without it.' : '42';
      world.emit({ type: 'tool_calls_changed', message_id: id });
      return {};
    },
    tool_calls: ({ message_id: id }) => ({ rows: message(id).calls }),
  };
}
