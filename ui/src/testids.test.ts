import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TEST_IDS } from './testids';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.svelte'))
  .map((file) => readFileSync(join('src', file), 'utf8'))
  .join('\n');

it.each(Object.values(TEST_IDS))('%s names an element', (id) => {
  const written = sources.includes(`"${id}"`) || sources.includes(`'${id}'`);
  expect(written || (id.startsWith('rail-') && sources.includes('rail-{place}'))).toBe(true);
});
