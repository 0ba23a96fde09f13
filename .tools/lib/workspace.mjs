/** Where things are: the root of the checkout, its cache, and the packages in the order in which they build. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const cacheDir = join(root, '.cache');

/** Every package under `packages/`, dependencies before dependents: `{ name, dir, manifest, siblings }`. */
export function packagesInBuildOrder() {
  const all = manifestsBelow('packages');
  const names = new Set(all.map((each) => each.name));
  for (const each of all)
    each.siblings = Object.keys(each.manifest.dependencies ?? {}).filter((name) => names.has(name));
  return sortByDependency(all);
}

/** The files named by a package's `exports` and `bin`, relative to the package. */
export function entryFilesOf(manifest) {
  const targets = Object.values(manifest.exports ?? {}).flatMap((each) =>
    typeof each === 'string' ? [each] : Object.values(each),
  );
  return targets.concat(Object.values(manifest.bin ?? {}));
}

/** Every package.json that decides what gets installed. */
export function manifestFiles() {
  const below = [...manifestsBelow('packages'), ...manifestsBelow('examples')].map((each) =>
    join(each.dir, 'package.json'),
  );
  return [join(root, 'package.json'), ...below];
}

function manifestsBelow(folder) {
  const parent = join(root, folder);
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .map((entry) => join(parent, entry))
    .filter((dir) => existsSync(join(dir, 'package.json')))
    .map((dir) => {
      const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
      return { name: manifest.name, dir, manifest, siblings: [] };
    });
}

function sortByDependency(packages) {
  const sorted = [];
  const rest = [...packages];
  while (rest.length > 0) {
    const next = rest.findIndex((each) => each.siblings.every((name) => sorted.some((done) => done.name === name)));
    if (next < 0)
      throw new Error(`packages depend on each other in a circle: ${rest.map((each) => each.name).join(', ')}`);
    sorted.push(...rest.splice(next, 1));
  }
  return sorted;
}
