import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzePath, classifyPath, type PathClass } from '../src/filesystem/index.js';
import type { AnalyzerContext } from '../src/signal.js';

const SEED = 4_711;
const CONTEXT: AnalyzerContext = {
  workspace: '/work/app',
  home: '/home/me',
  tempRoots: ['/tmp', '/var/run/user-temp'],
  depth: 0,
  guardPaths: ['/srv/guard'],
};
const NAMELESS: AnalyzerContext = { tempRoots: [], depth: 0, guardPaths: [] };

const CASES: readonly (readonly [string, PathClass])[] = [
  ['src/index.ts', 'workspace'],
  ['./src/../src/a', 'workspace'],
  ['/work/app/src/', 'workspace'],
  ['/work/app', 'workspace-root'],
  ['.', 'workspace-root'],
  ['*', 'workspace-root'],
  ['./*', 'workspace-root'],
  ['/work/app2/x', 'outside'],
  ['../app2', 'outside'],
  ['..', 'outside'],
  ['/tmp/x', 'temp'],
  ['/tmp/../etc/hosts', 'system'],
  ['/tmp', 'temp-root'],
  ['/tmp/*', 'temp-root'],
  ['/private/tmp/x', 'temp'],
  ['/var/tmp/x', 'temp'],
  ['/', 'root'],
  ['//', 'root'],
  ['/*', 'root'],
  ['/./', 'root'],
  ['/usr/..', 'root'],
  ['../../../../..', 'root'],
  ['C:\\', 'root'],
  ['c:/', 'root'],
  ['\\\\?\\C:\\', 'root'],
  ['/etc', 'system-root'],
  ['/etc/', 'system-root'],
  ['/usr/*', 'system-root'],
  ['/ETC/hosts', 'system'],
  ['C:\\Windows\\System32\\drivers', 'system'],
  ['~', 'home-root'],
  ['~/', 'home-root'],
  ['~/*', 'home-root'],
  ['$HOME', 'home-root'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's form of a variable.
  ['${HOME}/', 'home-root'],
  ['%USERPROFILE%', 'home-root'],
  ['/home/other', 'home-root'],
  ['~root', 'home-root'],
  ['~/notes.txt', 'home'],
  ['~/.ssh/id_rsa', 'secret'],
  ['/proc/self/root/home/me/.ssh/id_rsa', 'secret'],
  ['.env', 'secret'],
  ['.env.production', 'secret'],
  ['.env.example', 'workspace'],
  ['config/credentials.json', 'secret'],
  ['server.key', 'secret'],
  ['~/.aws/credentials', 'secret'],
  ['/proc/1/environ', 'secret'],
  ['~/.ssh/id_rsa.pub', 'home'],
  ['/etc/shadow', 'accounts'],
  ['/etc/sudoers.d/x', 'accounts'],
  ['~/.ssh/authorized_keys', 'accounts'],
  ['~/.bashrc', 'startup'],
  ['.git/hooks/pre-commit', 'startup'],
  ['.git/config', 'startup'],
  ['/etc/cron.d/x', 'startup'],
  ['/etc/systemd/system/x.service', 'startup'],
  ['.github/workflows/ci.yml', 'startup'],
  ['.claude/settings.json', 'startup'],
  ['.git', 'vcs'],
  ['.git/objects/ab', 'vcs'],
  ['/dev/sda', 'device'],
  ['/dev/null', 'sink'],
  ['/dev/tcp/1.2.3.4/80', 'network'],
  ['/proc/cpuinfo', 'kernel'],
  ['/srv/guard', 'guard'],
  ['/srv/guard/keys/a', 'guard'],
  ['/srv/guard-wal', 'guard'],
  ['/srv/guardian', 'system'],
  ['~/.countersign/agent-audit.db', 'guard'],
  ['/HOME/me/.Countersign/x', 'guard'],
  ['agent-audit.db-wal', 'guard'],
  ['audit.yaml', 'guard'],
  ['\0/x', 'unknown'],
];

describe('a path gets the class of the place it leads to', () => {
  it.each(CASES)('%j is %s', (path, place) => {
    expect(classifyPath(path, CONTEXT)).toBe(place);
  });

  it('takes a workspace under a temporary folder for a workspace', () => {
    const context = { ...CONTEXT, workspace: '/tmp/job' };
    expect(classifyPath('/tmp/job/src', context)).toBe('workspace');
    expect(classifyPath('/tmp/other', context)).toBe('temp');
  });

  it('takes relative paths for the workspace where none is named, and never climbs to the root from it', () => {
    expect(classifyPath('src/a.ts', NAMELESS)).toBe('workspace');
    expect(classifyPath('../a.ts', NAMELESS)).toBe('outside');
    expect(classifyPath('../../../../a.ts', NAMELESS)).toBe('outside');
    expect(classifyPath('~/x', NAMELESS)).toBe('home');
  });

  it(`never leaves the workspace unnoticed by dots and slashes (seed ${SEED})`, () => {
    const noise = fc.array(fc.constantFrom('/', '/./', '//', '/x/../'), { minLength: 3, maxLength: 3 });
    const property = fc.property(noise, ([a = '/', b = '/', c = '/']) => {
      expect(classifyPath(`${a}work${b}app${c}src`, CONTEXT)).toBe('workspace');
      expect(classifyPath(`${a}etc${b}shadow`, CONTEXT)).toBe('accounts');
    });
    fc.assert(property, { seed: SEED, numRuns: 200 });
  });

  it(`never throws on arbitrary text (seed ${SEED})`, () => {
    const property = fc.property(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom('read' as const, 'write' as const, 'delete' as const),
      (path, access) => {
        expect(analyzePath(path, access, CONTEXT).signals.length).toBeGreaterThan(0);
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 2_000 });
  });
});

describe('a path argument gets the level of what is done there', () => {
  const levelOf = (path: string, access: 'read' | 'write' | 'delete') =>
    analyzePath(path, access, CONTEXT).signals[0]?.level;

  it('lets the workspace be read, calls writing moderate, and sees what is protected', () => {
    expect(levelOf('src/a.ts', 'read')).toBe('safe');
    expect(levelOf('src/a.ts', 'write')).toBe('moderate');
    expect(levelOf('src/a.ts', 'delete')).toBe('moderate');
    expect(levelOf('~/.bashrc', 'write')).toBe('destructive');
    expect(levelOf('/etc/sudoers', 'write')).toBe('critical');
    expect(levelOf('/', 'delete')).toBe('critical');
    expect(levelOf('/srv/guard/keys/a', 'write')).toBe('critical');
  });

  it('marks reading a secret with its effect and the guard with its own', () => {
    expect(analyzePath('.env', 'read', CONTEXT).signals[0]).toMatchObject({
      level: 'moderate',
      effects: ['fs.read', 'secrets.read'],
    });
    expect(analyzePath('audit.yaml', 'write', CONTEXT).signals[0]).toMatchObject({
      id: 'guard.write',
      effects: ['fs.write', 'guard.tamper'],
    });
  });

  it('fails closed on a path that is too long', () => {
    expect(analyzePath('a'.repeat(20_000), 'read', CONTEXT)).toMatchObject({
      ok: false,
      errors: ['PATH_TOO_LONG'],
      signals: [{ level: 'destructive' }],
    });
  });

  it('says when a path holds characters that cannot be seen', () => {
    expect(analyzePath('src/\u202ea', 'read', CONTEXT).signals.map((found) => found.id)).toContain(
      'path.hidden-characters',
    );
  });
});
