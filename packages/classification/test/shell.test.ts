import { isAtLeast, maxRisk, type RiskLevel } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { analyzeShell } from '../src/shell/index.js';
import type { AnalyzerContext } from '../src/signal.js';
import { CRITICAL, casesOf, DESTRUCTIVE, MODERATE, SAFE } from './shell-cases.js';
import { EVERYDAY_DESTRUCTIVE, EVERYDAY_MODERATE, EVERYDAY_SAFE, NOT_SAFE } from './shell-cases-everyday.js';

const CONTEXT: AnalyzerContext = {
  workspace: '/work/app',
  home: '/home/me',
  tempRoots: ['/tmp'],
  depth: 0,
  guardPaths: ['/home/me/.countersign'],
};

function levelOf(command: string): RiskLevel {
  return maxRisk(...analyzeShell(command, CONTEXT).signals.map((found) => found.level));
}

describe('every labelled command gets its level', () => {
  it.each([...casesOf(SAFE), ...casesOf(EVERYDAY_SAFE)])('proves that it only reads: %s', (command) => {
    expect(analyzeShell(command, CONTEXT).signals.map((found) => found.id)).toEqual(['shell.read-only']);
  });
  it.each([...casesOf(MODERATE), ...casesOf(EVERYDAY_MODERATE)])('calls it moderate: %s', (command) => {
    expect(levelOf(command)).toBe('moderate');
  });
  it.each([...casesOf(DESTRUCTIVE), ...casesOf(EVERYDAY_DESTRUCTIVE)])(
    'calls it at least destructive: %s',
    (command) => {
      expect(isAtLeast(levelOf(command), 'destructive')).toBe(true);
    },
  );
  it.each(casesOf(CRITICAL))('calls it critical: %s', (command) => {
    expect(levelOf(command)).toBe('critical');
  });
  it.each(casesOf(NOT_SAFE))('does not call it safe: %s', (command) => {
    expect(levelOf(command)).not.toBe('safe');
  });
});
