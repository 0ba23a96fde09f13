/** Who may import whom: the table of the architecture as data. What is not listed is forbidden. */

export interface Layer {
  /** Workspace packages that this one may import, and may name in its package.json. */
  readonly siblings: readonly string[];
  /** Packages from the npm registry, the same way. */
  readonly libraries: readonly string[];
  /** Node built-ins, with `node:`; `any` where the package is allowed to touch the machine. */
  readonly builtins: readonly string[] | 'any';
  /** Globals that it must do without. */
  readonly forbiddenGlobals: readonly string[];
  /** The one file that may use them, because it hands them to everyone else. */
  readonly environmentFile?: string;
}

/** A clock, randomness, timers and the network arrive through `Environment`. Waiting for the event loop's next turn is no timer. */
const ambient = [
  'new Date()',
  'Date.now',
  'Math.random',
  'fetch',
  'performance',
  'setInterval',
  'setTimeout',
  'WebSocket',
  'XMLHttpRequest',
];

/** Whatever else makes an answer depend on more than the arguments. */
const impure = [...ambient, 'globalThis', 'process', 'setImmediate'];

export const layers: Readonly<Record<string, Layer>> = {
  core: {
    siblings: [],
    libraries: [],
    builtins: ['node:async_hooks', 'node:buffer', 'node:crypto', 'node:timers', 'node:util'],
    forbiddenGlobals: ambient,
    environmentFile: 'src/environment.ts',
  },
  // It runs in a page as well, where there is no Buffer.
  tlog: { siblings: [], libraries: [], builtins: [], forbiddenGlobals: [...impure, 'Buffer'] },
  classification: {
    siblings: ['@countersign/core'],
    libraries: ['@marcbachmann/cel-js', 'acorn', 'libpg-query', 'unbash', 'ipaddr.js', 'yaml', 'zod'],
    // node:module loads the parser of JavaScript when it is first needed.
    builtins: ['node:module', 'node:path', 'node:path/posix', 'node:path/win32', 'node:util', 'node:url'],
    forbiddenGlobals: impure,
  },
  approval: {
    siblings: ['@countersign/core'],
    libraries: ['@slack/socket-mode', '@slack/web-api', 'eventemitter3', 'ipaddr.js', 'nodemailer', 'zod'],
    builtins: [
      'node:crypto',
      'node:dns',
      'node:http',
      'node:https',
      'node:net',
      'node:path',
      'node:process',
      'node:readline',
      'node:readline/promises',
      'node:stream',
      'node:timers/promises',
      'node:tty',
      'node:util',
    ],
    forbiddenGlobals: ambient,
  },
  audit: {
    siblings: ['@countersign/core', '@countersign/tlog', '@countersign/classification', '@countersign/approval'],
    libraries: ['@sigstore/core', 'yaml', 'zod'],
    builtins: 'any',
    forbiddenGlobals: ambient,
  },
  sqlite: {
    siblings: ['@countersign/core', '@countersign/approval', '@countersign/audit'],
    libraries: ['better-sqlite3', 'zod'],
    builtins: 'any',
    forbiddenGlobals: ambient,
  },
  countersign: {
    siblings: [
      '@countersign/core',
      '@countersign/tlog',
      '@countersign/classification',
      '@countersign/classification/policy-file',
      '@countersign/approval',
      '@countersign/audit',
      '@countersign/sqlite',
    ],
    libraries: ['better-sqlite3', 'cli-table3', 'commander', 'picocolors', 'zod'],
    builtins: 'any',
    forbiddenGlobals: [],
  },
};

/** What importing the classifier loads: policy files are a subpath of their own. */
export const classifierItself: Layer = {
  siblings: ['@countersign/core'],
  libraries: ['acorn', 'unbash', 'ipaddr.js'],
  builtins: ['node:module', 'node:path', 'node:path/posix', 'node:path/win32', 'node:util', 'node:url'],
  forbiddenGlobals: impure,
};

/** The read side of the log (`audit/src/verify`), with every file of audit that it reaches. */
export const readSide: Layer = {
  siblings: ['@countersign/core', '@countersign/tlog', '@countersign/approval'],
  libraries: ['zod'],
  builtins: ['node:buffer', 'node:crypto', 'node:util'],
  forbiddenGlobals: impure,
};

/** What `@countersign/approval` itself loads (`approval/src/index.ts`): the channels that use a network have entry points of their own. */
export const approvalFront: Layer = {
  siblings: ['@countersign/core'],
  libraries: ['eventemitter3', 'zod'],
  builtins: ['node:crypto', 'node:path', 'node:readline', 'node:stream', 'node:timers/promises', 'node:util'],
  forbiddenGlobals: ambient,
};

/** Files of audit that the read side must not reach: they hold a store, or write. */
export const writeSideFiles: readonly string[] = [
  'store.ts',
  'memory-store.ts',
  'audit-log.ts',
  'gate.ts',
  'with-audit.ts',
  'testing.ts',
];
