// Runs every command that a document shows with its output, and writes the output into the document:
//
//   node docs/update-output.js           part of `npm run readme`
//   node docs/update-output.js --check   changes nothing; exit 1 if an output is no longer what the command prints
//
// Such a command is the first line of a code block, after `$ `. It runs in an empty folder. If the block ends with a line
// `...`, it shows as many paragraphs of the output as before; otherwise all of it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const inFolder = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const documents = ['', 'docs', 'data', 'results', 'examples'].flatMap(inFolder);
const check = process.argv.includes('--check');
const block = /^```.*\n\$ (?<command>npx fys-nn .*)\n(?<output>[\s\S]*?)^```$/gm;

let wrong = 0;
for (const path of documents) {
  const text = readFileSync(join(root, path), 'utf8');
  const updated = text.replaceAll(block, (whole, command, output) => {
    const printed = shown(outputOf(command), output);
    const opening = whole.slice(0, whole.indexOf('\n') + 1);
    return `${opening}$ ${command}\n${printed}\`\`\``;
  });
  if (updated === text) continue;
  wrong++;
  if (check)
    process.stdout.write(
      `${path} shows other output than its commands print: run npm run readme\n\n${updated}`,
    );
  else writeFileSync(join(root, path), updated);
}
process.exitCode = check && wrong > 0 ? 1 : 0;

/** What a command prints to stdout, in an empty folder. */
function outputOf(command) {
  const folder = mkdtempSync(join(tmpdir(), 'fys-nn-shown-'));
  const program = `"${process.execPath}" "${resolve(root, 'bin/fys-nn.js')}"`;
  try {
    const options = { cwd: folder, encoding: 'utf8', shell: true, env: { ...process.env, COLUMNS: '80' } };
    const { stdout, error } = spawnSync(
      command.replace('npx fys-nn', () => program),
      options,
    );
    if (error !== undefined) throw error;
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The part of the output that a block shows. */
function shown(printed, before) {
  if (!before.endsWith('\n...\n')) return printed;
  const paragraphs = before.trimEnd().slice(0, -4).trimEnd().split('\n\n').length;
  return `${printed.split('\n\n').slice(0, paragraphs).join('\n\n')}\n\n...\n`;
}
