/** What `countersign verify` does. */

import { exitCodeOf, type VerifyReport } from '@countersign/audit/verify';
import { z } from 'zod';
import { jsonText } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { createProgress } from '../format/progress.js';
import { formatReport } from '../format/report.js';
import { type CliIo, mayColor, print } from '../io.js';
import { type OpenedView, openView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { readSmallFile } from '../small-file.js';

/** Verifies the log and prints the report; the exit code is that of the report. */
export async function runVerify(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const against = await Promise.all((options.against ?? []).map((path) => readSmallFile(path, MAX_CHECKPOINT_BYTES)));
  const opened = await openView(io, options);
  try {
    const report = await verify(io, { opened, against, options });
    io.exitWith(exitCodeOf(report, { strict: options.strict }));
    await print(io, await textOf(io, { report, opened, options, checkpoints: against.length }));
  } finally {
    await opened.store.close();
  }
}

const schema = commonSchema.extend({
  against: z.array(z.string().min(1)).max(1000).optional(),
  strict: z.boolean().default(false),
});

type VerifyOptions = z.infer<typeof schema>;

/** A note's largest size (C2SP signed-note). */
const MAX_CHECKPOINT_BYTES = 1_000_000;

async function verify(
  io: CliIo,
  work: { readonly opened: OpenedView; readonly against: readonly string[]; readonly options: VerifyOptions },
): Promise<VerifyReport> {
  const { opened, against, options } = work;
  const progress = createProgress(io.stderr, 'Verifying', io.stderr.isTTY === true && !options.quiet);
  try {
    const how = {
      ...(opened.pinnedKey === undefined ? {} : { key: opened.pinnedKey }),
      against,
      strict: options.strict,
      onProgress: progress.show,
    };
    return await opened.view.verify(how);
  } finally {
    progress.end();
  }
}

async function textOf(
  io: CliIo,
  done: {
    readonly report: VerifyReport;
    readonly opened: OpenedView;
    readonly options: VerifyOptions;
    readonly checkpoints: number;
  },
): Promise<string> {
  const { report, opened, options, checkpoints } = done;
  if (options.json || options.jsonl) return jsonText(report, options);
  const hasMark = (await opened.mark.read().catch(() => undefined)) !== undefined;
  return formatReport(report, {
    database: opened.files.database,
    key: opened.pinnedKey ?? opened.view.identityKey,
    mark: hasMark ? opened.files.mark : undefined,
    checkpoints,
    palette: createPalette(mayColor(io, io.stdout, options)),
  });
}
