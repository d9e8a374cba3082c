import type { Preset, PromptRow, ToolPromptRow, ToolServerRow } from '../../ipc/generated/types';
import type { Offered } from '../../state/offers.svelte';
import { rank } from '../palette/match';

/** What can be chosen after a `/`; an offer is a prompt of a server of tools. */
export type SlashRow =
  | { kind: 'prompt'; row: PromptRow }
  | { kind: 'preset'; row: Preset }
  | { kind: 'offer'; row: ToolPromptRow; server: ToolServerRow };

/** What is typed after a `/` that begins a word, while it may be the name of something; and where that `/` is. */
export interface SlashQuery {
  from: number;
  words: string;
}

/** No name is longer; a sign before the `/` says whether it begins a word. */
const LONGEST = 102;

/** What stands before the caret decides: its end alone, however long a text is. */
export function slashQuery(before: string): SlashQuery | null {
  const match = /(?:^|\s)\/([^\s/]{0,100})$/u.exec(before.slice(-LONGEST));
  const words = match?.[1];
  return words === undefined ? null : { from: before.length - words.length - 1, words: words.toLowerCase() };
}

/** As many are listed of one's own, and of servers. */
const MOST = 50;

const nameOf = ({ kind, row }: SlashRow) => (kind === 'offer' ? row.label : row.name);
const wordsOf = ({ kind, row }: SlashRow) => (kind === 'prompt' ? row.text : kind === 'preset' ? row.system : row.description);

/** Prompts before assistants, and what servers offer after what is one's own. */
export const slashRows = (
  prompts: readonly PromptRow[],
  presets: readonly Preset[],
  offers: readonly Offered[] = [],
): SlashRow[] => [
  ...prompts.map((row): SlashRow => ({ kind: 'prompt', row })),
  ...presets.map((row): SlashRow => ({ kind: 'preset', row })),
  ...offers.flatMap(({ server, rows }) => rows.map((row): SlashRow => ({ kind: 'offer', row, server }))),
];

/** What somebody looks through: one's own, and what each server offers together. */
function listed(found: readonly SlashRow[]): SlashRow[] {
  const own = found.filter((one) => one.kind !== 'offer').slice(0, MOST);
  const offered = found.filter((one) => one.kind === 'offer').slice(0, MOST);
  const groups = [...new Set(offered.map((one) => one.server.id))];
  return [...own, ...groups.flatMap((id) => offered.filter((one) => one.server.id === id))];
}

/** Names that begin with it first, then names that have it at the start of a word or somewhere, then what the words hold. */
export function matching(all: readonly SlashRow[], query: string): SlashRow[] {
  if (query === '') return listed(all);
  const found = new Set(all.filter((one) => nameOf(one).toLowerCase().startsWith(query)));
  const spaced = (text: string) => text.replaceAll(/[-_.]/g, ' ');
  for (const one of rank(all, (one) => spaced(nameOf(one)), spaced(query))) found.add(one);
  // One letter is in every text.
  if (query.length > 1) for (const one of rank(all, wordsOf, query)) found.add(one);
  return listed([...found]);
}

/** The list above the composer: what it holds, and which one is meant. */
export class Slash {
  at = $state(0);
  private closed = $state<string | null>(null);

  /** The rows, or nothing while no list belongs there. There may be `more` while servers are asked, or something to say of them. */
  rows(before: string, all: () => readonly SlashRow[], more: () => boolean = () => false): SlashRow[] | null {
    const query = slashQuery(before);
    if (query === null || this.closed === before) return null;
    const rows = matching(all(), query.words);
    // A path such as `/etc` is no name; after two letters without one, the list gets out of the way.
    // Within a text it has nothing to say where it has nothing to offer.
    return rows.length === 0 && ((query.words.length > 1 && !more()) || query.from > 0) ? null : rows;
  }

  /** Moves, takes or closes. True if the key was the list's; Enter is, while there may be `more`. */
  keydown(event: KeyboardEvent, before: string, rows: SlashRow[], choose: (row: SlashRow) => void, more = false): boolean {
    const at = Math.min(this.at, rows.length - 1);
    switch (event.key) {
      case 'ArrowDown':
        this.at = rows.length === 0 ? 0 : (at + 1) % rows.length;
        return true;
      case 'ArrowUp':
        this.at = rows.length === 0 ? 0 : (at - 1 + rows.length) % rows.length;
        return true;
      case 'Tab':
      case 'Enter': {
        const row = rows[at];
        if (!row || event.shiftKey) return more && event.key === 'Enter' && !event.shiftKey;
        choose(row);
        return true;
      }
      case 'Escape':
        this.closed = before;
        return true;
      default:
        return false;
    }
  }

  typed(): void {
    this.at = 0;
    this.closed = null;
  }
}
