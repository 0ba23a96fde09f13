/** What `countersign verify` does. */

import { resolve } from 'node:path';
import { defaultVerifiedStatePaths, openVerifiedStateFile, type VerifiedStateFile } from '@countersign/audit';
import { type ExportedLog, exitCodeOf, type VerifyReport, verifyLog } from '@countersign/audit/verify';
import { z } from 'zod';
import { archiveLine, type CheckedArchive, checkArchive } from '../archives.js';
import { readCheckpointList } from '../checkpoint-file.js';
import { CommandError, InterruptedError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { withExport } from '../export-file.js';
import { jsonText } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { createProgress } from '../format/progress.js';
import { formatReport } from '../format/report.js';
import { type CliIo, mayColor, print } from '../io.js';
import { type OpenedView, openView } from '../open-view.js';
import { commonSchema, countSchema, parseOptions } from '../options.js';
import { readVerifierKey } from '../verifier-key.js';
import { evidenceOptions, forExport, readEvidence, type ViewEvidence } from '../verify-evidence.js';

/** Verifies the log and prints the report; the exit code is that of the report. */
export async function runVerify(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  checkSince(options);
  const against = (
    await Promise.all((options.against ?? []).map((path) => readCheckpointList(path, '--against')))
  ).flat();
  if (options.export !== undefined) return verifyExport(io, { path: options.export, against, options });
  const opened = await openView(io, options);
  try {
    const evidence = await readEvidence(io, options);
    const report = await verify(io, { opened, against, evidence, options });
    const archives = await checkArchives(opened, options.archive ?? []);
    const areSound = archives.every(({ ok }) => ok);
    io.exitWith(areSound ? exitCodeOf(report, { strict: options.strict }) : EXIT.tampering);
    if (options.json || options.jsonl) {
      await print(io, jsonText(options.archive === undefined ? report : { ...report, archives }, options));
      return;
    }
    await print(io, await textOf(io, { report, opened, options, checkpoints: against.length }));
    await print(io, archives.map(archiveLine).join(''));
  } finally {
    await opened.store.close();
  }
}

const schema = commonSchema.extend({
  against: z.array(z.string().min(1)).max(1000).optional(),
  archive: z.array(z.string().min(1)).max(1000).optional(),
  export: z.string().min(1).optional(),
  strict: z.boolean().default(false),
  ...evidenceOptions,
  jobs: countSchema.exactOptional(),
  sinceCheckpoint: z.union([z.literal(true), z.string().min(1)]).exactOptional(),
});

/** Each archive under the key that the log is verified with, and against the hashes that the log kept. */
async function checkArchives(opened: OpenedView, files: readonly string[]): Promise<readonly CheckedArchive[]> {
  const key = opened.pinnedKey ?? opened.view.identityKey;
  const archives: CheckedArchive[] = [];
  for (const file of files) archives.push(await checkArchive(file, key, opened.store));
  return archives;
}

type VerifyOptions = z.infer<typeof schema>;

/** Verifies an export: there is no mark to compare it with, and no writer that may be alive. */
async function verifyExport(
  io: CliIo,
  work: { readonly path: string; readonly against: readonly string[]; readonly options: VerifyOptions },
): Promise<void> {
  const { path, against, options } = work;
  const pinnedKey = await readVerifierKey(options.key);
  const evidence = forExport(await readEvidence(io, { ...options, offline: true }));
  await withExport(path, async (exported) => {
    const report = await withProgress(io, options, (onProgress) =>
      verifyLog(exported, {
        ...keysFor(exported, pinnedKey),
        ...evidence,
        against,
        strict: options.strict,
        onProgress,
      }),
    );
    io.exitWith(exitCodeOf(report, { strict: options.strict }));
    await print(io, exportText(io, { report, path, key: pinnedKey ?? exported.identityKey, against, options }));
  });
}

function keysFor({ identityKey }: ExportedLog, pinnedKey: string | undefined) {
  return {
    ...(pinnedKey !== undefined && { key: pinnedKey }),
    ...(identityKey !== undefined && { foundKey: identityKey }),
  };
}

function verify(
  io: CliIo,
  work: {
    readonly opened: OpenedView;
    readonly against: readonly string[];
    readonly evidence: ViewEvidence;
    readonly options: VerifyOptions;
  },
): Promise<VerifyReport> {
  const { opened, against, evidence, options } = work;
  return withProgress(io, options, (onProgress) =>
    opened.view.verify({
      ...evidence,
      ...(opened.pinnedKey === undefined ? {} : { key: opened.pinnedKey }),
      against,
      strict: options.strict,
      ...(options.jobs !== undefined && { jobs: options.jobs }),
      ...(options.sinceCheckpoint !== undefined && { since: stateFile(io, opened, options.sinceCheckpoint) }),
      onProgress,
    }),
  );
}

/** Where the state is kept: at the path given, or below the home folder; its key is always there. */
function stateFile(io: CliIo, { view, environment }: OpenedView, given: string | true): VerifiedStateFile {
  const { path, keyPath } = defaultVerifiedStatePaths(view.origin, io.home);
  return openVerifiedStateFile({
    path: given === true ? path : resolve(given),
    keyPath,
    verifier: io.version,
    environment,
  });
}

/** A state says that a log was found to be somebody's: without a pinned key, or for an export, it says nothing. */
function checkSince({ sinceCheckpoint, key, export: exported }: VerifyOptions): void {
  if (sinceCheckpoint === undefined || (key !== undefined && exported === undefined)) return;
  throw new CommandError('ARGUMENT_INVALID', '--since-checkpoint needs --key, and goes with a database alone.', {
    hint: 'Pin the key that `countersign keys export` printed: what was verified is remembered for that key.',
  });
}

async function withProgress(
  io: CliIo,
  { quiet }: VerifyOptions,
  run: (onProgress: ReturnType<typeof createProgress>['show']) => Promise<VerifyReport>,
): Promise<VerifyReport> {
  const progress = createProgress(io.stderr, 'Verifying', io.stderr.isTTY === true && !quiet);
  try {
    return await run((shown) => {
      if (io.signal.aborted) throw new InterruptedError('The verification was interrupted.');
      progress.show(shown);
    });
  } finally {
    progress.end();
  }
}

function exportText(
  io: CliIo,
  done: {
    readonly report: VerifyReport;
    readonly path: string;
    readonly key: string | undefined;
    readonly against: readonly string[];
    readonly options: VerifyOptions;
  },
): string {
  const { report, path, key = '', against, options } = done;
  if (options.json || options.jsonl) return jsonText(report, options);
  const palette = createPalette(mayColor(io, io.stdout, options));
  return formatReport(report, { database: path, key, mark: undefined, checkpoints: against.length, palette });
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
