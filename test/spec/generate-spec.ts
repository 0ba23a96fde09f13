/**
 * Writes the generated parts of the specification:
 *
 *   npx tsx --tsconfig test/tsconfig.json test/spec/generate-spec.ts
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { withSections } from './spec-sections.js';

const SPEC = new URL('../../docs/spec.md', import.meta.url);

writeFileSync(SPEC, withSections(readFileSync(SPEC, 'utf8')));
