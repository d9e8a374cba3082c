import type { ForkOrigin, Instructions, MapRow, MessageRow, Preset, PromptRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'instructions_get'
  | 'instructions_set'
  | 'instructions_check'
  | 'preset_list'
  | 'preset_save'
  | 'preset_remove'
  | 'preset_default'
  | 'prompt_list'
  | 'prompt_save'
  | 'prompt_remove'
  | 'prompt_fill'
  | 'message_map'
  | 'conversation_fork'
  | 'conversation_origin'
  | 'conversation_find'
  | 'conversation_totals';

const none = { temperature: null, top_p: null, max_tokens: null, stop: [], seed: null, reasoning_effort: null, tools: [] };
const FIELD = /\{\{\s*([^{}\n]{1,60}?)\s*\}\}/g;

const fieldsOf = (text: string) => [...new Set([...text.matchAll(FIELD)].map((match) => match[1] ?? ''))];

function presetSeed(world: FakeWorld): Preset[] {
  const make = (name: string, system: string, more: Partial<Preset> = {}): Preset => ({
    id: world.id(),
    name,
    system,
    parameters: none,
    source_id: null,
    model: null,
    created_at: world.started,
    ...more,
  });
  return [
    make('Patient teacher', 'Explain step by step and ask one question at the end.'),
    make('Reviewer', 'You are a strict and kind reviewer. Name what is wrong first, then what is good.', {
      parameters: { ...none, temperature: 0.2 },
      source_id: world.defaultSource,
    }),
  ];
}

function promptSeed(world: FakeWorld): PromptRow[] {
  const make = (name: string, text: string): PromptRow => ({ id: world.id(), name, text, fields: fieldsOf(text), created_at: world.started });
  return [
    make('summary', 'Summarise this in five sentences:'),
    make('translate', 'Translate the following into {{language}}, in a {{tone}} tone:\n\n{{text}}'),
  ];
}

/** Instructions, presets, prompts, copies, the map and finding, beside a world. */
export function talkCommands(world: FakeWorld): Handlers<Names> {
  const fresh = world.conversations.length === 0;
  let presets = fresh ? [] : presetSeed(world);
  let initial: string | null = null;
  let prompts = fresh ? [] : promptSeed(world);
  const origins = new Map<string, ForkOrigin>();
  const gone = () => apiError('not_found', 'It is not there any more.');
  const changed = () => world.emit({ type: 'presets_changed' });
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
  const free = (rows: { id: string; name: string }[], name: string, id: string | undefined) => {
    if (name.trim() === '') throw apiError('invalid_name', 'A name has between 1 and 100 characters.');
    if (rows.some((row) => row.id !== id && row.name.toLowerCase() === name.trim().toLowerCase()))
      throw apiError('name_taken', 'There is one of this name already, or there are too many.');
  };
  // One of many names that the core refuses.
  const allowed = (instructions: Instructions) => {
    if (!instructions.parameters.extra?.includes('"stream"')) return instructions;
    const message = '“stream” cannot be among the other fields: Fluxchat says it itself, or leaves it out on purpose.';
    throw { ...apiError('extra_protected', message), next: 'Take it out of the other fields.', named: { host: null, detail: null, field: 'stream' } };
  };
  const empty: Instructions = { preset: null, system: '', parameters: none };
  const run = (rows: MessageRow[], chosen: boolean, branches: number): MapRow => {
    const [first] = rows;
    if (!first) throw gone();
    return {
      first_id: first.id,
      last_id: rows.at(-1)?.id ?? first.id,
      role: first.role,
      text: first.text.slice(0, 60),
      model: rows.find((row) => row.model !== null)?.model ?? null,
      at: first.created_at,
      messages: rows.length,
      branches,
      more: false,
      chosen,
    };
  };

  return {
    instructions_get: ({ id }) => world.instructions.get(id) ?? empty,
    instructions_check: ({ instructions }) => allowed(instructions),
    instructions_set: ({ id, instructions }) => {
      allowed(instructions);
      world.instructions.set(id, instructions);
      world.emit({ type: 'conversation_changed', id });
      return instructions;
    },
    preset_list: () => ({ rows: presets.toSorted(byName), default_id: presets.some((row) => row.id === initial) ? initial : null }),
    preset_default: ({ id }) => {
      initial = id ?? null;
      changed();
      return {};
    },
    preset_save: ({ id, name, system, parameters, source_id: source, model }) => {
      free(presets, name, id);
      allowed({ ...empty, parameters });
      const preset = { id: id ?? world.id(), name: name.trim(), system, parameters, source_id: source ?? null, model: model ?? null, created_at: Date.now() };
      presets = [...presets.filter((row) => row.id !== id), preset];
      changed();
      return preset;
    },
    preset_remove: ({ id }) => {
      presets = presets.filter((row) => row.id !== id);
      changed();
      return {};
    },
    prompt_list: () => ({ rows: prompts.toSorted(byName) }),
    prompt_save: ({ id, name, text }) => {
      free(prompts, name, id);
      const prompt = { id: id ?? world.id(), name: name.trim().replaceAll(/\s+/g, '-'), text, fields: fieldsOf(text), created_at: Date.now() };
      prompts = [...prompts.filter((row) => row.id !== id), prompt];
      changed();
      return prompt;
    },
    prompt_remove: ({ id }) => {
      prompts = prompts.filter((row) => row.id !== id);
      changed();
      return {};
    },
    prompt_fill: ({ id, values }) => {
      const prompt = prompts.find((row) => row.id === id);
      if (!prompt) throw gone();
      return { text: prompt.text.replaceAll(FIELD, (whole, name: string) => values.find((field) => field.name === name)?.value ?? whole) };
    },
    // The fake keeps one branch; the map is drawn as if the second question had been asked twice.
    message_map: ({ conversation_id: id, below, after }) => {
      const all = world.messages.get(id) ?? [];
      const [trunk, rest] = [all.slice(0, 2), all.slice(2)];
      const nothing = { rows: [], has_more: false, shown: [] };
      if (after !== undefined || all.length === 0) return nothing;
      const other = { ...run(rest.slice(0, 2), false, 0), first_id: `${id}-other`, text: 'And what if it rains?' };
      const forks = { rows: [other, run(rest, true, 0)], has_more: false };
      if (below !== undefined) return below === trunk.at(-1)?.id ? { ...forks, shown: [] } : nothing;
      if (rest.length === 0) return { ...nothing, rows: [run(all, true, 0)] };
      return { ...nothing, rows: [run(trunk, true, 2)], shown: [forks] };
    },
    conversation_fork: ({ message_id: messageId }) => {
      for (const [from, list] of world.messages) {
        const at = list.findIndex((message) => message.id === messageId);
        const row = world.conversations.find((conversation) => conversation.id === from);
        if (at < 0 || !row) continue;
        const copy = { ...row, id: world.id(), pinned: false, archived: false, updated_at: Date.now() };
        world.conversations = [copy, ...world.conversations];
        world.messages.set(
          copy.id,
          list.slice(0, at + 1).map((message) => {
            const messageCopy = world.id();
            return { ...message, id: messageCopy, conversation_id: copy.id, branch_ids: [messageCopy] };
          }),
        );
        origins.set(copy.id, { conversation_id: from, message_id: messageId, at: Date.now() });
        world.emit({ type: 'conversation_changed', id: copy.id });
        return copy;
      }
      throw gone();
    },
    conversation_origin: ({ id }) => {
      const origin = origins.get(id) ?? null;
      const title = world.conversations.find((row) => row.id === origin?.conversation_id)?.title ?? '';
      return { origin, title };
    },
    conversation_find: ({ conversation_id: id, text }) => {
      const wanted = text.trim().toLowerCase();
      const all = (world.messages.get(id) ?? []).toReversed();
      const words = (message: MessageRow) => `${message.text} ${JSON.stringify(message.blocks)}`.toLowerCase();
      return { message_ids: all.filter((message) => words(message).includes(wanted)).map((message) => message.id), next: null };
    },
    conversation_totals: ({ id }) => {
      const all = world.messages.get(id) ?? [];
      const answers = all.filter((message) => message.role === 'assistant');
      const sum = (of: (message: MessageRow) => number) => answers.reduce((total, message) => total + of(message), 0);
      return {
        questions: all.length - answers.length,
        answers: answers.length,
        counted: answers.filter((message) => message.usage).length,
        input_tokens: sum((message) => message.usage?.input_tokens ?? 0),
        output_tokens: sum((message) => message.usage?.output_tokens ?? 0),
        duration_ms: sum((message) => (message.finished_at ?? message.created_at) - message.created_at),
      };
    },
  };
}
