import axe from 'axe-core';

/** What axe finds in the document. Contrast is checked over the tokens: jsdom computes no colours. */
export async function violations(root: Element = document.body): Promise<string[]> {
  const result = await axe.run(root, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  return result.violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(' | ')}`);
}
