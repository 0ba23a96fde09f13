/**
 * An export in a file, opened for verification.
 */

import { type FileHandle, open } from 'node:fs/promises';
import { type ExportedLog, openExport } from '@countersign/audit/verify';
import { unreadable } from './errors.js';

/** Runs `use` with the log that the file holds, and closes the file after. @throws CommandError `FILE_UNREADABLE` */
export async function withExport<T>(path: string, use: (exported: ExportedLog) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await use(await openExport({ read: (offset, length) => readFrom(file, { path, offset, length }) }));
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The bytes that were asked for; fewer only at the end of the file. */
async function readFrom(
  file: FileHandle,
  { path, offset, length }: { readonly path: string; readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length);
  try {
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
