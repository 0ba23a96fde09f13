/**
 * A list of signed notes in one text: what an anchor file holds. Notes follow one another, an empty line between them; a line
 * that belongs to no note (the rest of a write that was cut off) is passed over and counted. Pure.
 */

import { type Checkpoint, parseCheckpoint, parseNote } from '@countersign/tlog';

/** A signed checkpoint; nothing is verified. */
export interface ListedNote {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** What a text holds. */
export interface NoteList {
  readonly notes: readonly ListedNote[];
  /** How many lines are no part of a signed checkpoint. */
  readonly stray: number;
}

/** The signed checkpoints in a text, in their order. */
export function parseNoteList(text: string): NoteList {
  const notes: ListedNote[] = [];
  let stray = 0;
  let body: string[] = [];
  let signatures: string[] = [];
  const settle = (): void => {
    const listed = signatures.length === 0 ? undefined : readNote(`${body.join('\n')}\n\n${signatures.join('\n')}\n`);
    if (listed === undefined) stray += body.length + signatures.length;
    else notes.push(listed);
    body = [];
    signatures = [];
  };
  const lines = text.split('\n');
  // A line that no newline ends was cut off.
  if (lines.pop() !== '') stray += 1;
  lines.forEach((line, i) => {
    if (line.startsWith('\u2014 ') && (signatures.length > 0 || (body.length > 0 && lines[i - 1] === ''))) {
      signatures.push(line);
      return;
    }
    if (signatures.length > 0) settle();
    if (line !== '') body.push(line);
    // The empty line before signatures ends the text; any other ends nothing that could be a note.
    else if (!(lines[i + 1] ?? '').startsWith('\u2014 ')) settle();
  });
  settle();
  return { notes, stray };
}

function readNote(note: string): ListedNote | undefined {
  try {
    return { note, checkpoint: parseCheckpoint(parseNote(note).text) };
  } catch {
    // Whatever is wrong with it, it is no signed checkpoint.
    return undefined;
  }
}
