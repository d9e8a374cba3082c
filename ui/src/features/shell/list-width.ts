/** How wide the list may be, in CSS pixels. */
export const LIST_WIDTH = { least: 200, usual: 272, most: 480 };

export function clampWidth(width: number): number {
  return Math.round(Math.min(Math.max(width, LIST_WIDTH.least), LIST_WIDTH.most));
}
