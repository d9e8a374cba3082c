import { parse } from '@formatjs/icu-messageformat-parser';
import type { Plugin } from 'vite';

/** Parses the sentences of the catalogues at build time; those without parameters stay text. */
export function icuCatalogues(): Plugin {
  return {
    name: 'icu-catalogues',
    enforce: 'pre',
    config: () => ({
      resolve: {
        alias: [
          // Only what the formatter needs of it: the names of the node types.
          { find: /^@formatjs\/icu-messageformat-parser$/, replacement: '@formatjs/icu-messageformat-parser/no-parser.js' },
        ],
      },
    }),
    transform(source, id) {
      if (!/\/src\/i18n\/[\w.]+\.json$/.test(id)) return undefined;
      const sentences = Object.entries(JSON.parse(source) as Record<string, string>);
      const parsed = sentences.map(([key, text]) => {
        try {
          return [key, /[{']/.test(text) ? parse(text, { ignoreTag: true }) : text];
        } catch (reason) {
          throw new Error(`${key} in ${id} is no ICU message: ${String(reason)}`);
        }
      });
      return { code: JSON.stringify(Object.fromEntries(parsed)), map: null };
    },
  };
}
