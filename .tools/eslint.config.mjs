/** Only the rules about promises, which need types. Everything else is Biome's. */

import { fileURLToPath } from 'node:url';
import { parser, plugin } from 'typescript-eslint';

const root = fileURLToPath(new URL('..', import.meta.url));

export default [
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.cache/**'] },
  {
    files: ['packages/*/src/**/*.ts', 'packages/*/test/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts'],
    languageOptions: {
      parser,
      parserOptions: { project: ['test/tsconfig.json'], tsconfigRootDir: root },
    },
    plugins: { '@typescript-eslint': plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // Inside try, an answer that is returned without await skips the catch.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
    },
  },
];
