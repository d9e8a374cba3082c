/** A link that was clicked, and what is shown of it before it is opened. */
export interface LinkQuestion {
  messageId: string;
  linkId: number;
  inReasoning: boolean;
  host: string;
  /** The whole target, for reading. */
  display: string;
  insecure: boolean;
}
