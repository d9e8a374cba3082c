// @vitest-environment node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as radix from '@radix-ui/colors';
import { describe, expect, it } from 'vitest';

type Scale = Record<string, string>;
const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');

/** The declarations of all rules whose selector list names one of the classes. */
function declared(...selectors: string[]): Scale {
  const found: Scale = {};
  for (const rule of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    const names = (rule[1] ?? '').split(';').at(-1)?.split(',').map((name) => name.trim()) ?? [];
    if (!names.some((name) => selectors.includes(name))) continue;
    for (const line of (rule[2] ?? '').matchAll(/--([\w-]+):\s*([^;]+);/g)) found[line[1] ?? ''] = (line[2] ?? '').trim();
  }
  return found;
}

function scales(dark: boolean): Scale {
  const all: Scale = {};
  for (const name of ['sand', 'iris', 'amber', 'red', 'grass'] as const) {
    const scale = radix[(dark ? `${name}Dark` : name) as keyof typeof radix] as Scale;
    for (const [step, value] of Object.entries(scale)) all[step.replace(/(\d+)$/, '-$1')] = value;
  }
  return all;
}

const modes = {
  light: { ...scales(false), ...declared('.light') },
  dark: { ...scales(true), ...declared('.dark') },
  'high contrast, light': { ...scales(false), ...declared('.light'), ...declared('.high-contrast') },
  'high contrast, dark': {
    ...scales(true),
    ...declared('.dark'),
    ...declared('.high-contrast'),
    ...declared('.dark.high-contrast'),
  },
};

function colour(tokens: Scale, name: string): [number, number, number] {
  let value = tokens[name] ?? '';
  for (let depth = 0; depth < 8; depth += 1) {
    const reference = /^var\(--([\w-]+)\)$/.exec(value);
    if (!reference) break;
    value = tokens[reference[1] ?? ''] ?? '';
  }
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(value)?.[1];
  if (!hex) throw new Error(`--${name} is no plain colour: ${value}`);
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as [number, number, number];
}

function luminance(rgb: [number, number, number]): number {
  const [r, g, b] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast ratio of WCAG 2. */
function contrast(tokens: Scale, a: string, b: string): number {
  const [high, low] = [luminance(colour(tokens, a)), luminance(colour(tokens, b))].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const SURFACES = ['bg', 'bg-list', 'bg-rail', 'bg-raised', 'bg-tint', 'bg-hover'];
/** Foreground, backgrounds, least ratio: 4.5 for words, 3 for what one operates or must see. */
const PAIRS: [string, string[], number][] = [
  ['text', [...SURFACES, 'bg-active', 'bg-selected', 'mark'], 4.5],
  ['text-muted', [...SURFACES, 'bg-selected'], 4.5],
  ['text-accent', ['bg', 'bg-list', 'bg-raised', 'bg-selected', 'accent-tint'], 4.5],
  ['text-danger', ['bg', 'bg-raised', 'danger-tint'], 4.5],
  ['text-warn', ['bg', 'warn-tint'], 4.5],
  ['text-proof', ['bg', 'proof-tint'], 4.5],
  ['text-on-accent', ['accent', 'accent-hover'], 4.5],
  ['text-on-danger', ['danger', 'danger-hover'], 4.5],
  ['control', ['bg', 'bg-raised', 'bg-list'], 3],
  ['focus', ['bg', 'bg-list', 'bg-raised', 'bg-rail'], 3],
  ['accent', ['bg', 'bg-raised'], 3],
  ['danger-line', ['bg', 'bg-raised'], 3],
  ['lamp-off', ['bg', 'bg-raised'], 3],
  ['lamp-blocked', ['bg', 'bg-raised'], 3],
  ['attested', ['bg', 'attested-tint'], 3],
];

describe.each(Object.entries(modes))('contrast in %s', (_mode, tokens) => {
  it.each(PAIRS.flatMap(([front, backs, least]) => backs.map((back) => [front, back, least] as const)))(
    '%s on %s is at least %d',
    (front, back, least) => {
      expect(contrast(tokens, front, back)).toBeGreaterThanOrEqual(least);
    },
  );
});

describe('components', () => {
  it('name colours by tokens only', () => {
    const files = import.meta.glob(['../**/*.svelte', './base.css', './floating.css'], { query: '?raw', import: 'default', eager: true });
    const offenders = Object.entries(files as Record<string, string>).flatMap(([file, source]) => {
      const styles = file.endsWith('.css') ? source : (/<style[^>]*>([\s\S]*)<\/style>/.exec(source)?.[1] ?? '');
      return [...styles.matchAll(/#[0-9a-f]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch)\(/gi)]
        .filter((match) => match[0] !== '#__tauri')
        .map((match) => `${file}: ${match[0]}`);
    });
    expect(offenders).toEqual([]);
  });
});

it('names that are used are declared', () => {
  const sources = Object.values(import.meta.glob(['../**/*.svelte'], { query: '?raw', import: 'default', eager: true }) as Record<string, string>);
  const styles = ['base', 'floating', 'scrollbars', 'tokens'].map((name) => readFileSync(join(import.meta.dirname, `${name}.css`), 'utf8'));
  const all = [...sources, ...styles].join('\n');
  // Those of a component are declared beside it, or set by its script.
  const known = new Set([...all.matchAll(/(?:--|style:--)([\w-]+)\s*[:=]/g)].map((match) => match[1]));
  const scale = /^(sand|iris|amber|red|grass)-\d+$/;
  const missing = [...all.matchAll(/var\(--([\w-]+)\s*([,)])/g)].filter(([, name, end]) => end === ')' && !known.has(name) && !scale.test(name ?? ''));
  expect([...new Set(missing.map((match) => match[1]))]).toEqual([]);
});
