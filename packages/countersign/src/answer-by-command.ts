/**
 * How a person answers a request that no channel could show. Pure.
 */

import { defaultDatabasePath } from './paths.js';

/** The command to type at a terminal of this machine, as the end of a sentence. */
export function answerByCommand(id: string, path: string): string {
  const db = path === defaultDatabasePath() ? '' : ` --db '${path.replaceAll("'", "'\\''")}'`;
  return `with \`countersign approve show ${id}${db}\`, and then \`approve\` or \`reject\` instead of \`show\``;
}
