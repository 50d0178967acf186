#!/usr/bin/env node
import module from 'node:module';

// Node >= 22 can cache compiled code between runs, which makes the program start faster.
module.enableCompileCache?.();
const { main } = await import('../dist/src/cli/main.js');
await main(process.argv.slice(2));
