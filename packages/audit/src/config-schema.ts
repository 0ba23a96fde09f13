/**
 * The JSON Schema of the configuration, for editors. Pure.
 */

import { z } from 'zod';
import { configSchema } from './config.js';

/** The schema, as the package publishes it. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
}
