/** Which programs prove by what they are given, rather than by their flags alone, that they only read. Pure data. */

import type { Call } from '../walk.js';
import { provesCypherRead } from './cypher.js';
import { provesDatabaseRead } from './databases.js';
import { provesGraphqlRead } from './graphql.js';
import { provesMongoRead, provesRedisRead } from './stores.js';

/** Whether a call is proven to only read by the statements that it is given. */
export function provesRead(call: Call): boolean {
  return (PROOFS.get(call.name) ?? provesDatabaseRead)(call);
}

const PROOFS: ReadonlyMap<string, (call: Call) => boolean> = new Map([
  ['cypher-shell', provesCypherRead],
  ['redis-cli', provesRedisRead],
  ['valkey-cli', provesRedisRead],
  ['mongosh', provesMongoRead],
  ['mongo', provesMongoRead],
  ['gh', provesGraphqlRead],
  ['glab', provesGraphqlRead],
]);
