/** What `countersign verify-receipt` does. */

import { createHash } from 'node:crypto';
import { exitCodeOf, MAX_RECEIPT_BYTES, readReceipt, verifyReceipt } from '@countersign/audit/verify';
import { parseWitnessPolicy, TlogError, type WitnessPolicy } from '@countersign/tlog';
import { z } from 'zod';
import { readCheckpointFile } from '../checkpoint-file.js';
import { CommandError } from '../errors.js';
import { jsonText } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { formatReceiptReport } from '../format/receipt-report.js';
import { type CliIo, mayColor, print } from '../io.js';
import { commonSchema, parseOptions } from '../options.js';
import { readSmallFile } from '../small-file.js';
import { readVerifierKey } from '../verifier-key.js';

/** Verifies a receipt and prints the report; the exit code is that of the report. */
export async function runVerifyReceipt(io: CliIo, file: string, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const key = await readVerifierKey(options.key);
  if (key === undefined) throw noKey();
  const kept = await Promise.all((options.against ?? []).map((path) => readCheckpointFile(path, '--against')));
  const policy = options.policy === undefined ? undefined : await readPolicy(options.policy);
  const text = await readSmallFile(file, MAX_RECEIPT_BYTES);
  const read = readReceipt(text);
  // A file of another kind was named by mistake; a receipt that is broken is a finding.
  if (!read.ok && read.foreign) throw noReceipt(file, read.message);
  const report = verifyReceipt(read.ok ? read.receipt : text, {
    key,
    against: kept.map(({ note }) => note),
    ...(policy === undefined ? {} : { policy }),
  });
  io.exitWith(exitCodeOf(report));
  const palette = createPalette(mayColor(io, io.stdout, options));
  const isJson = options.json || options.jsonl;
  await print(io, isJson ? jsonText(report, options) : formatReceiptReport(report, { key, palette }));
}

const schema = commonSchema.extend({
  against: z.array(z.string().min(1)).max(1000).exactOptional(),
  policy: z.string().min(1).exactOptional(),
});

async function readPolicy(path: string): Promise<WitnessPolicy> {
  const text = await readSmallFile(path, MAX_POLICY_BYTES);
  try {
    return parseWitnessPolicy(text, (bytes) => createHash('sha256').update(bytes).digest());
  } catch (cause) {
    if (!(cause instanceof TlogError)) throw cause;
    throw new CommandError('ARGUMENT_INVALID', `--policy: ${cause.message}`, {
      hint: 'Give a witness policy in the form of C2SP tlog-policy.',
      cause,
    });
  }
}

const MAX_POLICY_BYTES = 256 * 1024;

function noKey(): CommandError {
  return new CommandError('ARGUMENT_INVALID', '--key: a receipt proves something only under a key that you trust.', {
    hint: "Give the log's verifier key, as `countersign keys export` printed it where the log is.",
  });
}

function noReceipt(file: string, message: string): CommandError {
  return new CommandError('ARGUMENT_INVALID', `The file ${file} holds no receipt. ${message}`, {
    hint: 'Give what `countersign prove` wrote, unchanged.',
  });
}
