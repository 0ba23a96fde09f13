/** What `countersign export` does. */

import { resolve } from 'node:path';
import { EXPORT_FORMATS, type ExportFormat, type TilesExport } from '@countersign/audit';
import { z } from 'zod';
import { CommandError, InterruptedError } from '../errors.js';
import { jsonText } from '../format/json.js';
import { visibleCsv, visibleJson } from '../format/visible.js';
import { countText } from '../format/words.js';
import { type CliIo, note, print } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, filterSchema, parseOptions } from '../options.js';
import { writeOut } from '../write-out.js';

/** Writes the export to the standard output or to a file. */
export async function runExport(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const format = options.format ?? (options.jsonl ? 'jsonl' : 'json');
  if (format === 'tlog-tiles') return exportTiles(io, options, filterSchema.parse(input));
  await withView(io, options, async ({ view }) => {
    const pieces = stoppable(io, view.export(format, filterSchema.parse(input)));
    if (options.out !== undefined) {
      await writeOut(options.out, pieces);
      if (!options.quiet) note(io, `Wrote ${options.out}`);
      return;
    }
    // A program gets the export byte for byte; a terminal must not act on what tools wrote.
    for await (const piece of pieces) await print(io, io.stdout.isTTY === true ? visiblePiece(piece, format) : piece);
  });
}

/** Those that are one text, and the one that is a folder. */
const FORMATS = [...EXPORT_FORMATS, 'tlog-tiles'] as const;

const schema = commonSchema.extend(filterSchema.shape).extend({
  format: z.enum(FORMATS, `expected one of ${FORMATS.join(', ')}`).optional(),
  out: z.string().min(1).optional(),
});

/** Adds to the folder what the log has more than it. */
async function exportTiles(io: CliIo, options: z.infer<typeof schema>, filter: object): Promise<void> {
  const { out, quiet } = options;
  if (out === undefined) {
    throw new CommandError('ARGUMENT_INVALID', '--out: the format tlog-tiles is a folder, and needs a place for it.', {
      hint: 'Give a new or empty folder, or one that holds an earlier export of the same log.',
    });
  }
  if (Object.keys(filter).length > 0) {
    throw new CommandError('ARGUMENT_INVALID', 'The format tlog-tiles holds the whole log and takes no filter.', {
      hint: 'Leave the filter out, or export json or csv.',
    });
  }
  await withView(io, options, async ({ view }) => {
    const done = await view.exportTiles(resolve(out), { signal: io.signal });
    if (options.json || options.jsonl) await print(io, jsonText(done, options));
    else if (!quiet) note(io, tilesText(out, done));
  });
}

function tilesText(out: string, { size, minimumIndex, written }: TilesExport): string {
  const from = minimumIndex === 0 ? '' : `; whole from entry ${minimumIndex} on, because of purges`;
  return `Wrote ${countText(written, 'file')} to ${out}, which now holds ${countText(size, 'entry', 'entries')}${from}`;
}

function visiblePiece(piece: string, format: ExportFormat): string {
  return format === 'csv' ? visibleCsv(piece) : visibleJson(piece);
}

async function* stoppable(io: CliIo, pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const piece of pieces) {
    if (io.signal.aborted) throw new InterruptedError();
    yield piece;
  }
}
