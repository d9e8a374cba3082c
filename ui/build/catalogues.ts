import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from '@formatjs/icu-messageformat-parser';
import type { Plugin } from 'vite';

/** Parses what has parameters; what has none stays text. */
function parsed(file: string): [string, unknown][] {
  const sentences = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
  return sentences.map(([key, text]) => {
    try {
      return [key, /[{']/.test(text) ? parse(text, { ignoreTag: true }) : text];
    } catch (reason) {
      throw new Error(`${key} in ${file} is no ICU message: ${String(reason)}`);
    }
  });
}

/**
 * Makes one text of all sentences of a language. The window reads it as JSON, which takes a fraction of
 * what as many lines of a program take, and carries no parser of sentences.
 */
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
      if (!/\/src\/i18n\/catalogue\.[a-z]{2}\.ts$/.test(id)) return undefined;
      const files = [...source.matchAll(/ from '(\.\/[\w.]+\.json)'/g)].map((found) => join(dirname(id), found[1] ?? ''));
      for (const file of files) this.addWatchFile(file);
      const text = JSON.stringify(Object.fromEntries(files.flatMap(parsed)));
      return { code: `export default JSON.parse(${JSON.stringify(text)});`, map: null };
    },
  };
}
