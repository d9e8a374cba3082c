// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import type * as Parser from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';

// The files as they are written, and the whole parser: the build replaces both.
const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as Record<string, string>;
/** Every feature has its own pair of files. */
const names = readdirSync(import.meta.dirname).filter((name) => /^(.+\.)?en\.json$/.test(name));
const english: Record<string, string> = Object.assign({}, ...names.map(read));
const errorsDe = read('errors.de.json');
const proofDe = read('proof.de.json');
const { parse, TYPE } = createRequire(import.meta.url)('@formatjs/icu-messageformat-parser') as typeof Parser;

const catalogues = names.map((name) => [name, read(name), read(name.replace(/en\.json$/, 'de.json'))] as const);

/** The names of the parameters of a sentence. */
function parameters(elements: Parser.MessageFormatElement[]): Set<string> {
  const names = new Set<string>();
  for (const element of elements) {
    if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
    if ('value' in element) names.add(element.value);
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      for (const option of Object.values(element.options)) for (const name of parameters(option.value)) names.add(name);
    }
  }
  return names;
}

describe.each(catalogues)('%s', (_name, english, german) => {
  it('has the same sentences in English and German', () => {
    expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
  });

  it('has the same parameters in both', () => {
    for (const [key, sentence] of Object.entries(english)) {
      expect(parameters(parse(german[key] ?? '')), key).toEqual(parameters(parse(sentence)));
    }
  });

  it('keeps to the manner of speaking', () => {
    for (const [key, sentence] of [...Object.entries(english), ...Object.entries(german)]) {
      expect(sentence, key).not.toMatch(/[!]|\bOops\b|\s$|^\s/);
      // A straight apostrophe is syntax in ICU MessageFormat.
      expect(sentence, key).not.toContain("'");
    }
    for (const [key, sentence] of Object.entries(german)) expect(sentence, key).not.toMatch(/\b(du|dein\w*|dich|dir)\b/i);
  });
});

describe('use of the catalogues', () => {
  const sources = Object.entries(
    import.meta.glob(['../**/*.{svelte,ts}', '!../**/*.test.ts'], { query: '?raw', import: 'default', eager: true }) as Record<
      string,
      string
    >,
  ).map(([, source]) => source);
  const all = sources.join('\n');
  /** Keys that are made from data: the part before the first `${`. */
  const prefixes = [...all.matchAll(/`([a-z][\w-]*\.(?:[\w.-]*\.)?)\$\{/g)].map((match) => match[1] ?? '');

  it('has no sentence that nobody says', () => {
    const unused = Object.keys(english).filter(
      (key) =>
        !all.includes(`'${key}'`) && !all.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});

describe('German words for the failures of the core', () => {
  const folder = join(import.meta.dirname, '../../../crates/core/src/error');
  const files = ['words.rs', ...readdirSync(join(folder, 'words')).map((file) => `words/${file}`)];
  const table = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const string = String.raw`"(?:[^"\\]|\\.)*"`;
  const entry = new RegExp(String.raw`\(\s*"(\w+)",\s*(?:\w+|${string}),\s*(\w+|${string}),\s*(?:\w+|${string}),?\s*\)`, 'g');
  const entries = [...table.matchAll(entry)].map((match) => ({ code: match[1] ?? '', kept: match[2] ?? '' }));
  const constants = new Map(
    [...table.matchAll(/const (\w+): &str = "([^"]*)"/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );

  it('cover every code that has words there', () => {
    expect(entries.length).toBeGreaterThan(40);
    expect(entries.map(({ code }) => code).filter((code) => !(`error.${code}.message` in errorsDe))).toEqual([]);
  });

  it('cover every sentence on what was kept', () => {
    const sentences = entries.map(({ kept }) => constants.get(kept) ?? kept.slice(1, -1)).concat(constants.get('BOTH') ?? '', constants.get('TEMPORARY') ?? '');
    expect([...new Set(sentences)].filter((kept) => kept !== '' && !(`kept:${kept}` in errorsDe))).toEqual([]);
  });
});

describe('German words for the self-audit of the core', () => {
  const source = ['prove.rs', 'prove/window.rs']
    .map((file) => readFileSync(join(import.meta.dirname, '../../../crates/core/src', file), 'utf8'))
    .join('');
  const ids = [...source.matchAll(/"((?:door|vault|delete|kept|core|window|cost)\.\w+)"/g)].map((match) => match[1] ?? '');

  it('cover every check, and no other', () => {
    expect(ids.length).toBeGreaterThan(20);
    const said = Object.keys(proofDe).filter((key) => !key.startsWith('proof.limit.'));
    expect(said.sort()).toEqual([...new Set(ids)].map((id) => `proof.${id}`).sort());
  });
});
