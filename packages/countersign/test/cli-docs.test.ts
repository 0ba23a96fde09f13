/** The pages about the command, held against the program. */

import { readFileSync } from 'node:fs';
import { FINDINGS } from '@countersign/audit/verify';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { PINNED_CODES } from '../src/cli/exit-codes.js';
import { createProgram } from '../src/cli/program.js';

const page = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

const program = createProgram({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: {},
  home: '/',
  version: '0',
  signal: new AbortController().signal,
  exitWith: () => undefined,
});
const commands: readonly Command[] = [program, ...program.commands];

describe('docs/command-line.md', () => {
  const text = page('command-line.md');

  test.each(program.commands.map((command) => command.name()))('has a section about %s', (name) => {
    expect(text).toContain(`\n## ${name}\n`);
  });

  test('names every option', () => {
    const flags = commands.flatMap(({ options }) =>
      options.flatMap(({ long }) => (long === '--version' || !long ? [] : [long])),
    );
    expect(flags.filter((flag) => !text.includes(flag))).toEqual([]);
  });
});

describe('docs/troubleshooting.md', () => {
  const text = page('troubleshooting.md');

  test('has a heading for every code that the command ends with', () => {
    expect(PINNED_CODES.length).toBeGreaterThan(20);
    expect(PINNED_CODES.filter((code) => !text.includes(`\n### ${code}\n`))).toEqual([]);
  });

  test('has the line of every finding', () => {
    const lines = Object.entries(FINDINGS).map(
      ([code, { severity, meaning }]) => `| \`${code}\` | ${severity} | ${meaning} |`,
    );
    expect(lines.filter((line) => !text.includes(`\n${line}\n`))).toEqual([]);
  });
});
