/**
 * What is left of a log when its write-ahead log is cut, is old, or is gone: never anything but a state that was signed, or damage
 * that is found. Whoever has the mark sees what is missing, and the log is not continued.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AuditLog,
  createMemorySigner,
  openAuditLog,
  openMark,
  type Signer,
  StoreCorruptError,
} from '@countersign/audit';
import { verifyLog } from '@countersign/audit/verify';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRaw } from '../tamper/raw-sqlite.js';
import { createSeeded } from '../tamper/seeded.js';

const SEED = 4_242;
const COMMITS = 8;
const HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4096;

const environment = createSystemEnvironment();
const folder = mkdtempSync(join(tmpdir(), 'countersign-wal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file and its write-ahead log, as bytes. */
interface Files {
  readonly database: Buffer;
  readonly wal: Buffer;
}

/** A log at several moments. */
interface History {
  readonly signer: Signer;
  readonly key: string;
  /** The newest checkpoint, as the mark holds it. */
  readonly mark: string;
  /** The checkpoint of each size at which something was acknowledged. */
  readonly signed: ReadonlyMap<number, string>;
  /** Before the write-ahead log was moved into the database, at the end, and after that. */
  readonly early: Files;
  readonly late: Files;
  readonly moved: Files;
}

const seenAt = (path: string): Files => ({ database: readFileSync(path), wal: readFileSync(`${path}-wal`) });

async function writeHistory(): Promise<History> {
  const path = join(folder, 'source.db');
  const stores = await openSqlite({ path, create: true });
  const signer = createMemorySigner({ origin: 'example.test/wal', environment });
  const log = await openAuditLog({ store: stores.log, signer, environment, create: true });
  const signed = new Map<number, string>();
  await appendSome(log, signed);
  const early = seenAt(path);
  await moveWal(path);
  await appendSome(log, signed);
  const late = seenAt(path);
  const mark = await log.checkpoint();
  await moveWal(path);
  const moved = seenAt(path);
  await log.close();
  await stores.close();
  return { signer, key: log.identityKey, mark, signed, early, late, moved };
}

async function appendSome(log: AuditLog, signed: Map<number, string>): Promise<void> {
  for (let i = 0; i < COMMITS; i += 1) {
    const { index } = await log.append({
      kind: 'system-event',
      name: `event ${i}`,
      payloads: { details: { text: 'x'.repeat(300) } },
    });
    signed.set(index + 1, await log.checkpoint());
  }
}

async function moveWal(path: string): Promise<void> {
  const raw = openRaw(path);
  raw.pragma('wal_checkpoint(PASSIVE)');
  raw.close();
}

let history: History;
beforeAll(async () => {
  history = await writeHistory();
});

/** Lays the files out; without a write-ahead log where there is none. */
function layOut({ database, wal }: { readonly database: Buffer; readonly wal?: Uint8Array }): string {
  const path = join(folder, 'cut.db');
  for (const end of ['', '-wal', '-shm']) if (existsSync(path + end)) rmSync(path + end);
  writeFileSync(path, database);
  if (wal !== undefined) writeFileSync(`${path}-wal`, wal);
  return path;
}

/** The size that the file states, and its newest checkpoint. */
function headOf(path: string): { readonly size: number; readonly note: string } {
  const raw = openRaw(path, { readonly: true });
  try {
    const [row] = raw.prepare('SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1').all();
    return Object.assign({ size: 0, note: '' }, row);
  } finally {
    raw.close();
  }
}

/** Verifies the file with its mark, and tries to continue it. */
async function judge(
  path: string,
): Promise<{ readonly size: number; readonly codes: readonly string[]; readonly refusal: string }> {
  const mark = join(folder, 'mark');
  writeFileSync(mark, history.mark);
  const stores = await openSqlite({ path });
  try {
    const { findings, size } = await verifyLog(stores.log, { key: history.key, mark: history.mark });
    const codes = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    const opening = openAuditLog({
      store: stores.log,
      signer: history.signer,
      environment,
      mark: openMark({ path: mark }),
      create: true,
    });
    const refusal = await opening.then(
      async (log) => {
        await log.close();
        return 'none';
      },
      (error: Error & { code?: string }) => error.code ?? String(error),
    );
    return { size, codes: [...new Set(codes)], refusal };
  } finally {
    await stores.close();
  }
}

/** Expects a signed beginning of the log, whose missing end the mark shows. */
async function expectPrefix(path: string, label: string): Promise<void> {
  const { size, note } = headOf(path);
  const whole = Math.max(...history.signed.keys());
  if (size > 1) expect([label, note]).toEqual([label, history.signed.get(size)]);
  const found = await judge(path);
  const isWhole = size === whole;
  expect([label, found]).toEqual([
    label,
    { size, codes: isWhole ? [] : ['LOG_TRUNCATED'], refusal: isWhole ? 'none' : 'LOG_ROLLED_BACK' },
  ]);
}

describe('a write-ahead log that is cut', () => {
  it('at any byte of its last two frames leaves the state before them', { timeout: 300_000 }, () => {
    const { database, wal } = history.late;
    const frames = framesOf(wal);
    const whole = Math.max(...history.signed.keys());
    for (
      let bytes = HEADER_BYTES + (frames - 2) * FRAME_BYTES;
      bytes < HEADER_BYTES + frames * FRAME_BYTES;
      bytes += 1
    ) {
      const { size, note } = headOf(layOut({ database, wal: wal.subarray(0, bytes) }));
      if (size !== whole - 1 || note !== history.signed.get(size)) expect.unreachable(`cut at ${bytes}: ${size}`);
    }
    expect(headOf(layOut({ database, wal }))).toEqual({ size: whole, note: history.mark });
  });

  it('at any end of a frame leaves a signed beginning, and the mark shows what is missing', {
    timeout: 300_000,
  }, async () => {
    const { database, wal } = history.late;
    const sizes = new Set<number>();
    for (let frame = 0; frame <= framesOf(wal); frame += 1) {
      const path = layOut({ database, wal: wal.subarray(0, HEADER_BYTES + frame * FRAME_BYTES) });
      sizes.add(headOf(path).size);
      await expectPrefix(path, `after frame ${frame}`);
    }
    // Every acknowledged state since the last move is met on the way, and the one of the move.
    expect([...sizes].sort((a, b) => a - b)).toEqual(Array.from({ length: COMMITS + 1 }, (_, i) => i + 1 + COMMITS));
  });

  it(`elsewhere (seed ${SEED}) leaves a signed beginning`, { timeout: 300_000 }, async () => {
    const { database, wal } = history.late;
    const pick = createSeeded(SEED);
    for (let i = 0; i < 40; i += 1) {
      const bytes = pick(framesOf(wal) * FRAME_BYTES);
      await expectPrefix(layOut({ database, wal: wal.subarray(0, bytes) }), `cut at ${bytes}`);
    }
  });

  it(`and damaged elsewhere (seed ${SEED}) ends before the damage`, { timeout: 300_000 }, async () => {
    const { database, wal } = history.late;
    const pick = createSeeded(SEED);
    for (let i = 0; i < 40; i += 1) {
      const damaged = Buffer.from(wal.subarray(0, HEADER_BYTES + framesOf(wal) * FRAME_BYTES));
      const at = HEADER_BYTES + pick(damaged.length - HEADER_BYTES);
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << pick(8)), at);
      await expectPrefix(layOut({ database, wal: damaged }), `changed at ${at}`);
    }
  });
});

describe('a write-ahead log of another time', () => {
  it('that is gone leaves what was moved into the database', { timeout: 120_000 }, async () => {
    await expectPrefix(layOut({ database: history.late.database }), 'late without its wal');
    await expectPrefix(layOut({ database: history.moved.database }), 'moved without its wal');
    expect(headOf(layOut({ database: history.moved.database })).size).toBe(1 + 2 * COMMITS);
  });

  it('beside a newer or older database is a signed beginning, or is found', { timeout: 120_000 }, async () => {
    const { early, late, moved } = history;
    const found: string[] = [];
    for (const [label, files] of [
      ['old wal, new database', { database: moved.database, wal: early.wal }],
      ['old wal, database of the middle', { database: late.database, wal: early.wal }],
      ['new wal, old database', { database: early.database, wal: late.wal }],
    ] as const) {
      const path = layOut(files);
      const { size, codes, refusal } = await judge(path).catch((error: unknown) => {
        // A file that the engine itself refuses is found as well.
        if (!(error instanceof StoreCorruptError)) throw error;
        return { size: 0, codes: [error.code], refusal: error.code };
      });
      // Whatever the engine makes of the mixture: it is the whole log, or it is found, and then it is not continued.
      const isWhole = size === 1 + 2 * COMMITS && codes.length === 0;
      expect([label, isWhole || codes.length > 0]).toEqual([label, true]);
      const expected = isWhole ? /^none$/ : /^(LOG_ROLLED_BACK|STORE_DAMAGED|ENTRY_CORRUPT)$/;
      expect([label, refusal]).toEqual([label, expect.stringMatching(expected)]);
      found.push(`  ${label}: ${isWhole ? 'the whole log' : codes.join(', ')}; opening: ${refusal}`);
    }
    console.log(['a write-ahead log of another time:', ...found].join('\n'));
  });
});

/** The frames of the newest run: those whose salt is that of the header. Older ones may follow in a log that began anew. */
function framesOf(wal: Buffer): number {
  const salt = wal.subarray(16, 24);
  let frames = 0;
  for (let at = HEADER_BYTES; at + FRAME_BYTES <= wal.length; at += FRAME_BYTES, frames += 1) {
    if (!wal.subarray(at + 8, at + 16).equals(salt)) break;
  }
  return frames;
}
