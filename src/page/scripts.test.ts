import { expect, test } from '@jest/globals';
import { moduleScripts } from './scripts.ts';

test('every import of the page names a module that the page holds, from no file', async () => {
  const { markup } = await moduleScripts();
  const map = JSON.parse(/<script type="importmap">(.*?)<\/script>/s.exec(markup)![1]);
  const names = Object.keys(map.imports);
  expect(names).toContain('fys-nn/kernels/wasm.js');
  expect(markup).toContain("import 'fys-nn/page/browser/main.js'");
  for (const address of Object.values<string>(map.imports)) {
    const text = Buffer.from(address.split(',')[1], 'base64').toString();
    for (const [, specifier] of text.matchAll(/^(?:import|export)\b[^;]*?'([^']+)';$/gm)) {
      expect(names).toContain(specifier);
    }
  }
});
