/** Checks a file's imports and globals against its layer. Answers lines like `core/src/x.ts:3 imports zod`. */

import { posix } from 'node:path';
import type { Layer } from './layer-table.js';
import type { ParsedSource, Reference } from './source-file.js';

/** `file` is relative to the folder of the package, with forward slashes: `src/verify/report.ts`. */
export function checkLayer(packageName: string, file: string, source: ParsedSource, layer: Layer): readonly string[] {
  const at = (reference: Reference, what: string) =>
    `${packageName}/${file}:${reference.line} ${what} ${reference.name}`;
  const imports = source.imports
    .filter((each) => !mayImport(file, each.name, layer))
    .map((each) => at(each, 'imports'));
  const forbidden = file === layer.environmentFile ? [] : layer.forbiddenGlobals;
  const globals = source.globals.filter((each) => forbidden.includes(each.name)).map((each) => at(each, 'uses'));
  return [...imports, ...globals];
}

/** The file that a relative import names, relative to the package: `./report.js` in `src/verify/index.ts` is `src/verify/report.ts`. */
export function resolveRelative(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
}

/** `@countersign/audit/verify` belongs to `@countersign/audit`, `zod/v4` to `zod`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function mayImport(file: string, specifier: string, layer: Layer): boolean {
  if (specifier.startsWith('.')) return resolveRelative(file, specifier).startsWith('src/');
  if (specifier.startsWith('node:')) return layer.builtins === 'any' || layer.builtins.includes(specifier);
  const owner = packageOf(specifier);
  // What a package offers to tests is no part of a program, except of what another package offers to tests.
  if (specifier === `${owner}/testing` && !file.startsWith('src/testing')) return false;
  return layer.siblings.includes(owner) || layer.libraries.includes(owner);
}
