import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = 'src/i18n';

it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s says each thing once', (name) => {
  const keys = readFileSync(join(folder, name), 'utf8').split('\n').flatMap((line) => /^ {2}"([^"]+)":/.exec(line)?.[1] ?? []);
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});
