import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { icuCatalogues } from './icu';

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
  },
});
