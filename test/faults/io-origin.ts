/** The log that the process of the I/O errors writes, and the temporary files of its mark. */

import { join } from 'node:path';
import { createSystemEnvironment, type Environment } from '@countersign/core';

export const IO_ORIGIN = 'example.test/io';

/** More than the mark is written. */
const MARK_WRITES = 12;

/** An environment whose random bytes count up, so that the names of temporary files are known beforehand. */
export function countingEnvironment(): Environment {
  let count = 0;
  return {
    ...createSystemEnvironment(),
    randomBytes: (length) => {
      count += 1;
      return Uint8Array.from({ length }, (_, i) => (i === length - 1 ? count : 0));
    },
  };
}

/** The temporary files of the mark in a folder, as a process names them whose mark has a counting environment. */
export function markTemporaries(folder: string): readonly string[] {
  return Array.from({ length: MARK_WRITES }, (_, i) =>
    join(folder, 'marks', `mark.${(i + 1).toString(16).padStart(16, '0')}.tmp`),
  );
}
