// Runs every command that a document shows with its output, and writes the output into the document:
//
//   node docs/update-output.js           part of `npm run readme`
//   node docs/update-output.js --check   changes nothing; exit 1 if an output is no longer what the command prints
//
// Such a command is the first line of a code block, after `$ `. It runs in an empty folder; those of an example run one
// after the other in a copy of its folder, and so do those of a document with a line `<!-- in examples/FOLDER -->`. If the block ends with a line
// `...`, it shows as many paragraphs of the output as before; otherwise all of it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const inFolder = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join('examples', name));
const documents = ['', 'docs', 'data', 'results', 'examples', ...examples].flatMap(inFolder);
const check = process.argv.includes('--check');
const block = /^```.*\n\$ (?<command>npx fys-nn .*)\n(?<output>[\s\S]*?)^```$/gm;

let wrong = 0;
for (const path of documents) {
  const text = readFileSync(join(root, path), 'utf8');
  const named = /^<!-- in (examples\/\S+) -->$/m.exec(text)?.[1];
  const example = named === undefined ? examples.find((folder) => dirname(path) === folder) : join(named);
  const updated = inCopy(example, (copy) =>
    text.replaceAll(block, (whole, command, output) => {
      const print = (folder) => shown(outputOf(command, folder), output);
      const printed = copy === null ? inFolderOfItsOwn(print) : print(copy);
      const opening = whole.slice(0, whole.indexOf('\n') + 1);
      return `${opening}$ ${command}\n${printed}\`\`\``;
    }),
  );
  if (updated === text) continue;
  wrong++;
  if (check)
    process.stdout.write(
      `${path} shows other output than its commands print: run npm run readme\n\n${updated}`,
    );
  else writeFileSync(join(root, path), updated);
}
process.exitCode = check && wrong > 0 ? 1 : 0;

/** What a command prints to stdout in a folder. */
function outputOf(command, cwd) {
  const program = `"${process.execPath}" "${resolve(root, 'bin/fys-nn.js')}"`;
  const options = { cwd, encoding: 'utf8', shell: true, env: { ...process.env, COLUMNS: '80' } };
  const { stdout, error } = spawnSync(
    command.replace('npx fys-nn', () => program),
    options,
  );
  if (error !== undefined) throw error;
  return stdout;
}

/** Calls a function with an empty folder, and removes it. */
function inFolderOfItsOwn(use) {
  const folder = mkdtempSync(join(tmpdir(), 'fys-nn-shown-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Calls a function with a copy of an example's folder; with null if there is none. */
function inCopy(example, use) {
  if (example === undefined) return use(null);
  return inFolderOfItsOwn((folder) => {
    cpSync(join(root, example), folder, { recursive: true });
    return use(folder);
  });
}

/** The part of the output that a block shows. */
function shown(printed, before) {
  if (!before.endsWith('\n...\n')) return printed;
  const paragraphs = before.trimEnd().slice(0, -4).trimEnd().split('\n\n').length;
  return `${printed.split('\n\n').slice(0, paragraphs).join('\n\n')}\n\n...\n`;
}
