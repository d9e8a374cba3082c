import type { Attachment } from 'svelte/attachments';

/** Makes a text area as high as its text; the style sheet says how high at most. */
export function fitToContent(text: () => string): Attachment<HTMLTextAreaElement> {
  return (field) => {
    text();
    field.style.blockSize = 'auto';
    field.style.blockSize = `${field.scrollHeight}px`;
  };
}
