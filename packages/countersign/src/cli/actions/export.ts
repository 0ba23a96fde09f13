/** What `countersign export` does. */

import { EXPORT_FORMATS, type ExportFormat } from '@countersign/audit';
import { z } from 'zod';
import { writeFileAtomically } from '../atomic-file.js';
import { InterruptedError } from '../errors.js';
import { visibleCsv, visibleJson } from '../format/visible.js';
import { type CliIo, note, print } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, filterSchema, parseOptions } from '../options.js';

/** Writes the export to the standard output or to a file. */
export async function runExport(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const format = options.format ?? (options.jsonl ? 'jsonl' : 'json');
  await withView(io, options, async ({ view }) => {
    const pieces = stoppable(io, view.export(format, filterSchema.parse(input)));
    if (options.out !== undefined) {
      await writeFileAtomically(options.out, pieces);
      if (!options.quiet) note(io, `Wrote ${options.out}`);
      return;
    }
    // A program gets the export byte for byte; a terminal must not act on what tools wrote.
    for await (const piece of pieces) await print(io, io.stdout.isTTY === true ? visiblePiece(piece, format) : piece);
  });
}

const schema = commonSchema.extend(filterSchema.shape).extend({
  format: z.enum(EXPORT_FORMATS, `expected one of ${EXPORT_FORMATS.join(', ')}`).optional(),
  out: z.string().min(1).optional(),
});

function visiblePiece(piece: string, format: ExportFormat): string {
  return format === 'csv' ? visibleCsv(piece) : visibleJson(piece);
}

async function* stoppable(io: CliIo, pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const piece of pieces) {
    if (io.signal.aborted) throw new InterruptedError();
    yield piece;
  }
}
