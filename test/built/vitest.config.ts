/** The suite over the built output: no aliases, so that names resolve as they do for someone who installed the packages. */

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { reporters } from '../reporters.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default defineConfig({
  root,
  cacheDir: `${root}.cache/vite-built`,
  test: {
    include: ['test/built/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: reporters(),
  },
});
