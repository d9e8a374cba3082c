/** The pages of this part, in the order of the list. */
export const PAGES = ['appearance', 'writing', 'presets', 'prompts', 'sources', 'tools', 'voice', 'spending', 'about'] as const;
export type Page = (typeof PAGES)[number];

export function pageOf(section: string | null): Page {
  return PAGES.find((page) => page === section) ?? 'appearance';
}
