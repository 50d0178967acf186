import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { packageFolder } from '../files/package-folder.ts';
import { type Html, html, verbatim } from './html.ts';

/** The folder of the build, whose modules the page embeds unchanged. */
const buildFolder = join(packageFolder, 'dist', 'src');
const entry = 'page/browser/main.js';

/**
 * Embeds the page's modules, the same files that Node runs, as data: URLs in an import map, because a page opened from disk
 * cannot import files. Relative imports are replaced by names in that map.
 */
export async function moduleScripts(): Promise<Html> {
  const modules = new Map<string, string>();
  await addModule(entry, modules);
  const imports = [...modules].map(([path, text]) => [
    moduleName(path),
    `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`,
  ]);
  const map = JSON.stringify({ imports: Object.fromEntries(imports) });
  return html`<script type="importmap">${verbatim(map)}</script>
<script type="module">${verbatim(`import '${moduleName(entry)}';`)}</script>`;
}

/** Vega's runtime with its licence, as the licence requires. */
export async function vegaScript(): Promise<Html> {
  const build = dirname(createRequire(import.meta.url).resolve('vega'));
  const [runtime, licence] = await Promise.all(
    ['vega.min.js', '../LICENSE'].map((name) => readFile(join(build, name), 'utf8')),
  );
  const text = `/* Vega\n${licence.replaceAll('*/', '* /')}*/\n${runtime}`;
  return html`<script>${verbatim(text.replaceAll('</script', '<\\/script'))}</script>`;
}

/** The WebAssembly kernels for an element type, the same that the run used. */
export function kernelBytes(dtype: string): Promise<Buffer> {
  return readFile(join(buildFolder, 'kernels', `${dtype}.wasm`));
}

function moduleName(path: string): string {
  return `fys-nn/${path}`;
}

async function addModule(path: string, modules: Map<string, string>): Promise<void> {
  if (modules.has(path)) return;
  modules.set(path, '');
  const text = await readFile(join(buildFolder, path), 'utf8');
  const imported: string[] = [];
  const rewritten = text.replace(/^((?:import|export)\b[^;]*?)'(\.[^']+)';$/gm, (_all, before, specifier) => {
    const target = posix.join(posix.dirname(path), specifier);
    imported.push(target);
    return `${before}'${moduleName(target)}';`;
  });
  modules.set(path, rewritten);
  for (const target of imported) await addModule(target, modules);
}
