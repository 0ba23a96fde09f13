/**
 * Our own command, files and settings: no command may touch them without that being seen as an attack on the guard.
 */

import { placeOf } from './judge-path.js';
import type { Call } from './walk.js';

/** Reports a command that decides, deletes or re-keys on behalf of the approver, or that removes the guard. */
export function judgeGuard(call: Call): void {
  if (isOwnCommand(call)) {
    const subcommand = call.words.find(
      (word) => !word.text.startsWith('-') && !/\.[cm]?js$/.test(word.text) && !isOwnName(word.text),
    );
    if (subcommand === undefined || READING.has(subcommand.text)) return;
    tamper(call, 'guard.command', 'Runs the command that decides on approvals or changes the audit log.');
    return;
  }
  if (STOPPING.has(call.name) && call.words.some((word) => /countersign/i.test(word.text))) {
    tamper(call, 'guard.stop', 'Stops or removes the program that audits this agent.');
  }
}

/** Reports a command that isn't known to only read and is given one of our own files. */
export function judgeGuardFiles(call: Call): boolean {
  const isTouched = call.words.some(
    (word) => isGuardWord(word.text, call) && placeOf({ ...word, text: pathIn(word.text) }, call.walk) === 'guard',
  );
  if (isTouched)
    tamper(call, 'guard.files', 'Uses the files of the audit log in a way that is not known to only read them.');
  return isTouched;
}

function tamper(call: Call, id: string, text: string): void {
  call.walk.report.add(id, 'critical', text, call.at, { effects: ['guard.tamper'], reversible: false });
}

function isOwnCommand(call: Call): boolean {
  if (isOwnName(call.name)) return true;
  return (
    (call.name === 'node' || call.name === 'bun' || call.name === 'tsx' || call.name === 'deno') &&
    call.words.some((word) => OWN_SCRIPT.test(word.text))
  );
}

function isOwnName(text: string): boolean {
  return text === 'countersign' || /^(?:@countersign\/cli|countersign@[\w.^~-]+)$/.test(text);
}

/** Cheap look before the path is resolved. */
function isGuardWord(text: string, call: Call): boolean {
  if (/countersign|audit|[$~.]/i.test(text)) return true;
  return call.walk.context.guardPaths.some((path) => text.includes(path.slice(path.lastIndexOf('/') + 1)));
}

/** `--file=path` and `if=path` carry a path after the sign. */
function pathIn(text: string): string {
  const equals = text.indexOf('=');
  return equals > 0 && equals < text.length - 1 ? text.slice(equals + 1) : text;
}

const OWN_SCRIPT = /(?:^|\/)countersign(?:\/.*\.[cm]?[jt]s)?$/;
const READING: ReadonlySet<string> = new Set(
  'query show summary tail verify prove verify-receipt hash doctor classify report help'.split(' '),
);
const STOPPING: ReadonlySet<string> = new Set(
  'kill pkill killall systemctl service launchctl uninstall npm pnpm yarn bun taskkill stop-process'.split(' '),
);
