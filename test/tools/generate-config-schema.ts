/**
 * Writes the JSON Schemas of the configuration and of the policy file:
 *
 *   npx tsx --tsconfig test/tsconfig.json test/tools/generate-config-schema.ts
 */

import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '@countersign/audit';
import { policyJsonSchema } from '../../packages/countersign/src/policy/file-schema.js';

function write(name: string, schema: object): void {
  const path = new URL(`../../packages/countersign/schemas/${name}`, import.meta.url);
  writeFileSync(path, `${JSON.stringify(schema, undefined, 2)}\n`);
}

write('audit.schema.json', configJsonSchema());
write('policy.schema.json', policyJsonSchema());
