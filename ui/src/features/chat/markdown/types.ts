import type { Inline } from '../../../ipc/generated/types';

export type LinkInline = Extract<Inline, { type: 'link' }>;
export type ImageInline = Extract<Inline, { type: 'image' }>;

/** Asked to open a link or an image: its number in the text, and what was shown of it. */
export type OnLink = (id: number, node: LinkInline | ImageInline) => void;

/** What all parts of one text share. */
export interface TextScope {
  /** Makes the ids of footnotes unique on the page. */
  id: string;
  onLink: OnLink | undefined;
  /** Goes to a footnote. */
  showNote: (number: number) => void;
}
