/**
 * Builds the program tables of the classifier into JSON texts. As JavaScript they are most of what importing the package
 * costs; as text they cost next to nothing until one is parsed. Replaces `shell/programs/tables.ts`, which says the same of
 * the sources.
 */

import { dirname, join } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

export const programTables: Plugin = {
  name: 'program-tables',
  setup(build) {
    build.onLoad({ filter: /[\\/]programs[\\/]tables\.ts$/ }, async ({ path }) => {
      const families = await loadFamilies(build.esbuild, join(dirname(path), 'families.ts'));
      const tables = Object.values(families).map(({ programs }) => tableOf(programs));
      return { contents: `${READ}export const TABLES = [\n${tables.join(',\n')}\n];\n`, loader: 'js' };
    });
  },
};

const READ = `const table = (names, text) => ({ names: names.split('|'), read: () => JSON.parse(text) });\n`;

/** The tables as data: bundled into one module and run. */
async function loadFamilies(esbuild: Parameters<Plugin['setup']>[0]['esbuild'], file: string) {
  const { outputFiles } = await esbuild.build({ entryPoints: [file], bundle: true, format: 'esm', write: false });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  const { PROGRAM_FAMILIES } = await import(`data:text/javascript;base64,${code}`);
  return PROGRAM_FAMILIES as Record<string, { readonly programs: object }>;
}

function tableOf(programs: object): string {
  const text = JSON.stringify(programs, (_, value) =>
    value instanceof RegExp ? { source: value.source, flags: value.flags } : value,
  );
  return `table(${JSON.stringify(Object.keys(programs).join('|'))}, ${JSON.stringify(text)})`;
}
