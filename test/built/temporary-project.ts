/** A project outside the checkout that has the built packages installed, as links. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packagesDir = fileURLToPath(new URL('../../packages', import.meta.url));

/** One importable name: `@countersign/audit/verify`, its compiled file and its source file. */
export interface EntryPoint {
  readonly name: string;
  readonly dir: string;
  readonly types: string;
  readonly source: string;
}

export interface TemporaryProject {
  readonly dir: string;
  /** Runs an ES module in the project and answers what it printed. A failure throws with the module's stderr. `input` is what it reads. */
  run(code: string, input?: string): string;
  remove(): void;
}

/** The folders of all packages. */
export function packageDirs(): readonly string[] {
  return readdirSync(packagesDir).map((name) => join(packagesDir, name));
}

/** Every entry point that a package's `exports` names with types; `./package.json` is not one. */
export function entryPoints(): readonly EntryPoint[] {
  return packageDirs().flatMap((dir) => {
    const manifest: { name: string; exports: Record<string, string | { types: string }> } = readManifest(dir);
    return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
      if (typeof target === 'string') return [];
      const source = target.types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts');
      return [{ name: join(manifest.name, subpath), dir, types: join(dir, target.types), source: join(dir, source) }];
    });
  });
}

export function createTemporaryProject(): TemporaryProject {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-built-'));
  for (const packageDir of packageDirs()) linkPackage(dir, packageDir);
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'someone-elses-project', type: 'module' }));
  return {
    dir,
    run: (code, input = '') => {
      writeFileSync(join(dir, 'main.js'), code);
      return execFileSync(process.execPath, ['main.js'], { cwd: dir, encoding: 'utf8', stdio: 'pipe', input });
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function readManifest(dir: string) {
  return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
}

function linkPackage(projectDir: string, packageDir: string): void {
  const link = join(projectDir, 'node_modules', readManifest(packageDir).name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(packageDir, link, 'junction');
}
