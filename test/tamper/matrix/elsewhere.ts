/**
 * The classes of the catalogue that are no change of a stored log, or need more than rows: where each is tried. A test sees that
 * the file still has a test of that name, and that no class of the catalogue is tried nowhere.
 */

/** A class that another suite tries. */
export interface Elsewhere {
  readonly cls: number;
  readonly title: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Part of the name of the test. */
  readonly test: string;
}

/** The number of the last class of the catalogue. */
export const LAST_CLASS = 99;

/** Classes that cannot be tried, and why. */
export const NOT_TRIED: readonly { readonly cls: number; readonly why: string }[] = [
  { cls: 84, why: 'It is about PostgreSQL, which is no store of this version.' },
  { cls: 87, why: 'It is about boot ids, which entries do not carry: a writer has a random name instead.' },
];

const AUDIT = 'packages/audit/test';
const CLI = 'packages/countersign/test';

export const ELSEWHERE: readonly Elsewhere[] = [
  at(
    2,
    'exported bytes are changed',
    'test/vectors/python.test.ts',
    'ends on none, and answers what the other one does',
  ),
  at(17, 'content stands after it was erased', `${AUDIT}/erase.test.ts`, 'whose payload is put back is found'),
  at(18, 'content is gone and nothing says so', `${AUDIT}/verify-evidence.test.ts`, 'do not cover what is gone beyond'),
  at(
    19,
    'a purge is widened or narrowed',
    `${AUDIT}/verify-evidence.test.ts`,
    'whose statements were widened, narrowed',
  ),
  at(20, 'a purge states another root', `${AUDIT}/verify-evidence.test.ts`, 'or given another root are found'),
  at(21, 'a purge comes too early', `${AUDIT}/verify-retention.test.ts`, 'is found by what is left'),
  at(22, 'a hold is ignored', `${AUDIT}/verify-retention.test.ts`, 'is found by its range'),
  at(
    27,
    'the write-ahead log is cut, gone or of another time',
    'test/faults/wal-cut.test.ts',
    'at any byte of its last two',
  ),
  at(
    42,
    'a proof of one size beside a checkpoint of another',
    `${AUDIT}/receipt.test.ts`,
    'with the checkpoint of another size',
  ),
  at(
    43,
    'an old size is signed by a new key',
    `${AUDIT}/epoch-forgeries.test.ts`,
    'the seal of an old epoch by the key of the next',
  ),
  at(44, 'the seal of an epoch is missing', `${AUDIT}/epoch-forgeries.test.ts`, "'no seal'"),
  at(45, 'epochs have a gap or overlap', `${AUDIT}/epoch-forgeries.test.ts`, 'an epoch that begins twice'),
  at(47, 'a key or signature of another type', `${AUDIT}/epoch-forgeries.test.ts`, 'a key of the type of witnesses'),
  at(
    48,
    'a cosignature of another time, or one key twice',
    `${CLI}/verify-anchors.test.ts`,
    'of one key under two names count once',
  ),
  at(
    49,
    'a node is passed off as a leaf',
    'packages/tlog/test/tree.test.ts',
    'of a leaf that looks like an inner node',
  ),
  at(50, 'an odd leaf is repeated', 'packages/tlog/test/tree.test.ts', 'has the root of the reference at every size'),
  at(
    51,
    'a proof is too short or long, or its sides are swapped',
    'packages/tlog/test/tree.test.ts',
    'of inclusion fail after any one',
  ),
  at(
    52,
    'an index or size beyond the tree',
    'packages/tlog/test/tree.test.ts',
    'cannot be asked for outside of the tree',
  ),
  at(53, 'the published proofs', 'packages/tlog/test/vectors.test.ts', 'of inclusion are answered as stated'),
  at(
    63,
    'an approval for the same arguments in another log',
    'packages/core/test/call-digest.test.ts',
    'changes with every part',
  ),
  at(66, 'a revoked approver', `${AUDIT}/verify-structure.test.ts`, 'finds a decision of one who was revoked before'),
  at(
    71,
    'arguments change between approval and run',
    `${AUDIT}/gate-arguments.test.ts`,
    'are those that were approved, whatever',
  ),
  at(72, 'a text signed for something else', `${AUDIT}/keys.test.ts`, "'countersign/x', 'cosignature/v1'"),
  at(
    73,
    'two values with the same bytes',
    'packages/core/test/normalise.test.ts',
    'gives different bytes to values that differ',
  ),
  at(
    74,
    'hostile, sparse, cyclic and deep values',
    'packages/core/test/normalise.test.ts',
    'runs no code of any of them',
  ),
  at(75, 'numbers at the edges', 'packages/core/test/canonical-json.test.ts', 'prints the first $lines numbers'),
  at(76, 'a name that begins like a tag', 'packages/core/test/normalise.test.ts', 'the tagged forms'),
  at(
    86,
    'a time outside what witnesses saw',
    `${CLI}/verify-anchors.test.ts`,
    'is bracketed by the times of witnesses',
  ),
  at(
    88,
    'a secret or a removed text stands in a file',
    'test/retention/physical-deletion.test.ts',
    'leaves nothing of what it',
  ),
  at(
    89,
    'a value is guessed from its commitment',
    `${AUDIT}/payload.test.ts`,
    'is refused when commitment, salt, name or bytes',
  ),
  at(90, 'the redactor fails', `${AUDIT}/redact.test.ts`, 'hides a field in which a rule fails'),
  at(91, 'a write fails', 'test/faults/io-errors.test.ts', 'at any write loses nothing that was acknowledged'),
  at(92, 'a process is killed at a step', 'test/faults/kill.test.ts', 'at any step of recording an intent'),
  at(
    93,
    'what was not flushed is lost',
    'test/faults/wal-cut.test.ts',
    'at any end of a frame leaves a signed beginning',
  ),
  at(
    94,
    'the disk is full between intent and outcome',
    'packages/sqlite/test/full-disk.test.ts',
    'A disk that fills between intent and outcome',
  ),
  at(95, 'the queue is full', `${AUDIT}/audit-log.test.ts`, 'QUEUE_FULL'),
  at(
    96,
    'a signer answers something else',
    'packages/tlog/test/note.test.ts',
    'refuses a signer that answers something else',
  ),
  at(97, 'a witness answers 409, 422 or not at all', `${CLI}/witness.test.ts`, 'says of a witness that has seen more'),
  at(98, 'garbage in every parser', 'packages/tlog/test/note.test.ts', 'never throws anything else for any bytes'),
  at(
    99,
    'nothing is there, and nothing was checked',
    `${AUDIT}/verify-log.test.ts`,
    'says no evidence of an empty log',
  ),
];

function at(cls: number, title: string, file: string, test: string): Elsewhere {
  return { cls, title, file, test };
}
