/** What the built classifier must keep to: no native code, a bounded size, nothing loaded that a call does not need, and the answers of its sources. */

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { classifyShell } from '../../packages/classification/src/index.js';
import { createTemporaryProject, packageDirs } from './temporary-project.js';

/** Own code and tables, in bytes, without source maps and types. */
const MAX_CODE_BYTES = 1_000_000;

const dir = packageDirs().find((each) => each.endsWith('classification')) ?? '';
const dist = join(dir, 'dist');
const project = createTemporaryProject();
afterAll(() => project.remove());

describe('the built classifier', () => {
  test(`has under ${MAX_CODE_BYTES} bytes of code and tables`, () => {
    const code = filesBelow(dist).filter((file) => file.endsWith('.js'));
    const bytes = code.reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(MAX_CODE_BYTES);
  });

  test('loads neither zod nor yaml nor an expression language', () => {
    expect([...importsFrom(join(dist, 'index.js'))].filter((name) => !name.startsWith('node:')).sort()).toEqual([
      '@countersign/core',
      'ipaddr.js',
      'unbash',
    ]);
  });

  test('needs no native code and no script at installation', () => {
    const installed = dependencyDirs(dir);
    expect(installed.length).toBeGreaterThan(4);
    for (const each of installed) {
      const { scripts = {}, gypfile }: Manifest = readJson(join(each, 'package.json'));
      const installs = Object.keys(scripts).filter((name) => /^(?:pre|post)?install$/.test(name));
      expect({ each, installs, gypfile }).toEqual({ each, installs: [], gypfile: undefined });
      expect(filesBelow(each).filter((file) => /\.node$|binding\.gyp$/.test(file))).toEqual([]);
    }
  });

  test('answers every labelled command as its sources do, from tables that were stored as text', () => {
    const rows = readFileSync(new URL('../classification/cases/shell.jsonl', import.meta.url), 'utf8').split('\n');
    const commands: readonly string[] = rows.filter((row) => row !== '').map((row) => JSON.parse(row).command);
    const code = `
      import { readFileSync } from 'node:fs';
      const { classifyShell } = await import('@countersign/classification');
      const commands = JSON.parse(readFileSync(0, 'utf8'));
      console.log(JSON.stringify(commands.map((command) => findingsOf(classifyShell(command)))));
      ${findingsOf.toString()}`;
    expect(JSON.parse(project.run(code, JSON.stringify(commands)))).toEqual(
      commands.map((command) => findingsOf(classifyShell(command))),
    );
  });
});

function findingsOf({ level, signals }: { level: string; signals: readonly { id: string }[] }) {
  return [level, ...signals.map(({ id }) => id)].join(' ');
}

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly gypfile?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The package itself and everything that is installed with it. */
function dependencyDirs(from: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(from)) return [...seen];
  seen.add(from);
  const { dependencies = {} }: Manifest = readJson(join(from, 'package.json'));
  for (const name of Object.keys(dependencies)) dependencyDirs(installedAt(name, from), seen);
  return [...seen];
}

function installedAt(name: string, from: string): string {
  const candidate = join(from, 'node_modules', name);
  return existsSync(candidate) ? realpathSync(candidate) : installedAt(name, dirname(from));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Every package that a module imports when it loads, through the files of its own folder. */
function importsFrom(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const names = new Set<string>();
  seen.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\b[^;'"]*["']([^"']+)["'];$/gm,
  )) {
    if (!specifier.startsWith('.')) names.add(specifier);
    else if (!seen.has(join(dirname(file), specifier)))
      for (const name of importsFrom(join(dirname(file), specifier), seen)) names.add(name);
  }
  return names;
}
