/** Verification with anchors: cut back, forked, replayed, wrongly cosigned, out of time; attack classes 23 to 28, 39 to 42, 48, 85, 86 and 97. */

import { parentOfCheckpoint, parentOfLog } from '@countersign/audit/verify';
import {
  addCosignatures,
  cosign,
  formatCheckpoint,
  parseCheckpoint,
  parseNote,
  satisfiesPolicy,
  signNote,
  type WitnessPolicy,
} from '@countersign/tlog';
import { describe, expect, test } from 'vitest';
import type { Anchor, AnchorSubject } from '../../audit/src/anchors/anchor.js';
import type { AuditLog } from '../../audit/src/audit-log.js';
import { createTestLog, type TestLog } from '../../audit/src/testing/test-log.js';
import { witnessSigner } from './witness-world.js';

const [ADA, BOB, EVE] = [witnessSigner('ada', 2), witnessSigner('bob', 3), witnessSigner('eve', 4)];

/** Two of the three. */
const POLICY: WitnessPolicy = {
  logs: [],
  witnesses: [ADA, BOB, EVE].map((signer) => ({ name: signer.key.name, key: signer.key })),
  groups: [{ name: 'two', threshold: 2, members: ['ada', 'bob', 'eve'] }],
  quorum: 'two',
};

interface WitnessOptions {
  readonly signers?: readonly ReturnType<typeof witnessSigner>[];
  readonly timeSeconds?: (nowSeconds: number) => number;
  readonly note?: (subject: AnchorSubject) => string;
}

/** A witness anchor without a network: it cosigns what it is shown, or what it is told to. */
function inlineWitness({ signers = [ADA, BOB], timeSeconds = (now) => now, note }: WitnessOptions = {}): Anchor {
  return {
    kind: 'witness',
    name: 'witness',
    intervalMs: 0,
    anchor: async (subject, { environment }) => {
      const text = note?.(subject) ?? subject.note;
      const time = timeSeconds(Math.floor(environment.nowUs() / 1_000_000));
      const lines = signers.map((signer) => cosign({ text: parseNote(text).text, timeSeconds: time, signer }));
      return { note: addCosignatures(text, lines) };
    },
  };
}

async function event(log: AuditLog, name: string): Promise<void> {
  await log.append({ kind: 'system-event', name });
}

async function anchored({ log, environment }: TestLog): Promise<void> {
  environment.advance(1);
  for (let i = 0; i < 50; i += 1) await new Promise((next) => setImmediate(next));
  await log.checkpoint();
}

/** A log with entries that were cosigned on the way. */
async function witnessedLog(options: WitnessOptions = {}, seed = 1): Promise<TestLog> {
  const made = await createTestLog({ seed, anchors: [inlineWitness(options)], anchorHeartbeatMs: false });
  for (const name of ['one', 'two', 'three']) {
    await event(made.log, name);
    await anchored(made);
  }
  return made;
}

async function codes(log: AuditLog, options: Parameters<AuditLog['verify']>[0] = {}): Promise<readonly string[]> {
  const { findings } = await log.verify({ key: log.identityKey, ...options });
  return findings.map(({ code }) => code).filter((code) => code !== 'NO_POLICY_RECORDED');
}

describe('Cosignatures on record (ANCHOR-6)', () => {
  test('are checked again with the policy that the caller gives', async () => {
    const { log } = await witnessedLog();
    expect(await codes(log)).toEqual(['NO_ANCHOR', 'ANCHOR_RECEIPT_NOT_CHECKED']);
    expect(await codes(log, { witnessPolicy: POLICY })).toEqual(['NO_ANCHOR']);
  });

  test.each([
    ['by too few', { signers: [ADA] }, 'WITNESS_QUORUM'],
    ['by nobody who is known', { signers: [witnessSigner('mallory', 9)] }, 'WITNESS_QUORUM'],
    [
      'by another key of a known name',
      { signers: [{ ...ADA, sign: witnessSigner('ada', 9).sign }, BOB] },
      'ANCHOR_RECEIPT_INVALID',
    ],
    [
      'over another checkpoint',
      { note: ({ note, checkpoint }: AnchorSubject) => forged(note, checkpoint.size + 1) },
      'ANCHOR_RECEIPT_INVALID',
    ],
  ] as const)('%s are findings', async (_what, options, code) => {
    const { log } = await witnessedLog(options);
    expect(new Set(await codes(log, { witnessPolicy: POLICY }))).toEqual(new Set(['NO_ANCHOR', code]));
  });

  test('of one key under two names count once', () => {
    const twice = { ...POLICY, witnesses: [...POLICY.witnesses, { name: 'ada2', key: ADA.key }] };
    expect(satisfiesPolicy(twice, [ADA.key, ADA.key])).toBe(false);
  });

  test('that state a time in the future bracket nothing', async () => {
    const { log } = await witnessedLog({ timeSeconds: (now) => now + 3600 });
    const found = await codes(log, { witnessPolicy: POLICY });
    expect(new Set(found)).toEqual(new Set(['NO_ANCHOR', 'TIME_OUTSIDE_BRACKET']));
  });

  test('with another time than was signed are not good', async () => {
    const { log } = await witnessedLog({
      note: ({ note }) => {
        const line = cosign({ text: parseNote(note).text, timeSeconds: 1_700_000_000, signer: EVE });
        return addCosignatures(note, [
          { ...line, signature: Uint8Array.from(line.signature, (b, i) => (i === 7 ? b ^ 1 : b)) },
        ]);
      },
    });
    expect(await codes(log, { witnessPolicy: POLICY })).toContain('ANCHOR_RECEIPT_INVALID');
  });
});

/** A note with another size, its signatures kept as they are. */
function forged(note: string, size: number): string {
  const { text } = parseNote(note);
  const { origin, root } = parseCheckpoint(text);
  return note.replace(text, formatCheckpoint({ origin, size, root, extensions: [] }));
}

describe('The time of entries (ANCHOR-7)', () => {
  test('is bracketed by the times of witnesses: an entry that was dated back is found', async () => {
    const made = await witnessedLog();
    made.environment.stepWallClock(-86_400_000);
    await event(made.log, 'dated back');
    made.environment.stepWallClock(86_400_000);
    const report = await made.log.verify({ key: made.log.identityKey, witnessPolicy: POLICY });
    const outside = report.findings.filter(({ code }) => code === 'TIME_OUTSIDE_BRACKET');
    expect(outside).toHaveLength(1);
    expect(outside[0]?.index).toBeGreaterThan(5);
  });

  test('is found to lie ahead of what witnesses saw', async () => {
    const made = await createTestLog({
      anchors: [inlineWitness({ timeSeconds: (now) => now - 86_400 })],
      anchorHeartbeatMs: false,
    });
    await event(made.log, 'dated forward');
    await anchored(made);
    expect(await codes(made.log, { witnessPolicy: POLICY })).toContain('TIME_OUTSIDE_BRACKET');
  });

  test.each([-86_400_000 * 365 * 40, 86_400_000 * 365 * 40])(
    'is found where the clock stood wrong by %i ms',
    async (step) => {
      const made = await witnessedLog();
      made.environment.stepWallClock(step);
      await event(made.log, 'wrong');
      made.environment.stepWallClock(-step);
      await event(made.log, 'right again');
      await anchored(made);
      expect(await codes(made.log, { witnessPolicy: POLICY })).toContain('TIME_OUTSIDE_BRACKET');
    },
  );

  test('five minutes either way are forgiven', async () => {
    const made = await witnessedLog({ timeSeconds: (now) => now + 240 });
    await event(made.log, 'fine');
    expect(await codes(made.log, { witnessPolicy: POLICY })).toEqual(['NO_ANCHOR']);
  });
});

describe('A log that was cut back or forked', () => {
  /** A log, the checkpoints that it signed by size, and its own beginnings: what an attacker with old copies can put in its place. */
  async function history() {
    const whole = await createTestLog({ seed: 1 });
    const notes = [await whole.log.checkpoint()];
    for (let i = 1; i < 8; i += 1) {
      await event(whole.log, `event-${i}`);
      notes.push(await whole.log.checkpoint());
    }
    return { whole, notes };
  }

  /** The same keys and the same clock, so the same bytes. */
  async function beginningOf(size: number, fork = ''): Promise<TestLog> {
    const made = await createTestLog({ seed: 1 });
    for (let i = 1; i < size; i += 1) await event(made.log, `event-${i}${fork}`);
    return made;
  }

  test('to every signed size is found by a checkpoint from elsewhere, and by nothing in the log itself', async () => {
    const { whole, notes } = await history();
    const newest = notes.at(-1) ?? '';
    for (let size = 1; size < 8; size += 1) {
      const { log } = await beginningOf(size);
      expect(await codes(log), `size ${size} alone`).toEqual(['NO_ANCHOR']);
      const report = await log.verify({ key: log.identityKey, against: [newest] });
      expect([report.completeness, report.findings.map(({ code }) => code)]).toEqual(['failed', ['LOG_TRUNCATED']]);
    }
    expect(await codes(whole.log, { against: notes })).toEqual([]);
  });

  test('and continued otherwise is a fork', async () => {
    const { notes } = await history();
    for (let size = 2; size <= 8; size += 1) {
      const { log } = await beginningOf(9, '-other');
      expect(await codes(log, { against: [notes[size - 1] ?? ''] }), `size ${size}`).toEqual(['LOG_FORKED']);
    }
  });

  test('is shown by a witness that is ahead of it', async () => {
    const { notes } = await history();
    const { log } = await beginningOf(3);
    const witness = { ...inlineWitness(), newest: async () => [notes.at(-1) ?? ''] };
    expect(await codes(log, { anchors: [witness] })).toEqual(['LOG_TRUNCATED']);
    const dead = { ...inlineWitness(), newest: () => Promise.reject(new Error('down')) };
    expect(await codes(log, { anchors: [dead] })).toEqual(['ANCHOR_NOT_READ', 'NO_ANCHOR']);
  });

  test('is not excused by an old checkpoint that is replayed, and not by that of another log', async () => {
    const { notes } = await history();
    const { log } = await beginningOf(3);
    expect(await codes(log, { against: [notes[1] ?? ''] }), 'an old one proves what it proves').toEqual([]);
    expect(await codes(log, { against: [notes[1] ?? '', notes.at(-1) ?? ''] })).toEqual(['LOG_TRUNCATED']);
    const other = await createTestLog({ seed: 1, origin: 'example.test/other' });
    expect(await codes(log, { against: [await other.log.checkpoint()] })).toEqual(['ANCHOR_INVALID']);
    const signer = log.identityKey;
    expect(signer).toContain('example.test/log');
  });

  test('a checkpoint of one size does not pass for another', async () => {
    const { notes } = await history();
    const { log } = await beginningOf(8);
    expect(await codes(log, { against: [forged(notes[5] ?? '', 5)] })).toEqual(['ANCHOR_INVALID']);
  });

  test('a checkpoint of another log by the same key belongs to the other log', async () => {
    const made = await createTestLog();
    const { checkpoint } = { checkpoint: parseCheckpoint(parseNote(await made.log.checkpoint()).text) };
    const text = formatCheckpoint({ ...checkpoint, origin: 'example.test/other' });
    const note = signNote({ text, signers: [made.signer.identity] });
    expect(await codes(made.log, { against: [note] })).toEqual(['ANCHOR_OF_OTHER_LOG']);
  });

  test('a known witness whose cosignature is not good refuses the checkpoint that carries it', async () => {
    const { whole, notes } = await history();
    const newest = notes.at(-1) ?? '';
    const line = cosign({
      text: parseNote(newest).text,
      timeSeconds: 1_800_000_000,
      signer: { ...ADA, sign: BOB.sign },
    });
    const against = [addCosignatures(newest, [line])];
    expect(await codes(whole.log, { against })).toEqual([]);
    expect(await codes(whole.log, { against, witnessPolicy: POLICY })).toEqual(['ANCHOR_INVALID']);
  });
});

describe('The age of anchors', () => {
  test('is a warning above what the caller states, whether or not anything stands behind the newest', async () => {
    const made = await witnessedLog();
    made.environment.advance(7_200_000);
    expect(await codes(made.log, { maxAnchorAgeMs: 10_800_000 })).not.toContain('ANCHOR_OLD');
    expect(await codes(made.log, { maxAnchorAgeMs: 3_600_000, against: [await made.log.checkpoint()] })).toContain(
      'ANCHOR_OLD',
    );
  });
});

describe('A call that had to be witnessed', () => {
  const config = { requireWitness: { risk: ['critical'], witnesses: ['witness'] } };
  const digest = Buffer.alloc(32).toString('base64');

  async function withCall(options: { witnessed: boolean; outcome?: 'ok' | 'aborted'; code?: string }) {
    const made = await createTestLog({ anchors: options.witnessed ? [inlineWitness()] : [], anchorHeartbeatMs: false });
    await made.log.append({ kind: 'config-changed', config: digest, payloads: { config } });
    const { sampleCall, sampleClassification } = await import('../../audit/src/testing/sample-call.js');
    const call = sampleCall(made.log.origin, {
      callId: 'c',
      classification: sampleClassification({ level: 'critical' }),
    });
    const { index } = await made.log.begin({ ...call, decision: 'not_required', decisionBy: call.verdict.rule });
    if (options.witnessed) await made.log.witnessed(index, new AbortController().signal);
    const { outcome = 'ok', code } = options;
    const error = code === undefined ? {} : { error: { name: 'Error', message: 'x', code } };
    await made.log.finish({
      callId: 'c',
      run: call.run,
      tool: call.tool.name,
      begun: index,
      outcome,
      durationUs: 1,
      ...error,
      ...(call.context.session === undefined ? {} : { session: call.context.session }),
    });
    return codes(made.log, { witnessPolicy: POLICY });
  }

  test('and ran without its witness is a finding', async () => {
    expect(await withCall({ witnessed: false })).toContain('WITNESS_MISSING');
    expect(await withCall({ witnessed: false, outcome: 'aborted', code: 'SOMETHING_ELSE' })).toContain(
      'WITNESS_MISSING',
    );
  });

  test('and was witnessed, or given up before it ran, is none', async () => {
    expect(await withCall({ witnessed: true })).not.toContain('WITNESS_MISSING');
    expect(await withCall({ witnessed: false, outcome: 'aborted', code: 'WITNESS_UNAVAILABLE' })).not.toContain(
      'WITNESS_MISSING',
    );
  });
});

describe('A log that goes on from another (PARENT-1)', () => {
  const by = { kind: 'person', id: 'ada' } as const;

  async function successor() {
    const old = await createTestLog({ origin: 'example.test/old' });
    for (let i = 0; i < 4; i += 1) await event(old.log, `event-${i}`);
    const { root, size } = parseCheckpoint(parseNote(await old.log.checkpoint()).text);
    const parent = { log: 'example.test/old', size, root: Buffer.from(root).toString('base64') };
    const made = await createTestLog({ opening: { parent, by, reason: 'It was rolled back.' } });
    return { old, made };
  }

  test('says so in its first entry, with who began it and why', async () => {
    const { made } = await successor();
    const first = await made.log.entry(0);
    expect(first.entry).toMatchObject({ kind: 'log-opened', parent: { log: 'example.test/old', size: 5 }, by });
    expect(first.payloads.get('reason')).toBe('It was rolled back.');
  });

  test('is compared with what is left of the old one', async () => {
    const { old, made } = await successor();
    const note = parseCheckpoint(parseNote(await old.log.checkpoint()).text);
    expect(await codes(made.log)).toContain('PARENT_NOT_CHECKED');
    expect(await codes(made.log, { parent: parentOfCheckpoint(note) })).toEqual(['NO_ANCHOR']);
    await event(old.log, 'later');
    expect(await codes(made.log, { parent: await parentOfLog(old.store, 'example.test/old') })).toEqual(['NO_ANCHOR']);
    const cut = await createTestLog({ origin: 'example.test/old' });
    expect(await codes(made.log, { parent: await parentOfLog(cut.store, 'example.test/old') })).toContain(
      'PARENT_CUT_BACK',
    );
    expect(await codes(made.log, { parent: await parentOfLog(old.store, 'example.test/else') })).toContain(
      'PARENT_MISMATCH',
    );
    const fork = await createTestLog({ origin: 'example.test/old', seed: 9 });
    for (let i = 0; i < 6; i += 1) await event(fork.log, `event-${i}`);
    expect(await codes(made.log, { parent: await parentOfLog(fork.store, 'example.test/old') })).toContain(
      'PARENT_MISMATCH',
    );
    const first = await createTestLog({ seed: 3 });
    expect(await codes(first.log, { parent: parentOfCheckpoint(note) })).toContain('PARENT_MISMATCH');
  });
});
