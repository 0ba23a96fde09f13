import { compareRisk, maxRisk, type RiskLevel } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeShell, type ShellDialect } from '../src/shell/index.js';
import type { AnalyzerContext } from '../src/signal.js';
import { CRITICAL, casesOf, DESTRUCTIVE, MODERATE, SAFE } from './shell-cases.js';

const SEED = 20_261_121;
const CONTEXT: AnalyzerContext = {
  workspace: '/work/app',
  home: '/home/me',
  tempRoots: ['/tmp'],
  depth: 0,
  guardPaths: [],
};
const ALL = [SAFE, MODERATE, DESTRUCTIVE, CRITICAL].flatMap(casesOf);
/** Commands that stay one command when words are put around them. */
const SIMPLE = ALL.filter(
  (command) =>
    /^[a-z][\w.-]* [\w ./~=:@,+'%-]*$/i.test(command) &&
    !/^(?:cd|export|alias|trap|if|for|while|time|x|c|cmd|source|eval|test|echo|command|exec|set) |\b(?:rmdir|function)\b/.test(
      command,
    ),
);
const DANGEROUS = [DESTRUCTIVE, CRITICAL].flatMap(casesOf).filter((command) => SIMPLE.includes(command));

const command = fc.constantFrom(...ALL);
const simple = fc.constantFrom(...SIMPLE);

function levelOf(text: string, dialect?: ShellDialect): RiskLevel {
  const { signals } = analyzeShell(text, CONTEXT, dialect === undefined ? {} : { dialect });
  return maxRisk(...signals.map((found) => found.level));
}

function isAtLeastAsRisky(higher: string, lower: string): boolean {
  return compareRisk(levelOf(higher), levelOf(lower)) >= 0;
}

function check<T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => boolean, numRuns = 400): void {
  fc.assert(fc.property(arbitrary, holds), { seed: SEED, numRuns });
}

describe(`properties of the shell analyzer (seed ${SEED})`, () => {
  it('judges two commands joined in any way at least as risky as the worse of them', () => {
    const joint = fc.constantFrom('; ', ' && ', ' || ', '\n', ' & ', ' | ');
    check(fc.tuple(command, command, joint), ([a, b, joiner]) => {
      const joined = `${a}${joiner}${b}`;
      return (
        isAtLeastAsRisky(joined, a) &&
        // What one command sets for the next changes the next; in a pipe, what is set does not reach what follows it.
        (/^(?:cd|x=|c=|cmd=|a=|PAGER|export|for|f\(\)|alias|exec|set|IFS)/.test(a) ||
          (joiner === ' | ' && /^(?:cd|pushd|set) /.test(b)) ||
          isAtLeastAsRisky(joined, b))
      );
    });
  });

  it('never judges a wrapped command less risky than the bare one', () => {
    const wrap = fc.constantFrom(
      'sudo',
      'doas',
      'env',
      'env A=b',
      'nohup',
      'timeout 5',
      'timeout -k 1 5',
      'nice',
      'nice -n 5',
      'stdbuf -oL',
      'time',
      'command',
      'busybox',
      'setsid',
      'ionice -c3',
      'sudo -u root',
      'sudo env X=1',
      'nohup nice',
      'strace -f',
      'watch',
      'watch -n 1',
      'exec',
      'xargs',
      'chroot /x',
      'flock /tmp/l',
      'unshare -r',
      'systemd-run',
      'npx',
    );
    check(fc.tuple(wrap, simple), ([wrapper, text]) => {
      // watch joins its words, so quotes that only grouped them are lost there as in life.
      const bare = wrapper.startsWith('watch') ? text.replaceAll("'", '') : text;
      return isAtLeastAsRisky(`${wrapper} ${bare}`, bare);
    });
  });

  it('judges a command given to another shell at least as risky as the bare one', () => {
    const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
    const shells = fc.constantFrom<(text: string) => string>(
      (text) => `bash -c ${quote(text)}`,
      (text) => `sh -lc ${quote(text)}`,
      (text) => `eval ${quote(text)}`,
      (text) => `echo ${quote(text)} | sh`,
      (text) => `printf '%s' ${quote(text)} | bash`,
      (text) => `bash <<< ${quote(text)}`,
      (text) => `sh <<'END'\n${text}\nEND`,
      (text) => `echo ${Buffer.from(text).toString('base64')} | base64 -d | sh`,
      (text) => `echo ${Buffer.from(text).toString('hex')} | xxd -r -p | bash`,
      (text) => `(${text})`,
      (text) => `{ ${text}; }`,
      (text) => `$(${text})`,
      (text) => `\`${text.replaceAll('`', '')}\``,
      (text) => `if true; then ${text}; fi`,
      (text) => `f() { ${text}; }; f`,
      (text) => `alias q=${quote(text)}; q`,
      (text) => `trap ${quote(text)} EXIT`,
      (text) => `su -c ${quote(text)}`,
      (text) => `find . -name x -exec ${text} \\;`,
      (text) => `python3 -c ${quote(`import os; os.system("${text.replaceAll('"', '\\"')}")`)}`,
    );
    const inHand = fc.constantFrom(...SIMPLE.filter((text) => !/[`"]/.test(text)));
    check(fc.tuple(shells, inHand), ([write, text]) => isAtLeastAsRisky(write(text), text), 800);
  });

  it('does not let quotes, escapes and spaces in the program or its flags change a level', () => {
    const rewrite = fc.constantFrom<(word: string) => string>(
      (word) => `'${word}'`,
      (word) => `"${word}"`,
      (word) => `\\${word}`,
      (word) => `${word.slice(0, 1)}""${word.slice(1)}`,
      (word) => `${word.slice(0, 1)}''${word.slice(1)}`,
      (word) => `$'${[...word].map((char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}'`,
      (word) => `$(echo ${word})`,
    );
    check(fc.tuple(rewrite, simple), ([write, text]) => {
      const [first = '', ...rest] = text.split(' ');
      const written = [write(first), ...rest].join(' ');
      return isAtLeastAsRisky(written, text);
    });
  });

  it('never lowers a level because of an unknown flag', () => {
    const flag = fc.constantFrom('--frobnicate', '-☃', '--zz=1', '--no-such-flag');
    check(fc.tuple(simple, flag), ([text, unknown]) => isAtLeastAsRisky(`${text} ${unknown}`, text));
  });

  it.each(['ls', 'cat a', 'git status', 'git log', 'grep x a', 'sort a', 'find . -name x', 'ps', 'jq . a', 'tree'])(
    'does not prove %s with a flag that it does not know',
    (text) => {
      expect(levelOf(text)).toBe('safe');
      expect(levelOf(`${text} --frobnicate`)).not.toBe('safe');
    },
  );

  it('never calls a dangerous command safe in any dialect', () => {
    const dialect = fc.constantFrom<ShellDialect>('bash', 'sh', 'zsh', 'fish', 'powershell', 'cmd');
    check(fc.tuple(fc.constantFrom(...DANGEROUS), dialect), ([text, name]) => levelOf(text, name) !== 'safe');
  });

  it('never throws, and always answers at least one signal, on arbitrary text', () => {
    const pieces = fc.constantFrom(
      'rm',
      ' ',
      '-rf',
      '/',
      '$(',
      ')',
      '`',
      '"',
      "'",
      '|',
      '&',
      ';',
      '<<E\n',
      '\nE\n',
      '${',
      '}',
      '{a,',
      '$x',
      '<(',
      '>',
      '\\',
      '\n',
      'if ',
      'then ',
      'fi',
      'do',
      'case x in',
      ')',
      '[[',
      ']]',
      '((',
      '))',
      'sed s/a/b/e',
      'find -exec',
      'xargs',
      'sh -c',
      '=',
      '*',
      '~',
      '\0',
      '\u202e',
      'git -c',
      'eval',
      '#',
      '!',
      '%x',
      'curl',
      'x=',
      '@',
      '--',
    );
    const soup = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join('')),
    );
    check(soup, (text) => analyzeShell(text, CONTEXT).signals.length > 0, 10_000);
  });

  it('never calls safe what a change to a dangerous command leaves', () => {
    const cut = fc.tuple(
      fc.constantFrom(...DANGEROUS),
      fc.constantFrom(' #', '\t', ' ', ' </dev/null', ' 2>&1', ' >/dev/null', ' &', ';', ' || true'),
    );
    check(cut, ([text, tail]) => levelOf(text + tail) !== 'safe');
  });

  it('raises a command that is too long, too deep or too wide instead of lowering it', () => {
    expect(levelOf(`ls ${'a '.repeat(6_000)}`)).not.toBe('safe');
    expect(levelOf(`rm -rf / ${'#'.repeat(70_000)}`)).not.toBe('safe');
    expect(levelOf(`${'$('.repeat(500)}ls${')'.repeat(500)}`)).not.toBe('safe');
    expect(analyzeShell('x'.repeat(70_000), CONTEXT)).toMatchObject({ ok: false, errors: ['SHELL_TOO_LONG'] });
  });

  it('is never surer that a beginning is safe than of the whole that it belongs to', () => {
    const tail = fc.constantFrom(...DANGEROUS);
    const head = fc.constantFrom(...casesOf(SAFE).filter((text) => !/^(?:if|for|while|case|\[)|#|<</.test(text)));
    check(fc.tuple(head, tail), ([safe, danger]) => levelOf(`${safe}\n${danger}`) !== 'safe');
    check(fc.tuple(tail, head), ([danger, safe]) => levelOf(`${danger}\n${safe}`) !== 'safe');
  });

  it('does not care in which order independent commands stand', () => {
    const alone = fc.constantFrom(...SIMPLE.filter((text) => !/^(?:cd|pushd|set|IFS)/.test(text)));
    check(fc.tuple(alone, alone), ([a, b]) => levelOf(`${a}; ${b}`) === levelOf(`${b}; ${a}`));
  });

  it.each([
    'ls {a,$(rm -rf /)}',
    'ls a[$(rm -rf /)]',
    'ls @($(rm -rf /)|b)',
    "x='a[$(rm -rf /)]'; echo $((x))",
    "[[ 'a[$(rm -rf /)]' -eq 1 ]]",
    "read 'a[$(rm -rf /)]'",
    "ls *(e:'rm -rf /':)",
    `find . ${'a '.repeat(70)} {${'a,'.repeat(70)}-delete}`,
    `x="${'a '.repeat(70)} -delete"; find . $x`,
    `echo ${'a '.repeat(70)} -delete | xargs find`,
    'sort -{n..r} a b',
  ])('does not call safe what hides in patterns, subscripts and beyond limits: %s', (text) => {
    expect(levelOf(text)).not.toBe('safe');
  });

  it('takes bounded time over texts that are made to be slow', () => {
    const hard = [
      `rm ${'{1..9}'.repeat(200)}`,
      `cat /home/me/.c${'*ter'.repeat(400)}`,
      `${'"$('.repeat(40)}${')"'.repeat(40)}`.repeat(20),
      `x=a;${'x=$x$x;'.repeat(200)}$x`,
      `${'ls > >('.repeat(40)}rm -rf src${')'.repeat(40)}`,
      `curl ${'http://a.example/b '.repeat(400)}`,
    ];
    for (const text of hard) expect(levelOf(text)).not.toBe('safe');
  });

  it('points at the part of the command that it speaks of', () => {
    const text = 'ls && rm -rf src';
    const found = analyzeShell(text, CONTEXT).signals.find((each) => each.id === 'shell.rm.recursive');
    expect(text.slice(found?.at?.start, found?.at?.end)).toBe('src');
    expect(found?.alternative).toContain('ls');
  });

  it('keeps every span inside the command', () => {
    check(command, (text) =>
      analyzeShell(text, CONTEXT).signals.every(
        ({ at }) =>
          at !== undefined && (at.start ?? 0) >= 0 && (at.end ?? 0) <= text.length && (at.start ?? 0) <= (at.end ?? 0),
      ),
    );
  });
});
