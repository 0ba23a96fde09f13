/** Stamps: a digest of what a step read, kept from the last time it succeeded. Same digest, nothing to do. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheDir } from './workspace.mjs';

/** A digest over texts and over files (folders are read through), which need not exist. */
export function digestOf({ texts = [], files = [] }) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:${text}\n`);
  for (const file of files.flatMap(filesBelow)) {
    const bytes = readFileSync(file);
    hash.update(`${file.length}:${file}:${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** Whether the step called `name` last succeeded with this digest. */
export function isStamped(name, digest) {
  const file = stampFile(name);
  return existsSync(file) && readFileSync(file, 'utf8') === digest;
}

export function writeStamp(name, digest) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), digest);
}

/** Taken away before a step starts, so that a step that was interrupted counts as not done. */
export function removeStamp(name) {
  rmSync(stampFile(name), { force: true });
}

function stampFile(name) {
  return join(cacheDir, 'stamps', name.replace(/[^a-z0-9-]/g, '_'));
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((entry) => filesBelow(join(path, entry)));
}
