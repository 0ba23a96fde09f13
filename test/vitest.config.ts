/**
 * One vitest configuration for every suite in the workspace: unit tests beside each package and the cross-package tests here.
 * Workspace packages resolve to their sources, so that no test waits for a build; `test/built` has its own configuration.
 */

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { reporters } from './reporters.js';
// The one list of package names and their sources is the one that the type check uses.
import typeCheck from './tsconfig.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root,
  cacheDir: `${root}.cache/vite`,
  resolve: {
    // Exact matches, so that `@countersign/audit` does not swallow `@countersign/audit/verify`.
    alias: Object.entries(typeCheck.compilerOptions.paths).map(([name, files]) => ({
      find: new RegExp(`^${name}$`),
      replacement: `${root}${files[0]}`,
    })),
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/built/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: reporters(),
  },
});
