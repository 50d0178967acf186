// Puts what `node bench/scale.js` measured and simulated into docs/scale.md, and draws docs/scale.svg (after npm run build).
import { readFile, writeFile } from 'node:fs/promises';
import { scaleFigure } from '../bench/scale/figure.js';
import { measuredText, readResults, simulatedText } from '../bench/scale/page.js';

const { found, ...others } = await readResults();
const page = new URL('scale.md', import.meta.url);
let text = await readFile(page, 'utf8');
for (const [name, written] of Object.entries({
  measured: measuredText(found, others),
  simulated: simulatedText(found),
})) {
  const start = `<!-- ${name}: written by \`node docs/update-scale.js\` from bench/results/scale.json -->`;
  const end = `<!-- end of ${name} -->`;
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/scale.md has no markers for ${name}`);
  text = `${text.slice(0, from + start.length)}\n\n${written}\n\n${text.slice(to)}`;
}
await writeFile(page, text);
await writeFile(new URL('scale.svg', import.meta.url), await scaleFigure(found.utilisations));
