/** What someone who installed the packages can import, against what the sources export. */

import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { createTemporaryProject, entryPoints, packageDirs } from './temporary-project.js';

const project = createTemporaryProject();
afterAll(() => project.remove());

describe.each(entryPoints())('$name', ({ name, types, source }) => {
  test('loads by name outside the checkout and exports what its source exports', async () => {
    const printed = project.run(`console.log(JSON.stringify(Object.keys(await import('${name}')).sort()))`);
    const expected = Object.keys(await import(/* @vite-ignore */ source)).sort();
    expect(expected).not.toEqual([]);
    expect(JSON.parse(printed)).toEqual(expected);
  });

  test('comes with type declarations', () => {
    expect(existsSync(types)).toBe(true);
  });
});

test('the installed packages wrap a tool, record its call, answer a query and verify the log', () => {
  const code = readFileSync(new URL('./round-trip.mjs', import.meta.url), 'utf8');
  expect(project.run(code)).toBe('wrapped, called, queried and verified\n');
});

test('every package has an entry point', () => {
  expect(new Set(entryPoints().map((each) => each.dir))).toEqual(new Set(packageDirs()));
});
