import type { Snippet } from 'svelte';
import type { Inline } from '../../../ipc/generated/types';
import type { ShownMessage } from '../../../state/message.svelte';
import type { LinkPlace } from '../link';
import type { CodeText } from '../../code/place';

export type LinkInline = Extract<Inline, { type: 'link' }>;
export type ImageInline = Extract<Inline, { type: 'image' }>;

/** Asked to open a link or an image: its number in the text, and what was shown of it. */
export type OnLink = (id: number, node: LinkInline | ImageInline) => void;

/** The same, of a message: of its words, of what was thought on the way, or of what it rests on. */
export type OnMessageLink = (message: ShownMessage, place: LinkPlace, ...link: Parameters<OnLink>) => void;

/** What stands between the blocks of a text. */
export interface Between {
  /** After how many blocks. */
  places: ReadonlySet<number>;
  draw: Snippet<[number]>;
}

/** The source with this number: its name, its label for those who cannot see it, where it leads. */
export type MarkOf = (number: number) => { name: string; label: string; run: (() => void) | undefined } | undefined;

/** What all parts of one text share. */
export interface TextScope {
  /** Makes the ids of footnotes unique on the page. */
  id: string;
  onLink: OnLink | undefined;
  /** The text belongs to a message: what its blocks of code can be done with. */
  code?: CodeText | undefined;
  /** Goes to a footnote. */
  showNote: (number: number) => void;
  between: Between | undefined;
  /** What the mark of a source is called, and what pressing it does. */
  mark: MarkOf | undefined;
}
