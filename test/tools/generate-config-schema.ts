/**
 * Writes the JSON Schema of the configuration:
 *
 *   npx tsx --tsconfig test/tsconfig.json test/tools/generate-config-schema.ts
 */

import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '@countersign/audit';

const path = new URL('../../packages/countersign/schemas/audit.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
