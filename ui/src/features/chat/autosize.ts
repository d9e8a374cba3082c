import type { Attachment } from 'svelte/attachments';

/** Makes a text area as high as its text; the style sheet says how high at most. */
export function fitToContent(text: () => string): Attachment<HTMLTextAreaElement> {
  return (field) => {
    // Its one line is as high as it comes: asking would lay the window out once more at every start.
    if (text() === '') {
      field.style.blockSize = '';
      return;
    }
    field.style.blockSize = 'auto';
    field.style.blockSize = `${field.scrollHeight}px`;
  };
}
