import type { Plugin } from 'vite';

type Node = [tag: string, attributes: Record<string, string>];
interface Icon {
  name: string;
  node: Node[];
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('{', '&#123;');

const element = ([tag, attributes]: Node) =>
  `<${tag} ${Object.entries(attributes)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(' ')} />`;

/**
 * Draws Lucide's icons as what they are: lines that never change. The library makes each element of
 * each icon at run time, so that colour and stroke can be told from outside, which nobody does here;
 * a window has dozens of them, and a list of messages six in each row.
 */
export function staticIcons(): Plugin {
  return {
    name: 'static-icons',
    enforce: 'pre',
    transform(source, id) {
      if (!/\/@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/.test(id)) return undefined;
      const told = /const iconData = (\{.*\});/.exec(source)?.[1];
      if (told === undefined) throw new Error(`${id} is no icon as Lucide writes them`);
      const icon = JSON.parse(told) as Icon;
      const lines = icon.node.map(element).join('');
      const code = `<script>let { size = 24 } = $props();</script>
<svg xmlns="http://www.w3.org/2000/svg" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" class="lucide-icon lucide lucide-${icon.name}" aria-hidden="true">${lines}</svg>`;
      return { code, map: null };
    },
  };
}
