import { parse } from '@formatjs/icu-messageformat-parser';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Parses the sentences of the catalogues at build time; those without parameters stay text. */
function icuCatalogues(): Plugin {
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

export default defineConfig({
  plugins: [icuCatalogues(), svelte(), svelteTesting({ autoCleanup: true })],
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  build: {
    target: ['es2022', 'safari16.4'],
    // The content security policy knows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./vitest.setup.ts'],
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
