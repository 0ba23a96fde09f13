/** What `countersign prove` does. */

import {
  type ConsistencyReceipt,
  formatReceipt,
  LogRolledBackError,
  type LogView,
  verifyReceipt,
} from '@countersign/audit';
import { z } from 'zod';
import { type KeptCheckpoint, readCheckpointFile } from '../checkpoint-file.js';
import { CommandError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { type CliIo, note, print } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { writeOut } from '../write-out.js';

/** Writes a receipt, a bare proof, or a proof of consistency. */
export async function runProve(io: CliIo, id: string | undefined, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  checkArguments(id, options);
  const kept = await Promise.all((options.consistency ?? []).map((path) => readCheckpointFile(path, '--consistency')));
  await withView(io, options, async ({ view }) => {
    const text = id === undefined ? await growthText(io, view, kept) : await receiptText(view, id, options);
    if (text === undefined) return;
    if (options.out === undefined) {
      await print(io, text);
      return;
    }
    await writeOut(options.out, text);
    if (!options.quiet) note(io, `Wrote ${options.out}`);
  });
}

const schema = commonSchema.extend({
  run: z.string().exactOptional(),
  without: z
    .array(z.string())
    .transform((given) => given.flatMap((value) => value.split(',').map((name) => name.trim())))
    .pipe(z.array(z.string().min(1, 'expected names of payloads, joined by commas')))
    .exactOptional(),
  witnessed: z.boolean().default(false),
  proofOnly: z.boolean().default(false),
  consistency: z.array(z.string().min(1)).max(2, 'expected one or two files').exactOptional(),
  out: z.string().min(1).exactOptional(),
});

type ProveOptions = z.infer<typeof schema>;

function checkArguments(id: string | undefined, { consistency }: ProveOptions): void {
  if ((id === undefined) !== (consistency === undefined)) return;
  throw new CommandError('ARGUMENT_INVALID', 'Either an id or --consistency is needed, and not both.', {
    hint: 'Run `countersign prove <id>`, or `countersign prove --consistency <old checkpoint> [<newer checkpoint>]`.',
  });
}

/** An index is short; a call's id may be made of digits too, and is then found by the index that `query` prints. */
const INDEX = /^(0|[1-9][0-9]{0,14})$/;

async function receiptText(
  view: LogView,
  id: string,
  { run, without, witnessed, proofOnly }: ProveOptions,
): Promise<string> {
  const receipt = await view.receipt(INDEX.test(id) ? Number(id) : id, {
    witnessed,
    ...(run === undefined ? {} : { run }),
    ...(without === undefined ? {} : { without }),
  });
  return proofOnly ? (receipt.entries[0]?.proof ?? '') : formatReceipt(receipt);
}

/** Undefined when the log does not go on from what was kept: the findings are then told. */
async function growthText(io: CliIo, view: LogView, kept: readonly KeptCheckpoint[]): Promise<string | undefined> {
  const [old, newer] = kept;
  if (old === undefined) return undefined;
  const { size } = await view.store.head();
  for (const { size: known } of kept) if (known > size) throw cutBack(size, known);
  const made = await view.consistencyProof(old.size, newer?.size);
  const document: ConsistencyReceipt = {
    ...made,
    from: { ...made.from, checkpoint: old.note },
    to: newer === undefined ? made.to : { ...made.to, checkpoint: newer.note },
  };
  const { integrity, findings } = verifyReceipt(document, { key: view.identityKey });
  if (integrity === 'ok') return formatReceipt(document);
  for (const { code, message } of findings) note(io, `${code}: ${message}`);
  io.exitWith(EXIT.tampering);
  return undefined;
}

function cutBack(found: number, known: number): LogRolledBackError {
  return new LogRolledBackError(`The log has ${found} entries, and the checkpoint that was kept proves ${known}.`, {
    hint: 'The log was cut back or replaced: run `countersign verify --against` with the same checkpoint.',
    found,
    known,
  });
}
