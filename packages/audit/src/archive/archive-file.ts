/**
 * An archive as a file: written under another name, flushed, read back and verified, and only then put in its place, where it
 * replaces nothing.
 */

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CountersignError } from '@countersign/core';
import { flushFolder, writeDraft } from '../replace-file.js';
import { RetentionError } from '../retention/errors.js';
import { isErrorWithCode } from '../system-error.js';
import { MAX_ARCHIVE_LINE_BYTES } from './lines.js';
import { type ArchiveContent, type ArchiveResult, type VerifyArchiveOptions, verifyArchive } from './verify-archive.js';

/** An archive that is in its place. */
export interface WrittenArchive extends Omit<ArchiveContent, 'ok'> {
  readonly path: string;
  /** SHA-256 of its bytes, in base64. */
  readonly digest: string;
}

/** What to write. */
export interface WriteArchiveOptions {
  readonly path: string;
  readonly lines: AsyncIterable<string>;
  /** The verifier key that it must verify with. */
  readonly key: string;
  randomBytes(length: number): Uint8Array;
}

/**
 * Writes an archive and verifies what was written.
 * @throws RetentionError `ARCHIVE_EXISTS` when something is at the path; `ARCHIVE_INVALID` when what was read back does not verify;
 * `ARCHIVE_IO` when it cannot be written.
 */
export async function writeArchive({ path, lines, key, randomBytes }: WriteArchiveOptions): Promise<WrittenArchive> {
  const draft = `${path}.${Buffer.from(randomBytes(8)).toString('hex')}.draft`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const hash = createHash('sha256');
    await writeDraft(draft, hashing(lines, hash));
    const { result, digest } = await readArchive(draft, { key });
    if (!result.ok || digest !== hash.digest('base64')) throw invalid(result);
    await putInPlace(draft, path);
    const { ok: _, ...content } = result;
    return { path, digest, ...content };
  } catch (error) {
    if (error instanceof CountersignError || !isSystemError(error)) throw error;
    throw new RetentionError(
      'ARCHIVE_IO',
      `The archive ${path} cannot be written (${error.code}); nothing was removed.`,
      {
        hint: 'See that the folder may be written to and has room.',
        cause: error,
      },
    );
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Verifies the archive in a file, and answers the digest of its bytes. System errors are passed on. */
export async function readArchive(
  path: string,
  options: VerifyArchiveOptions,
): Promise<{ readonly result: ArchiveResult; readonly digest: string }> {
  const hash = createHash('sha256');
  const result = await verifyArchive(linesOf(path, hash), options);
  // What verification did not read to its end is not the archive whose digest is on record.
  return { result, digest: result.ok ? hash.digest('base64') : '' };
}

/** What has no end of a line for too long is no archive: it ends in an empty line, which no archive has. */
async function* linesOf(path: string, hash: Hash): AsyncGenerator<string, void, undefined> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const data of createReadStream(path)) {
    const chunk = Buffer.from(data);
    hash.update(chunk);
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      yield Buffer.concat([...pending, chunk.subarray(from, end)]).toString('utf8');
      pending = [];
      pendingBytes = 0;
      from = end + 1;
    }
    pending.push(chunk.subarray(from));
    pendingBytes += chunk.length - from;
    if (pendingBytes > MAX_ARCHIVE_LINE_BYTES) {
      yield '';
      return;
    }
  }
  if (pendingBytes > 0) yield Buffer.concat(pending).toString('utf8');
}

const LINE_FEED = 0x0a;

async function* hashing(lines: AsyncIterable<string>, hash: Hash): AsyncGenerator<string, void, undefined> {
  for await (const line of lines) {
    hash.update(line);
    yield line;
  }
}

/** A link replaces nothing, where a rename would. */
async function putInPlace(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (!isErrorWithCode(error, 'EEXIST')) throw error;
    throw new RetentionError('ARCHIVE_EXISTS', `There is a file at ${path} already; nothing was removed.`, {
      hint: 'Give each archive a name of its own.',
    });
  }
  await flushFolder(dirname(path));
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function invalid(result: ArchiveResult): RetentionError {
  const reason = result.ok ? 'its bytes are not those that were written' : result.reason;
  return new RetentionError('ARCHIVE_INVALID', `The archive does not verify (${reason}); nothing was removed.`, {
    hint: 'Run `countersign verify`: what is archived must be what was signed.',
  });
}
