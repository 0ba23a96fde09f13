/**
 * Writes all vectors but those of single entries. Run it only when the format changes on purpose:
 *
 *   npx tsx --tsconfig test/tsconfig.json test/vectors/generate.ts
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { vectorFiles } from './vector-files.js';

const DIRECTORY = new URL('./', import.meta.url);

rmSync(new URL('logs/', DIRECTORY), { recursive: true, force: true });
mkdirSync(new URL('logs/', DIRECTORY), { recursive: true });
for (const [name, content] of vectorFiles()) writeFileSync(new URL(name, DIRECTORY), content);
