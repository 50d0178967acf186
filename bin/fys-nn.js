#!/usr/bin/env node
import module from 'node:module';

// Node >= 22 keeps compiled code between runs: a faster start.
module.enableCompileCache?.();
const { main } = await import('../dist/src/cli/main.js');
await main(process.argv.slice(2));
