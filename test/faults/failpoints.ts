/**
 * Lets this process kill itself at a step of a commit. Nothing in the product knows of it: the statements of the database driver
 * and the functions of the file system are wrapped from outside, in the process under test only.
 */

import fs from 'node:fs';
import promises from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';

/** Where to die. */
export interface Failpoint {
  /** The next time that this step is reached, the process dies; undefined: it lives. */
  arm(step: string): void;
  /** Says that a step has been reached. */
  reach(step: string): void;
}

/** Wraps the driver and the file system. */
export function installFailpoints(): Failpoint {
  let armed: string | undefined;
  const reach = (step: string): void => {
    if (armed === step) process.kill(process.pid, 'SIGKILL');
  };
  wrapStatements(reach);
  wrapFiles(reach);
  wrapKeys(reach);
  return {
    arm: (step) => {
      armed = step;
    },
    reach,
  };
}

type Reach = (step: string) => void;

/** SQL text, the step that is reached before it, and the one after it. */
const STATEMENTS: readonly (readonly [RegExp, string, string])[] = [
  [/^BEGIN IMMEDIATE/, 'before-lock', 'locked'],
  [/^INSERT INTO entries/, 'before-insert', 'leaves-inserted'],
  [/^COMMIT/, 'before-commit', 'committed'],
];

interface Statement {
  readonly source: string;
  run(...parameters: readonly unknown[]): unknown;
}

function wrapStatements(reach: Reach): void {
  const require = createRequire(new URL('../../packages/sqlite/package.json', import.meta.url));
  const Driver: new (file: string) => { prepare(sql: string): Statement; close(): void } = require(DRIVER);
  const database = new Driver(':memory:');
  const prototype: Statement = Object.getPrototypeOf(database.prepare('SELECT 1'));
  database.close();
  const run = prototype.run;
  // Reads come between a BEGIN and a COMMIT as well; only those of a write transaction are a commit.
  let isWriting = false;
  let isMaking = false;
  prototype.run = function (this: Statement, ...parameters) {
    if (/^BEGIN EXCLUSIVE/.test(this.source)) isMaking = true;
    if (isMaking && /^COMMIT/.test(this.source)) {
      reach('before-schema-commit');
      const made = run.apply(this, [...parameters]);
      reach('schema-committed');
      isMaking = false;
      return made;
    }
    const [, before = '', after = ''] = STATEMENTS.find(([pattern]) => pattern.test(this.source)) ?? [];
    if (before === 'before-lock') isWriting = true;
    if (isWriting) reach(before);
    const result = run.apply(this, [...parameters]);
    if (isWriting) reach(after);
    if (after === 'committed') isWriting = false;
    return result;
  };
}

/** Named here only: the workspace's root does not depend on it, so it is resolved from the package that does. */
const DRIVER = 'better-sqlite3';

/** What is written for the mark. */
function wrapFiles(reach: Reach): void {
  const { symlinkSync, writeFileSync, renameSync, unlinkSync, fsync } = fs;
  fs.symlinkSync = (target, path, type) => {
    reach('before-mark-lock');
    symlinkSync(target, path, type);
    reach('mark-locked');
  };
  fs.writeFileSync = (file, data, options) => {
    writeFileSync(file, data, options);
    if (String(file).endsWith('.tmp')) reach('mark-temporary-written');
  };
  fs.renameSync = (from, to) => {
    // Keys are put in their place by a rename as well.
    const isMark = String(to).endsWith('mark');
    if (isMark) reach('before-mark-rename');
    renameSync(from, to);
    if (isMark) reach('mark-renamed');
  };
  fs.unlinkSync = (path) => {
    unlinkSync(path);
    if (String(path).endsWith('.lock')) reach('mark-unlocked');
  };
  const flush = (file: number, callback: fs.NoParamCallback): void => {
    reach('before-mark-flush');
    fsync(file, (error) => {
      reach('mark-flushed');
      callback(error);
    });
  };
  Object.defineProperty(fs, 'fsync', { value: flush, writable: true });
  syncBuiltinESMExports();
}

/** Keys are put in their place by a second name for a file that is whole: the first, the second and so on. */
function wrapKeys(reach: Reach): void {
  const { link } = promises;
  let count = 0;
  promises.link = async (from, to) => {
    count += 1;
    reach(`before-key-${count}`);
    await link(from, to);
    reach(`key-${count}-placed`);
  };
  syncBuiltinESMExports();
}
