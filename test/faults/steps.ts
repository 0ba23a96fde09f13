/**
 * The tools that a process under test calls, and the steps of a commit and of a call at which a process can die, in order, and what must be on the disk then. `docs/failures.md`
 * describes them; a test compares the two.
 */

/** A step. */
export interface Step {
  readonly name: string;
  /** Whether the entries of the operation are in the log when the process dies here. */
  readonly isStored: boolean;
  /** Whether the mark holds the operation's checkpoint. */
  readonly isMarked: boolean;
}

/** The tools that are called: with another definition one would be another tool, about which a person is asked. */
export const READ = { name: 'readFile', description: 'Reads a file.' };
export const DELETE = { name: 'deleteFile', description: 'Deletes a file.' };

/** The steps of every commit. The name says what has been done last, or is about to be done. */
export const COMMIT_STEPS = [
  { name: 'before-lock', isStored: false, isMarked: false },
  { name: 'locked', isStored: false, isMarked: false },
  { name: 'before-insert', isStored: false, isMarked: false },
  { name: 'leaves-inserted', isStored: false, isMarked: false },
  { name: 'before-commit', isStored: false, isMarked: false },
  { name: 'committed', isStored: true, isMarked: false },
  { name: 'before-mark-lock', isStored: true, isMarked: false },
  { name: 'mark-locked', isStored: true, isMarked: false },
  { name: 'mark-temporary-written', isStored: true, isMarked: false },
  { name: 'before-mark-rename', isStored: true, isMarked: false },
  { name: 'mark-renamed', isStored: true, isMarked: true },
  { name: 'mark-unlocked', isStored: true, isMarked: true },
  { name: 'acknowledged', isStored: true, isMarked: true },
] as const satisfies readonly Step[];

/** The steps of a commit whose mark is flushed before the acknowledgement, beside the others. */
export const FLUSH_STEPS = [
  { name: 'before-mark-flush', isStored: true, isMarked: false },
  { name: 'mark-flushed', isStored: true, isMarked: false },
] as const satisfies readonly Step[];

/**
 * The steps before the first entry of a log: its schema, then each file of its keys (the private key and the public key of the
 * log, and those of the first epoch). Nothing is on record then.
 */
export const OPENING_STEPS = [
  'before-schema-commit',
  'schema-committed',
  'before-key-1',
  'key-1-placed',
  'key-2-placed',
  'key-3-placed',
] as const;

/** The operations, in the order in which the process under test goes through them, with the entries that each adds. Each but `open` is one commit. */
export const OPERATIONS = [
  { name: 'open', kinds: ['log-opened', 'policy-changed'] },
  { name: 'intent', kinds: ['tool-call'] },
  { name: 'outcome', kinds: ['tool-result'] },
  { name: 'refusal', kinds: ['tool-refused'] },
  { name: 'request', kinds: ['approval-requested'] },
  { name: 'decision', kinds: ['approval-decided', 'grant-issued'] },
  { name: 'approved-intent', kinds: ['tool-call'] },
  { name: 'approved-outcome', kinds: ['tool-result'] },
  { name: 'grant-use', kinds: ['tool-call', 'grant-used'] },
  { name: 'grant-outcome', kinds: ['tool-result'] },
  { name: 'purge', kinds: ['entries-purged'] },
] as const;

/** An operation's name. */
export type OperationName = (typeof OPERATIONS)[number]['name'];

/** Around the tool, where nothing is written: the intent is on record, and no outcome. */
export const TOOL_STEPS = ['before-tool', 'in-tool', 'after-tool'] as const;
