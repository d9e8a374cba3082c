import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '@testing-library/svelte';
import Copy from '@lucide/svelte/icons/copy';
import Laptop from '@lucide/svelte/icons/laptop';
import { describe, expect, it } from 'vitest';

/** The elements of an icon, as the library tells them. */
function told(name: string): [string, Record<string, string>][] {
  const file = join(import.meta.dirname, `../../node_modules/@lucide/svelte/dist/icons/${name}.svelte`);
  const data = /const iconData = (\{.*\});/.exec(readFileSync(file, 'utf8'))?.[1];
  return (JSON.parse(data ?? '') as { node: [string, Record<string, string>][] }).node;
}

describe('icons, as the build draws them', () => {
  it.each([
    ['copy', Copy],
    ['laptop', Laptop],
  ] as const)('%s has the lines of the library, and its size', (name, Icon) => {
    const { container } = render(Icon, { size: 13 });
    const svg = container.querySelector('svg');
    expect(svg?.getAttribute('width')).toBe('13');
    expect(svg?.getAttribute('aria-hidden')).toBe('true');
    const drawn = [...(svg?.children ?? [])].map((line) => [
      line.localName,
      Object.fromEntries([...line.attributes].map((attribute) => [attribute.name, attribute.value])),
    ]);
    expect(drawn).toEqual(told(name));
  });
});
