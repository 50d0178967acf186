import { statfs } from 'node:fs/promises';

/** The types that Linux gives to file systems of a single machine: all of its processes see a change at once. */
const localTypes = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xca451a4e, // bcachefs
  0xf2f52010, // F2FS
  0x3153464a, // JFS
  0x52654973, // ReiserFS
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs, of containers
  0x4d44, // FAT
  0x2011bab0, // exFAT
  0x5346544e, // NTFS
  0x7366746e, // NTFS, by another driver
]);

/** Milliseconds. NFS shows names and sizes from a cache for up to 60 s, unless the administrator says otherwise. */
const longestDelay = 90_000;

/**
 * For how many milliseconds another machine may not see a change in this folder: 0 if no other machine can use it. On macOS
 * and Windows, whose file systems have no such types, it is taken for 0.
 */
export async function longestDelayOf(directory: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const { type } = await statfs(directory);
  return localTypes.has(type >>> 0) ? 0 : longestDelay;
}
