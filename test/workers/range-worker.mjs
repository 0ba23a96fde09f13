/** The worker from its source: what the tests start, where users start the built one. */

import { register } from 'tsx/esm/api';

register();
await import('../../packages/sqlite/src/range-worker.ts');
