/** What the classifier asks of PostgreSQL's own parser. Pure types. */

import type { JsonValue } from '@countersign/core';

/** PostgreSQL's own parser, made by `loadPostgresParser()` of `@countersign/classification/postgres`. */
export interface PostgresParser {
  /** The statements as the server would read them, in the form of `libpg-query`; `undefined` where it would refuse the text. */
  parse(sql: string): JsonValue | undefined;
}
