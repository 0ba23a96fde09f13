/**
 * What the verbs of sub-commands say about a program that isn't known, or not in full. Pure but for the report.
 */

import type { ParsedArguments } from './flags.js';
import type { Call } from './walk.js';

/** Reports what the verbs say; answers true where they only read and the program is one where that proves it. */
export function judgeVerbs(call: Call, parsed: ParsedArguments, isKnown: boolean): boolean {
  const words = parsed.operands
    .slice(0, isKnown ? MAX_WORDS : 2)
    .map((word) => word.text.replace(/^([A-Z][a-z]+)(?=[A-Z])/, '$1-').toLowerCase());
  const verbs = words.flatMap((word) => (/^[a-z][a-z0-9_:.-]*$/.test(word) ? verbCandidates(word) : []));
  const isDry = parsed.flags.some(
    (flag) =>
      /^--(?:dry-run|dryrun|check|what-if|help)$/.test(flag.name) &&
      flag.value?.text !== 'none' &&
      flag.value?.text !== 'false',
  );
  const isClosing = words.some((word) => /^close-(?:account|project|organization)$/.test(word));
  const destroying = verbs.find(
    (verb) => DESTROYING.has(verb) || (isKnown && STOPPING.has(verb)) || (isClosing && verb === 'close'),
  );
  if (destroying !== undefined && !isDry) {
    const isForced = verbs.some((verb) => GRAVE_NOUNS.has(verb)) && isKnown;
    call.walk.report.add(
      `shell.verb.${destroying}`,
      isForced ? 'critical' : 'destructive',
      `Asks the program to ${destroying} something.`,
      call.at,
      {
        effects: ['data.delete'],
        confidence: isKnown ? 0.8 : 0.55,
      },
    );
    return false;
  }
  if (!isKnown) return false;
  const isReading =
    verbs.length > 0 && !verbs.some((verb) => CHANGING.has(verb)) && words.some((word) => READING.test(word));
  const isSecret = words.some((word) => SECRET_NOUN.test(word)) && !/^(?:list|describe)/.test(words.at(-1) ?? '');
  if (isReading && isSecret) {
    call.walk.report.add('shell.secret-read', 'moderate', 'Reads a secret or a token.', call.at, {
      effects: ['secrets.read'],
    });
    return false;
  }
  return (
    isReading &&
    parsed.flags.every((flag) => !RISKY_FLAG.test(flag.name)) &&
    call.words.every((word) => !word.opaque && !word.text.includes('\0') && !word.fed)
  );
}

/** Whether a word is a verb that changes something. */
export function isChangingWord(text: string): boolean {
  const verbs = verbCandidates(text.toLowerCase());
  return verbs.some((verb) => DESTROYING.has(verb) || STOPPING.has(verb) || CHANGING.has(verb));
}

const MAX_WORDS = 4;
const RISKY_FLAG =
  /^--(?:endpoint-url|endpoint|cli-input-json|cli-input-yaml|output-file|with-decryption|as|impersonate|ca-bundle|no-verify-ssl|plugin|exec|command)$/;

/** A compound such as `delete-bucket`, `db:drop` or `deleteMany` starts or ends with its verb. */
function verbCandidates(word: string): readonly string[] {
  const parts = word.split(/[-_:.]/);
  if (parts.length === 1 || word.includes(':')) return parts;
  const isMany = /^(?:batch|bulk|force)$/.test(parts[0] ?? '');
  return [parts[0] ?? '', parts.at(-1) ?? '', ...(isMany ? parts.slice(1, 2) : [])];
}

const DESTROYING: ReadonlySet<string> = new Set(
  'delete del destroy remove rm purge drop wipe erase truncate terminate revoke reset flush flushall flushdb uninstall prune nuke deregister unpublish unregister obliterate expunge shred rmi rb mb-delete force-delete undeploy teardown decommission deprovision evict rollback-all clear-all factory-reset'.split(
    ' ',
  ),
);
/** Verbs that take something away from others where the program is known to manage what is shared. */
const STOPPING: ReadonlySet<string> = new Set(
  'stop poweroff power-off shutdown suspend deallocate halt rebuild reinstall failover detach disable unset deactivate disassociate decommission drain empty killall leave demote unlink unassign unsubscribe'.split(
    ' ',
  ),
);
const GRAVE_NOUNS: ReadonlySet<string> = new Set(
  'database databases project projects organization organizations account cluster clusters vault db keyspace'.split(
    ' ',
  ),
);
const CHANGING: ReadonlySet<string> = new Set(
  'create update put set add modify start stop run exec invoke send publish apply deploy patch attach detach enable disable import export restore reboot scale upload sync cp mv push edit grant assume login'.split(
    ' ',
  ),
);
const READING =
  /^(?:get|list|ls|describe|show|view|status|info|search|lookup|head|query|scan|batch-get|filter|tail|logs?|diff|validate|version|whoami|history|check|inspect|top|simulate|estimate|count|fetch|test)(?:-|$)|-(?:list|show|status|info|ls)$/;
const SECRET_NOUN = /secret|password|token|credential|private-key|access-key|kubeconfig|decrypt|get-parameter/;
