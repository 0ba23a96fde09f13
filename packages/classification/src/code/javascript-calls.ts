/**
 * What functions of JavaScript do, by their full names: those of Node, Deno, Bun and of well-known packages. Sources: the
 * documentation of each. `Sync` at the end of a name, `node:` before a module, and `promises` within one make no difference. Pure.
 */

import type { CodeFinding } from './reading.js';

/** What a call of a function comes to. */
export type CallMeaning =
  | { readonly kind: 'command'; readonly form: 'line' | 'words' }
  | { readonly kind: 'code' }
  | { readonly kind: 'path'; readonly access: 'read' | 'write' | 'delete' | 'delete-tree'; readonly at: number }
  | { readonly kind: 'request' }
  | { readonly kind: 'finding'; readonly finding: Omit<CodeFinding, 'start' | 'end'> };

/** What the function of this full name does; undefined for one that is not known to do anything of concern. */
export function meaningOf(path: string): CallMeaning | undefined {
  return MEANINGS.get(path) ?? prefixMeaning(path);
}

/** The name without what makes no difference: globals' owner, `node:`, `promises`, `default`, `Sync`. */
export function plainPath(path: string): string {
  return path
    .replace(/^(?:globalThis|window|self|global|frames|top)\.(?=.)/, '')
    .replace(/\.default(?=\.|$)/g, '')
    .replace(/^node:/, '')
    .replace(/^(fs|dns|stream|timers)[./]promises(?=\.|$)/, '$1')
    .replace(/^(?:graceful-fs|fs-extra|mz\/fs|memfs)(?=\.|$)/, 'fs')
    .replace(/^cross-spawn(?=\.|$)/, 'child_process.spawn')
    .replace(/Sync$/, '')
    .replace(/\.(?:call|apply|bind)$/, '');
}

const finding = (
  id: string,
  level: CodeFinding['level'],
  text: string,
  effects: CodeFinding['effects'],
): CallMeaning => ({ kind: 'finding', finding: { id, level, text, effects } });

const INTERNALS = finding('internals', 'destructive', 'Reaches past the limits of a sandbox.', ['exec']);
const NETWORK = finding('network', 'moderate', 'Uses the network.', ['net.egress']);
const LISTEN = finding('listen', 'moderate', 'Listens on the network.', ['net.listen']);
const KILL = finding('kill', 'moderate', 'Sends a signal to a process.', ['exec']);
const CODE: CallMeaning = { kind: 'code' };
const LINE: CallMeaning = { kind: 'command', form: 'line' };
const WORDS: CallMeaning = { kind: 'command', form: 'words' };
const REQUEST: CallMeaning = { kind: 'request' };
const at = (access: 'read' | 'write' | 'delete' | 'delete-tree', position = 0): CallMeaning => ({
  kind: 'path',
  access,
  at: position,
});

const MEANINGS: ReadonlyMap<string, CallMeaning> = new Map<string, CallMeaning>(
  (
    [
      [
        'eval Function AsyncFunction vm.runInThisContext vm.runInNewContext vm.runInContext vm.Script vm.compileFunction vm.SourceTextModule execScript',
        CODE,
      ],
      ['child_process.exec shelljs.exec execa.command execa.execaCommand execa.$ zx.$ bun.$ Bun.$ $ cp.exec', LINE],
      [
        'child_process.execFile child_process.spawn child_process.fork execa execa.execa Bun.spawn bun.spawn Deno.run Deno.Command node-pty.spawn cluster.fork',
        WORDS,
      ],
      ['fs.unlink Deno.remove shelljs.rm fs.rmdir fs.remove', at('delete')],
      [
        'fs.rm rimraf rimraf.rimraf rimraf.rimraf.rimraf rimraf.sync fs.emptyDir fs.emptydir del del.deleteAsync del.delete',
        at('delete-tree'),
      ],
      [
        'fs.writeFile fs.appendFile fs.createWriteStream fs.truncate fs.chmod fs.chown fs.lchown fs.utimes fs.outputFile fs.outputJson fs.writeJson Deno.writeTextFile Deno.writeFile Deno.truncate Deno.chmod Bun.write write-file-atomic',
        at('write'),
      ],
      [
        'fs.rename fs.copyFile fs.cp fs.copy fs.move fs.symlink fs.link Deno.rename Deno.copyFile Deno.symlink Deno.link',
        at('write', 1),
      ],
      [
        'fs.readFile fs.createReadStream fs.readdir fs.readlink fs.opendir fs.readJson Deno.readTextFile Deno.readFile Deno.readDir Bun.file',
        at('read'),
      ],
      [
        'fetch axios got node-fetch undici.fetch undici.request undici.stream http.get http.request https.get https.request ky superagent needle request phin bent navigator.sendBeacon EventSource WebSocket ws Deno.upgradeWebSocket',
        REQUEST,
      ],
      [
        'net.connect net.createConnection net.Socket tls.connect dgram.createSocket http2.connect dns.lookup dns.resolve dns.resolveTxt XMLHttpRequest Deno.connect Deno.connectTls nodemailer.createTransport RTCPeerConnection',
        NETWORK,
      ],
      [
        'http.createServer https.createServer http2.createServer net.createServer tls.createServer Deno.serve Deno.listen Bun.serve',
        LISTEN,
      ],
      [
        'process.binding process._linkedBinding process.dlopen module._load module.constructor._load process.mainModule.constructor._load inspector.open v8.setFlagsFromString process.setuid process.setgid process.seteuid Bun.dlopen Deno.dlopen bun:ffi.dlopen',
        INTERNALS,
      ],
      ['process.kill Deno.kill', KILL],
    ] as const
  ).flatMap(([names, meaning]) => names.split(' ').map((name) => [name, meaning] as const)),
);

const PREFIXES: readonly (readonly [RegExp, CallMeaning])[] = [
  [/^(?:axios|got|ky|superagent|needle|request)\.(?:get|post|put|patch|delete|head|request|stream|all)$/, REQUEST],
  [/(?:^|\.)constructor(?:\.constructor|$)/, INTERNALS],
  [/^(?:Function|eval)\.prototype\b/, INTERNALS],
  [
    /^Reflect\.(?:construct|apply)$/,
    finding('reflection', 'moderate', 'Calls a function that is named while it runs.', ['exec']),
  ],
];

function prefixMeaning(path: string): CallMeaning | undefined {
  return PREFIXES.find(([pattern]) => pattern.test(path))?.[1];
}

/** Modules whose functions start programs: what is not known of them counts as the worst. */
export const STARTING_MODULES: ReadonlySet<string> = new Set([
  'child_process',
  'execa',
  'shelljs',
  'zx',
  'node-pty',
  'cross-spawn',
]);

/** Owners of functions whose names must be known: what is called on them by a name that is not known may be anything. */
export const POWERFUL_OWNERS: ReadonlySet<string> = new Set([
  ...STARTING_MODULES,
  'fs',
  'vm',
  'process',
  'globalThis',
  'global',
  'window',
  'self',
  'module',
  'require',
  'Deno',
  'Bun',
]);
