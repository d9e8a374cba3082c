import type { Attachment } from 'svelte/attachments';

/** Makes a text area as high as its text; the style sheet says how high at least and at most. */
export function fitToContent(text: () => string): Attachment<HTMLTextAreaElement> {
  let before = '';
  return (field) => {
    const now = text();
    // Another height lays out what stands around it: it is written only where it may be another.
    const shorter = field.style.blockSize !== '' && !now.startsWith(before);
    before = now;
    if (now === '' || shorter) field.style.blockSize = '';
    // Its one line is as high as it comes: asking would lay the window out once more at every start.
    if (now !== '' && field.scrollHeight > field.clientHeight) field.style.blockSize = `${field.scrollHeight}px`;
  };
}
