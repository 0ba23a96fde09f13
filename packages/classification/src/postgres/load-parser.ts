/**
 * Loads `libpg-query`, PostgreSQL's own parser compiled to WebAssembly: an optional peer dependency, loaded when this is
 * called and at no other time.
 */

import { ConfigError, type JsonValue } from '@countersign/core';
import type { PostgresParser } from '../sql/postgres-parser.js';

/**
 * Loads the parser, for the option `postgres` of a classifier. Loading takes a moment; parsing is synchronous.
 * @throws ConfigError `OPTION_INVALID` where `libpg-query` is not installed.
 */
export async function loadPostgresParser(): Promise<PostgresParser> {
  const { loadModule, parseSync } = await importParser();
  await loadModule();
  return {
    parse(sql) {
      // The parser ends at a NUL character, where the classifier does not.
      if (sql.includes('\0')) return undefined;
      try {
        const tree: unknown = parseSync(sql);
        return isJson(tree) ? tree : undefined;
      } catch {
        // A syntax error, or nesting that its stack cannot hold: either way there is no reading to rely on.
        return undefined;
      }
    },
  };
}

async function importParser() {
  try {
    return await import('libpg-query');
  } catch (cause) {
    throw new ConfigError('OPTION_INVALID', 'The parser of PostgreSQL could not be loaded', {
      cause,
      hint: 'Install libpg-query 18 beside @countersign/classification.',
    });
  }
}

/** The parser answers what `JSON.parse` gave it, so that looking at the outermost value tells enough. */
function isJson(value: unknown): value is JsonValue {
  return typeof value === 'object' && value !== null;
}
