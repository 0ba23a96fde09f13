/**
 * Checkpoints that a person kept, in files.
 */

import { parseNoteList } from '@countersign/audit';
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

/**
 * The signed checkpoints in a file: one, as a person keeps it, or many, as an anchor file holds them.
 * @throws CommandError `ARGUMENT_INVALID` for a file that holds none: it was named by mistake, and says nothing about the log.
 */
export async function readCheckpointList(path: string, option: string): Promise<readonly string[]> {
  const { notes } = parseNoteList(await readSmallFile(path, MAX_ANCHOR_FILE_BYTES));
  if (notes.length > 0) return notes.map(({ note }) => note);
  throw new CommandError('ARGUMENT_INVALID', `${option}: the file ${path} holds no signed checkpoint.`, {
    hint: 'Give a checkpoint as `log.checkpoint()` answers it, a high-water mark, or an anchor file.',
  });
}

/** The largest anchor file that is read: a hundred thousand checkpoints. */
const MAX_ANCHOR_FILE_BYTES = 64 * 1024 * 1024;
