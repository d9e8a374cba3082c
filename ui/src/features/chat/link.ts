/** Where in a message a link stands. The number of a citation is its place among them. */
export type LinkPlace = 'text' | 'reasoning' | 'citation';

/** A link that was clicked, and what is shown of it before it is opened. */
export interface LinkQuestion {
  messageId: string;
  linkId: number;
  place: LinkPlace;
  host: string;
  /** The whole target, for reading. */
  display: string;
  insecure: boolean;
}
