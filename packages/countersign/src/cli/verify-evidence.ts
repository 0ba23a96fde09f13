/**
 * The options of `countersign verify` that bring evidence from outside: witnesses, time stamps, the old log.
 */

import { open } from 'node:fs/promises';
import {
  createTimestampVerifier,
  createWitnessAnchor,
  type LogVerifyOptions,
  parseNoteList,
  readIdentity,
  readWitnessPolicy,
} from '@countersign/audit';
import { type ParentEvidence, parentOfCheckpoint, parentOfLog, type VerifyOptions } from '@countersign/audit/verify';
import { ConfigError, createSystemEnvironment } from '@countersign/core';
import { z } from 'zod';
import { CommandError, unreadable } from './errors.js';
import type { CliIo } from './io.js';
import { openStores } from './open-stores.js';
import { readSmallFile } from './small-file.js';

/** How the options are checked. */
export const evidenceOptions = {
  witnessPolicy: z.string().min(1).optional(),
  timestampCa: z.string().min(1).optional(),
  parent: z.string().min(1).optional(),
  maxAnchorAge: z
    .string()
    .regex(/^[1-9][0-9]{0,6}(s|m|h|d)$/, 'expected an age such as 30m, 2h or 7d')
    .transform(ageMs)
    .optional(),
  offline: z.boolean().default(false),
} as const;

/** The evidence, as a log is verified with it. */
export type ViewEvidence = Pick<
  LogVerifyOptions,
  'witnessPolicy' | 'timestampCa' | 'parent' | 'maxAnchorAgeMs' | 'anchors'
>;

type EvidenceOptions = z.infer<z.ZodObject<typeof evidenceOptions>>;

/** Reads what the options name. @throws CommandError `ARGUMENT_INVALID`, `FILE_UNREADABLE` */
export async function readEvidence(_io: CliIo, options: EvidenceOptions): Promise<ViewEvidence> {
  const { witnessPolicy, timestampCa, parent, maxAnchorAge, offline } = options;
  const policy = witnessPolicy === undefined ? undefined : await readPolicy(witnessPolicy);
  return {
    ...(policy !== undefined && { witnessPolicy: policy, anchors: offline ? [] : witnessesOf(policy) }),
    ...(timestampCa !== undefined && { timestampCa: await readCertificates(timestampCa) }),
    ...(parent !== undefined && { parent: await readParent(parent) }),
    ...(maxAnchorAge !== undefined && { maxAnchorAgeMs: maxAnchorAge }),
  };
}

/** The same for an export, which has no anchors that could be asked. */
export function forExport(evidence: ViewEvidence): Partial<VerifyOptions> {
  const { witnessPolicy, timestampCa, parent, maxAnchorAgeMs } = evidence;
  return {
    ...(witnessPolicy !== undefined && { witnessPolicy: readWitnessPolicy(witnessPolicy) }),
    ...(timestampCa !== undefined && { verifyTimestamp: createTimestampVerifier(timestampCa) }),
    ...(parent !== undefined && { parent }),
    ...(maxAnchorAgeMs !== undefined && { maxAnchorAgeMs }),
    nowUs: createSystemEnvironment().nowUs(),
  };
}

async function readPolicy(path: string): Promise<string> {
  const text = await readSmallFile(path, MAX_FILE_BYTES);
  return checked('--witness-policy', path, () => {
    readWitnessPolicy(text);
    return text;
  });
}

async function readCertificates(path: string): Promise<string> {
  const text = await readSmallFile(path, MAX_FILE_BYTES);
  return checked('--timestamp-ca', path, () => {
    createTimestampVerifier(text);
    return text;
  });
}

const MAX_FILE_BYTES = 256 * 1024;

function checked<T>(option: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CommandError('ARGUMENT_INVALID', `${option}: ${path}: ${error.message}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error,
    });
  }
}

/** The witnesses of a policy as an anchor to be read; none where too few of them have a URL. */
function witnessesOf(policy: string) {
  try {
    return [createWitnessAnchor({ policy, name: 'given' })];
  } catch (error) {
    // A policy without URLs checks what is on record, and that is enough.
    if (error instanceof ConfigError) return [];
    throw error;
  }
}

/** What is left of an old log: its database, or a file that holds a checkpoint of it. */
async function readParent(path: string): Promise<ParentEvidence> {
  if (await isDatabase(path)) return readOldLog(path);
  const { notes } = parseNoteList(await readSmallFile(path, MAX_FILE_BYTES));
  const newest = notes.at(-1);
  if (newest !== undefined) return parentOfCheckpoint(newest.checkpoint);
  throw new CommandError('ARGUMENT_INVALID', `--parent: the file ${path} is no log and holds no signed checkpoint.`, {
    hint: 'Give the old database as `countersign restart` kept it, or a checkpoint of it.',
  });
}

/** The old log is read once and closed again: its roots are asked for when the new one has been read. */
async function readOldLog(path: string): Promise<ParentEvidence> {
  const stores = await openStores(path, createSystemEnvironment());
  try {
    const identity = await readIdentity(stores.log);
    const evidence = await parentOfLog(stores.log, identity?.origin ?? '');
    return { ...evidence, rootAt: (size) => rootOf(path, size) };
  } finally {
    await stores.close();
  }
}

async function rootOf(path: string, size: number): Promise<string | undefined> {
  const stores = await openStores(path, createSystemEnvironment());
  try {
    return await (await parentOfLog(stores.log, '')).rootAt(size);
  } finally {
    await stores.close();
  }
}

async function isDatabase(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(16), position: 0 });
    return buffer.toString('latin1', 0, bytesRead) === 'SQLite format 3\0';
  } finally {
    await file.close();
  }
}

function ageMs(text: string): number {
  const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? 0);
}
