import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { packageFolder } from '../output/version.ts';
import { type Html, html, verbatim } from './html.ts';

/** The build, whose modules the page carries as they are. */
const built = join(packageFolder, 'dist', 'src');
const entry = 'page/browser/main.js';

/**
 * The page's own modules, the very files that Node runs, in an import map of data: addresses: a page from disk cannot
 * import files. Their relative imports become names of the map.
 */
export async function moduleScripts(): Promise<Html> {
  const modules = new Map<string, string>();
  await addModule(entry, modules);
  const imports = [...modules].map(([path, text]) => [
    nameOf(path),
    `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`,
  ]);
  const map = JSON.stringify({ imports: Object.fromEntries(imports) });
  return html`<script type="importmap">${verbatim(map)}</script>
<script type="module">${verbatim(`import '${nameOf(entry)}';`)}</script>`;
}

/** Vega's runtime, with its licence, as its terms ask. */
export async function vegaScript(): Promise<Html> {
  const build = dirname(createRequire(import.meta.url).resolve('vega'));
  const [runtime, licence] = await Promise.all(
    ['vega.min.js', '../LICENSE'].map((name) => readFile(join(build, name), 'utf8')),
  );
  const text = `/* Vega\n${licence.replaceAll('*/', '* /')}*/\n${runtime}`;
  return html`<script>${verbatim(text.replaceAll('</script', '<\\/script'))}</script>`;
}

/** The WebAssembly kernels of an element type, as the run had them. */
export function kernelBytes(dtype: string): Promise<Buffer> {
  return readFile(join(built, 'kernels', `${dtype}.wasm`));
}

function nameOf(path: string): string {
  return `fys-nn/${path}`;
}

async function addModule(path: string, modules: Map<string, string>): Promise<void> {
  if (modules.has(path)) return;
  modules.set(path, '');
  const text = await readFile(join(built, path), 'utf8');
  const imported: string[] = [];
  const named = text.replace(/^((?:import|export)\b[^;]*?)'(\.[^']+)';$/gm, (_all, before, specifier) => {
    const target = posix.join(posix.dirname(path), specifier);
    imported.push(target);
    return `${before}'${nameOf(target)}';`;
  });
  modules.set(path, named);
  for (const target of imported) await addModule(target, modules);
}
