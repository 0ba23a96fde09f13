/** What `countersign keys` does. `show` and `export` read no private key. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeEpoch, type EpochDescription } from '../epoch.js';
import { fieldLines } from '../format/fields.js';
import { jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
import { countText } from '../format/words.js';
import { type CliIo, note, print } from '../io.js';
import { type OpenedView, readPublicKey, withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';

/** Prints the verifier key, and where the keys are. */
export async function runKeysShow(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  await withView(io, options, async (opened) => {
    const keys = await describeKeys(opened);
    await print(io, options.json || options.jsonl ? jsonText(keys, options) : formatKeys(keys));
  });
}

/** Prints the verifier key and nothing else. */
export async function runKeysExport(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  await withView(io, options, async (opened) => {
    const { verifierKey, source } = await describeKeys(opened);
    await print(io, options.json || options.jsonl ? jsonText({ verifierKey }, options) : `${visible(verifierKey)}\n`);
    if (source === 'log' && !options.quiet) {
      note(io, 'This key is the one that the log names itself: compare it with one that was kept elsewhere.');
    }
  });
}

/** Makes a log with its keys where there is none, and shows them. @throws CommandError `LOG_EXISTS` */
export async function runKeysCreate(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  const { createLog } = await import('../create-log.js');
  await createLog(io, options);
  await runKeysShow(io, input);
}

/** Ends the present epoch, also while other processes have the log open, and says which one began. */
export async function runKeysRotate(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  await withView(io, options, async () => undefined);
  const { withLog } = await import('../with-log.js');
  const rotated = await withLog(io, options, (log) => log.rotateEpoch());
  await withView(io, options, async ({ store, files }) => {
    const epoch = await describeEpoch(store, files.keyDir);
    if (options.json || options.jsonl) await print(io, jsonText({ ...rotated, current: epoch }, options));
    else
      await print(
        io,
        `Epoch ${rotated.epoch} began with entry ${rotated.index}. ${erasedText(epoch?.notErased ?? [])}\n`,
      );
  });
}

interface KeysDescription {
  readonly origin: string;
  readonly verifierKey: string;
  /** 8 hex digits. */
  readonly keyId: string;
  /** Where the verifier key was read: beside the private keys, or in the log's first entry. */
  readonly source: 'key-dir' | 'log';
  readonly keyDir: string;
  /** Empty where the keys are elsewhere. */
  readonly files: readonly { readonly name: string; readonly mode: string }[];
  readonly mark: string;
  readonly database: string;
  readonly epoch: EpochDescription | undefined;
}

async function describeKeys({ view, files, store }: OpenedView): Promise<KeysDescription> {
  const verifierKey = view.identityKey;
  return {
    origin: view.origin,
    verifierKey,
    keyId: verifierKey.split('+')[1] ?? '',
    source: (await readPublicKey(files.keyDir)) === verifierKey ? 'key-dir' : 'log',
    keyDir: files.keyDir,
    files: await listFiles(files.keyDir),
    mark: files.mark,
    database: files.database,
    epoch: await describeEpoch(store, files.keyDir),
  };
}

async function listFiles(folder: string): Promise<KeysDescription['files']> {
  const names = await readdir(folder).catch(() => []);
  const keys = names.filter((name) => /\.v?key$/.test(name)).sort();
  const statuses = await Promise.all(keys.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return keys.map((name, at) => ({ name, mode: ((statuses[at]?.mode ?? 0) & 0o777).toString(8).padStart(4, '0') }));
}

function formatKeys(keys: KeysDescription): string {
  const where = keys.source === 'key-dir' ? 'read beside the private keys' : "as the log's first entry states it";
  return fieldLines([
    ['Log', visible(keys.database)],
    ['Origin', visible(keys.origin)],
    ['Verifier key', visible(keys.verifierKey)],
    ['', where],
    ['Key id', visible(keys.keyId)],
    ['Keys', visible(keys.keyDir)],
    ...(keys.files.length === 0
      ? [['', 'not there: this machine can read and verify the log, not write it'] as const]
      : []),
    ...keys.files.map(({ name, mode }) => ['', `${mode}  ${visible(name)}`] as const),
    ['Mark', visible(keys.mark)],
    ...epochFields(keys.epoch),
  ]);
}

function epochFields(epoch: EpochDescription | undefined): readonly (readonly [string, string])[] {
  if (epoch === undefined) return [];
  const where = epoch.keptIn === 'key-dir' ? 'in the folder of the keys' : KEPT_ELSEWHERE;
  return [
    ['Epoch', `${epoch.number}, since ${epoch.since}, ${countText(epoch.entries, 'entry', 'entries')}`],
    ['', visible(epoch.verifierKey)],
    ['', `its private key is ${where}`],
    ...(epoch.keptIn === 'key-dir' ? [['Ends', endText(epoch)] as const] : []),
    ['Sealed epochs', epoch.number === 1 ? 'none yet' : erasedText(epoch.notErased)],
  ];
}

function endText({ endsAt, endsAfterEntries }: EpochDescription): string {
  return `with the first commit after ${endsAt} or ${countText(endsAfterEntries, 'entry', 'entries')}, unless set otherwise`;
}

function erasedText(notErased: readonly number[]): string {
  if (notErased.length === 0) return 'No private key of an earlier epoch is left in the folder of the keys.';
  return `The private keys of epochs ${notErased.join(', ')} are still in the folder of the keys.`;
}

const KEPT_ELSEWHERE = 'not in the folder of the keys: in the environment, on another host, or lost';
