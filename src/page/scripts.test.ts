import { expect, test } from '@jest/globals';
import { moduleScripts } from './scripts.ts';

test('every import of the page names a module that the page holds, from no file', async () => {
  const { markup } = await moduleScripts();
  const map = JSON.parse(/<script type="importmap">(.*?)<\/script>/s.exec(markup)![1]);
  const names = Object.keys(map.imports);
  expect(names).toContain('fys-nn/kernels/wasm.js');
  expect(markup).toContain("import 'fys-nn/page/browser/main.js'");
  const texts = Object.values<string>(map.imports).map((address) =>
    Buffer.from(address.split(',')[1], 'base64').toString(),
  );
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/^(?:import|(?:import|export) [^;]*?\bfrom) '([^']+)';$/gm)].map((match) => match[1]),
  );
  expect(imported).toContain('fys-nn/kernels/kernels.js');
  expect(imported.filter((name) => !names.includes(name))).toEqual([]);
});
