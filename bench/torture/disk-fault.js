// Simulates a failing disk for tests: node --import ./disk-fault.js, in every thread of the process.
// FYS_NN_DISK_FAULT='{"operation":"write","path":"journal-","code":"EIO","from":1,"times":2}': in each thread, the
// operation fails on paths that contain the text, from call `from` on (counted from 1), `times` times (default:
// always). A failing write writes half of its data, as on a real disk. FYS_NN_DISK_FAULT_MARK: a folder that is created
// when a call has failed. The code "kill" ends the process instead, with SIGKILL.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const fault = JSON.parse(process.env.FYS_NN_DISK_FAULT ?? 'null');
const mark = process.env.FYS_NN_DISK_FAULT_MARK;
const { mkdirSync } = fs;
let calls = 0;

/** The error of this call, or null if it succeeds. */
function errorOf(operation, path) {
  // Node itself passes URLs when it reads modules.
  if (fault === null || operation !== fault.operation || typeof path !== 'string') return null;
  if (!path.includes(fault.path)) return null;
  calls++;
  const { from = 1, times = Number.POSITIVE_INFINITY, code } = fault;
  if (calls < from || calls >= from + times) return null;
  if (mark !== undefined) mkdirSync(mark, { recursive: true });
  if (code === 'kill' && operation !== 'write') killed();
  return Object.assign(new Error(`${code}: injected, ${operation} '${path}'`), {
    code,
    syscall: operation,
    path,
  });
}

/** Ends this process, so that nothing follows. */
function killed() {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** The operation of each function. Functions of handles and descriptors have no path argument. */
const byPath = {
  rename: 'rename',
  link: 'link',
  mkdir: 'mkdir',
  readdir: 'readdir',
  stat: 'stat',
  rm: 'rm',
  unlink: 'rm',
  copyFile: 'copy',
};
const ofHandle = {
  ...{ read: 'read', readFile: 'read', write: 'write', writeFile: 'write', appendFile: 'write' },
  ...{ sync: 'sync', datasync: 'sync', stat: 'stat', close: 'close' },
};
const ofDescriptor = { read: 'read', write: 'write', fsync: 'sync', fdatasync: 'sync', close: 'close' };

/** Half of the data to write; nothing if the data are an iterable. */
const half = (data) => {
  const bytes = typeof data === 'string' || ArrayBuffer.isView(data) ? Buffer.from(data) : Buffer.alloc(0);
  return bytes.subarray(0, bytes.length >> 1);
};

/** A handle whose methods may fail. */
function failing(handle, path) {
  const write = handle.write.bind(handle);
  for (const [name, operation] of Object.entries(ofHandle)) {
    const real = handle[name].bind(handle);
    handle[name] = async (...args) => {
      const error = errorOf(operation, path);
      if (error === null) return real(...args);
      if (operation === 'write') await write(half(args[0]));
      if (error.code === 'kill') killed();
      // Close it anyway, as the system does.
      if (operation === 'close') await real();
      throw error;
    };
  }
  return handle;
}

const { open: openHandle, writeFile, appendFile, readFile } = fs.promises;
fs.promises.open = async (path, ...args) => {
  const error = errorOf('open', path);
  if (error !== null) throw error;
  return failing(await openHandle(path, ...args), path);
};
// These functions open files without calling those above.
for (const [name, real, flags] of [
  ['writeFile', writeFile, 'w'],
  ['appendFile', appendFile, 'a'],
  ['readFile', readFile, 'r'],
]) {
  fs.promises[name] = async (path, ...args) => {
    // An open handle has its own wrapped methods.
    if (typeof path === 'object' && name in path) return path[name](...args);
    const error = errorOf('open', path) ?? errorOf(name === 'readFile' ? 'read' : 'write', path);
    if (error === null) return real(path, ...args);
    if (error.syscall === 'write') {
      const handle = await openHandle(path, flags);
      await handle.write(half(args[0])).finally(() => handle.close());
      if (error.code === 'kill') killed();
    }
    throw error;
  };
}
for (const [name, operation] of Object.entries(byPath)) {
  const real = fs.promises[name];
  fs.promises[name] = async (path, ...args) => {
    const error = errorOf(operation, path) ?? (args[0] === undefined ? null : errorOf(operation, args[0]));
    if (error !== null) throw error;
    return real(path, ...args);
  };
}

/** The path of each open descriptor. */
const paths = new Map();
const { open, openSync, rename } = fs;
fs.openSync = (path, ...args) => {
  const error = errorOf('open', path);
  if (error !== null) throw error;
  const descriptor = openSync(path, ...args);
  paths.set(descriptor, path);
  return descriptor;
};
fs.open = (path, ...args) => {
  const done = args.pop();
  const error = errorOf('open', path);
  if (error !== null) return process.nextTick(done, error);
  return open(path, ...args, (failed, descriptor) => {
    if (failed === null) paths.set(descriptor, path);
    done(failed, descriptor);
  });
};
fs.rename = (from, to, done) => {
  const error = errorOf('rename', from) ?? errorOf('rename', to);
  return error === null ? rename(from, to, done) : process.nextTick(done, error);
};
for (const [name, operation] of Object.entries(ofDescriptor)) {
  const [real, realSync] = [fs[name], fs[`${name}Sync`]];
  fs[name] = (descriptor, ...args) => {
    const error = errorOf(operation, paths.get(descriptor));
    return error === null ? real(descriptor, ...args) : process.nextTick(args.at(-1), error);
  };
  fs[`${name}Sync`] = (descriptor, ...args) => {
    const error = errorOf(operation, paths.get(descriptor));
    if (error !== null) throw error;
    return realSync(descriptor, ...args);
  };
}
syncBuiltinESMExports();
