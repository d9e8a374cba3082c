import type { AttachmentFile, ToolOfferField, ToolPromptRow, ToolResourceRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names = 'tool_prompts' | 'tool_prompt_fill' | 'tool_resources' | 'tool_resource_attach' | 'tool_ask_cancel';

const field = (name: string, description: string, required: boolean): ToolOfferField => ({ name, label: name, description, required });

const PROMPTS: ToolPromptRow[] = [
  { name: 'weekly-report', label: 'Weekly report', description: 'Sums up what was done in a week.', fields: [] },
  {
    name: 'compare',
    label: 'Compare two places',
    description: 'Asks for the differences that matter to a traveller.',
    fields: [field('first', 'The place to begin with.', true), field('second', '', false)],
  },
];

const resource = (uri: string, label: string, media_type: string, size: number | null, fields: ToolOfferField[] = []): ToolResourceRow => ({
  uri,
  name: label,
  label,
  address: uri,
  description: '',
  media_type,
  size,
  fields,
});

const RESOURCES: ToolResourceRow[] = [
  resource('file:///plans/lisbon.md', 'Lisbon', 'text/markdown', 2_300),
  resource('file:///plans/porto.md', 'Porto', 'text/markdown', 1_100),
  resource('file:///plans/{name}', 'A plan by its name', 'text/markdown', null, [field('name', '', true)]),
];

/** What servers of tools offer besides tools, beside a world. */
export function offerCommands(world: FakeWorld): Handlers<Names> {
  const allowed = () => {
    if (world.supervised) throw apiError('supervised', 'A guardian keeps this locked.');
  };
  const beside = (where: string | undefined, name: string): AttachmentFile => {
    const file: AttachmentFile = {
      asset_id: world.id(),
      name,
      media_type: 'text/markdown',
      bytes: 2_300,
      kind: 'text',
      page_count: 0,
      text_bytes: 2_300,
      is_partial: false,
      had_details: false,
      was_scaled: false,
      width: 0,
      height: 0,
      from: 'Trips',
    };
    world.files.set(file.asset_id, file);
    world.besides.set(where ?? '', [...(world.besides.get(where ?? '') ?? []), file.asset_id]);
    return file;
  };
  return {
    tool_prompts: () => {
      allowed();
      return { rows: PROMPTS, has_more: false };
    },
    tool_prompt_fill: ({ name, values }) => {
      allowed();
      const given = values.filter(({ value }) => value !== '').map(({ value }) => value);
      const text = name === 'compare' ? `Compare ${given.join(' and ')}.` : 'What was done this week?';
      return { text, files: [], left_out: [] };
    },
    tool_resources: () => {
      allowed();
      return { rows: RESOURCES, has_more: false };
    },
    tool_resource_attach: ({ conversation_id: id, name }) => {
      allowed();
      return { text: '', files: [beside(id, `${name}.md`)], left_out: [] };
    },
    tool_ask_cancel: () => ({}),
  };
}
