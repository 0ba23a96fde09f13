/**
 * Programs that carry another program's commands in a form of their own: `nix develop -c`, aliases of Mercurial, `spawn` of
 * expect, sessions of newgrp and machinectl, scripts of lftp. Pure but for the report.
 */

import { judgeCode } from '../code-tokens.js';
import { runCode, runInput } from '../run-shell.js';
import { type Argument, type Call, forkWalk, NO_FLOW } from '../walk.js';

/** `nix develop -c program words...`, `nix shell ... --command program words...`. */
export function judgeNix(call: Call): void {
  const flag = call.words.findIndex((word) => word.text === '-c' || word.text === '--command');
  if (flag >= 0) runWords(call.words.slice(flag + 1), call);
}

/** `--config alias.x=!command`, hooks, and the programs that Mercurial starts. */
export function judgeMercurial(call: Call): void {
  for (const [index, word] of call.words.entries()) {
    const setting = word.text === '--config' ? call.words[index + 1] : valueAfter(word, '--config=');
    const match =
      /^(?:(alias|hooks|extensions|merge-tools|extdiff)\.[^=]*|ui\.(?:ssh|editor|merge|remotecmd))=(.*)$/s.exec(
        setting?.text ?? '',
      );
    if (setting === undefined || match === null) continue;
    const code = match[2] ?? '';
    if (match[1] === 'alias' && !code.startsWith('!')) continue;
    call.walk.report.add('shell.hg.config-code', 'moderate', 'Gives Mercurial a program to run.', setting, {
      effects: ['exec'],
    });
    if (!/^python:/.test(code)) runCode({ ...setting, text: code.replace(/^!/, '') }, [], call);
  }
}

/** `newgrp group` is a shell, which runs what comes in. */
export function judgeGroupShell(call: Call): void {
  if (call.flow.piped || call.flow.text !== undefined) runInput(call);
}

/** `machinectl shell host program words...`; without a program, or on this host itself, it is a shell of root. */
export function judgeMachine(call: Call): void {
  const operands = call.words.filter((word) => !word.text.startsWith('-'));
  if (operands[0]?.text !== 'shell') return;
  const [, machine, ...inner] = operands;
  if (machine === undefined || /@?\.host$/.test(machine.text)) {
    call.walk.report.add('shell.root-shell', 'destructive', 'Opens a shell with the rights of another user.', call.at, {
      effects: ['auth.change', 'exec'],
    });
  }
  const at = inner[0] === undefined ? -1 : call.words.indexOf(inner[0]);
  if (at >= 0) runWords(call.words.slice(at), call);
}

/** `fab -- program words...`, `pyinfra hosts exec -- program words...`: runs it on other machines. */
export function judgeDashed(call: Call): void {
  const dashes = call.words.findIndex((word) => word.text === '--');
  if (dashes >= 0) runWords(call.words.slice(dashes + 1), call);
}

/** `compgen -C command` runs the command for the completions that it prints. */
export function judgeCompletion(call: Call): void {
  const flag = call.words.findIndex((word) => word.text === '-C' || word.text === '-F');
  const command = call.words[flag + 1];
  if (flag >= 0 && command !== undefined) runCode(command, [], call);
}

/** The namespaces of process 1 are the machine itself: a shell there is one outside of the container. */
export function judgeHostNamespaces(call: Call): void {
  const text = call.words.map((word) => word.text).join(' ');
  if (!/(?:-t ?|--target[= ])1(?: |$)/.test(text)) return;
  const shell = /(?:^| )(?:\/\S*\/)?(?:sh|bash|zsh|ash|dash|su)(?: -[il])?$/;
  if (!shell.test(text) && call.words.some((word) => !word.text.startsWith('-') && !/^\d+$/.test(word.text))) return;
  call.walk.report.add('shell.host-shell', 'destructive', 'Opens a shell on the machine itself.', call.at, {
    effects: ['auth.change', 'exec'],
  });
}

/** Scripts of lftp: `-e` and `-c`, and what comes in. */
export function judgeLftp(call: Call): void {
  for (const [index, word] of call.words.entries()) {
    const script = /^-[ec]$/.test(word.text) ? call.words[index + 1] : undefined;
    if (script !== undefined) judgeLftpScript(script, call);
  }
  if (call.flow.text !== undefined) judgeLftpScript({ ...call.program, ...call.at, text: call.flow.text }, call);
}

function judgeLftpScript(script: Argument, call: Call): void {
  for (const line of script.text.slice(0, MAX_SCRIPT).split(/[;\n]|&&/)) {
    const command = line.trim();
    const shell = /^(?:!|shell\s+)(.+)$/s.exec(command)?.[1];
    if (shell !== undefined) runCode({ ...script, text: shell }, [], call);
    if (
      /^(?:m?rm|rmdir)\b|^mirror\b.*\s(?:-e|--delete(?:-first)?|--Remove-source-files|--Move|-[A-Za-z]*e[A-Za-z]*)\b/.test(
        command,
      )
    )
      call.walk.report.add(
        'shell.lftp.delete',
        'destructive',
        'Deletes files on the server or at the target.',
        script,
        {
          effects: ['fs.delete', 'data.delete'],
          reversible: false,
        },
      );
  }
}

/** `swift -e code` and `swift repl` run code. */
export function judgeSwift(call: Call): void {
  const flag = call.words.findIndex((word) => word.text === '-e');
  const code = flag < 0 ? undefined : call.words[flag + 1];
  if (code === undefined) return;
  judgeCode(code, call.walk);
  if (/\b(?:removeItem|trashItem|unlink)\s*\(/.test(code.text))
    call.walk.report.add('shell.swift.delete', 'destructive', 'Deletes files.', code, { effects: ['fs.delete'] });
}

/** `spawn` and `exec` of Tcl start programs; `system` of expect runs a shell. */
export function judgeTcl(code: Argument, call: Call): void {
  const pattern = /(?:^|[;\n[{])\s*(?:spawn|exec|system)\s+((?:-\w+\s+)*)([^;\n\]}]{1,2000})/g;
  for (const match of code.text.slice(0, MAX_SCRIPT).matchAll(pattern))
    call.walk.evaluator.text(match[2] ?? '', forkWalk(call.walk, { depth: call.walk.depth + 1 }), NO_FLOW, code);
}

/** AppleScript that tells a program to delete, empty or shut down. */
export function judgeAppleScript(code: Argument, call: Call): void {
  const pattern =
    /\b(?:delete\s+(?:every|all|the|file|folder|item|document|note|event|message|\()|empty\s+(?:the\s+)?trash|shut\s+down|restart|erase)\b/i;
  if (!pattern.test(code.text)) return;
  call.walk.report.add(
    'shell.osascript.delete',
    'destructive',
    'Tells a program to delete something or to stop.',
    code,
    {
      effects: ['data.delete'],
      reversible: false,
    },
  );
}

const MAX_SCRIPT = 8_192;

function valueAfter(word: Argument, prefix: string): Argument | undefined {
  return word.text.startsWith(prefix) ? { ...word, text: word.text.slice(prefix.length) } : undefined;
}

function runWords(words: readonly Argument[], call: Call): void {
  if (words.length > 0) call.walk.evaluator.words(words, forkWalk(call.walk, { depth: call.walk.depth + 1 }), NO_FLOW);
}
