/**
 * Checkpoints that a person kept, in files.
 */

import { type Checkpoint, parseCheckpoint, parseNote } from '@countersign/tlog';
import { CommandError } from './errors.js';
import { readSmallFile } from './small-file.js';

/** A checkpoint as it was kept. Nothing is verified yet. */
export interface KeptCheckpoint extends Checkpoint {
  readonly note: string;
}

/**
 * The checkpoint in a file. A file that holds none was named by mistake, and says nothing about the log.
 * @param option For messages: the option that named it, such as `--against`.
 * @throws CommandError `FILE_UNREADABLE`, `ARGUMENT_INVALID`
 */
export async function readCheckpointFile(path: string, option: string): Promise<KeptCheckpoint> {
  const note = await readSmallFile(path, MAX_CHECKPOINT_BYTES);
  try {
    return { ...parseCheckpoint(parseNote(note).text), note };
  } catch (cause) {
    throw new CommandError('ARGUMENT_INVALID', `${option}: the file ${path} holds no signed checkpoint.`, {
      hint: 'Give a checkpoint as `log.checkpoint()` answers it, or a high-water mark.',
      cause,
    });
  }
}

/** A note's largest size (C2SP signed-note). */
const MAX_CHECKPOINT_BYTES = 1_000_000;
