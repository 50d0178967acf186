import type { LauncherOptions } from './slurm-flags.ts';

/** Checks that trials can be launched, before a store is made. Errors: UserError if there is no Slurm here. */
export async function checkLauncher({ slurm }: Pick<LauncherOptions, 'slurm'>): Promise<void> {
  if (slurm === null) return;
  const { readMaxArraySize } = await import('../launchers/slurm/commands.ts');
  await readMaxArraySize();
}
