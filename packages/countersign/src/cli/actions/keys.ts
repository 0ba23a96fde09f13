/** What `countersign keys show` and `countersign keys export` do. Neither reads a private key. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fieldLines } from '../format/fields.js';
import { jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
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
}

async function describeKeys({ view, files }: OpenedView): Promise<KeysDescription> {
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
  ]);
}
