import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const noTauri = {
  group: ['@tauri-apps/*'],
  message: 'Only src/platform/tauri.ts knows Tauri; go through src/ipc/client.',
};
const noBits = { group: ['bits-ui'], message: 'bits-ui stays behind src/kit.' };
const noIcons = { name: '@lucide/svelte', message: 'Import one icon: @lucide/svelte/icons/…' };

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'src/ipc/generated/', 'isolation/commands.js'] },
  ...ts.configs.recommended,
  ...svelte.configs['flat/recommended'],
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'no-console': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'svelte/prefer-svelte-reactivity': 'off',
      // {' '} keeps a space that the compiler would drop; the compiler itself says which of its warnings are ignored in vain.
      'svelte/no-useless-mustaches': 'off',
      'svelte/no-unused-svelte-ignore': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-imports': ['error', { paths: [noIcons], patterns: [noTauri, noBits] }],
      'no-restricted-globals': ['error', 'fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'localStorage', 'sessionStorage', 'indexedDB'],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  { files: ['src/platform/tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['src/kit/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [noIcons], patterns: [noTauri, { group: ['**/features/**'], message: 'The kit knows no feature.' }] }] },
  },
  { files: ['scripts/**'], rules: { 'no-console': 'off' } },
);
