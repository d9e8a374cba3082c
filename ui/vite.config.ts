import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { icuCatalogues } from './build/catalogues.ts';
import { staticIcons } from './build/icons.ts';

export default defineConfig({
  plugins: [icuCatalogues(), staticIcons(), svelte(), svelteTesting({ autoCleanup: true })],
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  build: {
    target: ['es2022', 'safari16.4'],
    // The content security policy knows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What every start needs comes in one piece beside the entry, not in six.
        codeSplitting: { groups: [{ name: 'base', test: /\/node_modules\/(svelte|esm-env)\/|\/src\/i18n\/index|\/src\/kit\/Spinner|\/src\/state\/errors|preload-helper/ }] },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./vitest.setup.ts'],
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
