// Asserts what is shipped: the entry chunk (with all it imports at once) stays small, and nothing of the fake is in it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 76;
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const gzipKb = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1000;

// The page names its entry and everything that the entry imports at once.
const page = readFileSync(join(dist, 'index.html'), 'utf8');
const files = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);

let total = 0;
for (const file of files) {
  const kb = gzipKb(file);
  total += kb;
  console.log(`${kb.toFixed(1).padStart(7)} kB  ${file}`);
}
console.log(`${total.toFixed(1).padStart(7)} kB  entry, gzip (at most ${LIMIT_KB})`);

const fakes = readdirSync(join(dist, 'assets'))
  .filter((file) => file.endsWith('.js'))
  .filter((file) => readFileSync(join(dist, 'assets', file), 'utf8').includes('Miradouro da Gra'));
if (fakes.length > 0) {
  console.error(`the fake platform is in ${fakes.join(', ')}`);
  process.exit(1);
}
if (total > LIMIT_KB) {
  console.error(`the entry is ${(total - LIMIT_KB).toFixed(1)} kB too large`);
  process.exit(1);
}
