/** What `countersign hash` does. The secret is never printed, and neither are its fingerprints in other forms. */

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { createRedactor, fingerprintsOf, readIdentity, type SecretTrace, traceSecret } from '@countersign/audit';
import { CommandError, InterruptedError } from '../errors.js';
import { jsonLine, jsonText } from '../format/json.js';
import { formatTable } from '../format/table.js';
import { visible } from '../format/visible.js';
import { countText } from '../format/words.js';
import { type CliIo, note, print, widthOf } from '../io.js';
import { openLogKeys } from '../log-keys.js';
import { withView } from '../open-view.js';
import { type CommonOptions, commonSchema, parseOptions } from '../options.js';

/** Prints where the markers of a secret stand. */
export async function runHash(io: CliIo, value: string | undefined, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  await withView(io, options, async ({ view, store, files }) => {
    const identity = (await readIdentity(store)) ?? { origin: view.origin, identityKey: view.identityKey };
    const { redactionKey } = await openLogKeys(identity, files.keyDir);
    if (value !== undefined && !options.quiet)
      note(io, 'The secret may stand in the history of your shell now: next time leave it out.');
    const redactor = createRedactor({ key: redactionKey });
    const secret = value ?? (await readSecret(io));
    if (secret === '')
      throw new CommandError('ARGUMENT_INVALID', 'No secret was given.', { hint: 'Type it, or pipe it in.' });
    const traces: SecretTrace[] = [];
    for await (const trace of traceSecret(store, fingerprintsOf(secret, redactor))) {
      if (options.jsonl) await print(io, jsonLine(trace));
      else traces.push(trace);
    }
    if (options.jsonl) return;
    await report(io, { fingerprint: redactor.fingerprint(secret), traces }, options);
  });
}

/** The secret as it was piped in or typed, without the line feed at its end. */
async function readSecret(io: CliIo): Promise<string> {
  const text = io.stdin.isTTY === true ? await askWithoutEcho(io) : await readAll(io);
  return text.replace(/\r?\n$/, '');
}

async function readAll({ stdin }: CliIo): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_SECRET_BYTES) {
      throw new CommandError('ARGUMENT_INVALID', `A secret of at most ${MAX_SECRET_BYTES} bytes was expected.`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const MAX_SECRET_BYTES = 1024 * 1024;

/** What is typed goes to an output that swallows it. @throws InterruptedError for Ctrl-C */
async function askWithoutEcho(io: CliIo): Promise<string> {
  io.stderr.write('Secret (not shown) > ');
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: io.stdin, output, terminal: true });
  try {
    const interrupted = new Promise<never>((_resolve, reject) => {
      prompt.once('SIGINT', () => reject(new InterruptedError()));
    });
    const ended = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    return await Promise.race([prompt.question('', { signal: io.signal }), ended, interrupted]);
  } finally {
    prompt.close();
    io.stderr.write('\n');
  }
}

async function report(
  io: CliIo,
  found: { readonly fingerprint: string; readonly traces: readonly SecretTrace[] },
  options: CommonOptions,
): Promise<void> {
  const { fingerprint, traces } = found;
  if (options.json) return print(io, jsonText(found, options));
  if (traces.length > 0) await print(io, formatTable(COLUMNS, traces.map(rowOf), widthOf(io.stdout)));
  if (options.quiet) return;
  const places =
    traces.length === 0
      ? 'No marker of this secret is'
      : `${countText(traces.length, 'marker')} of this secret ${traces.length === 1 ? 'is' : 'are'}`;
  note(io, `${places} in the log; its fingerprint is ${fingerprint}.`);
}

const COLUMNS = [
  { title: 'ENTRY', align: 'right' },
  { title: 'TIME' },
  { title: 'KIND', minWidth: 8 },
  { title: 'TOOL', minWidth: 8 },
  { title: 'CALL', minWidth: 8 },
  { title: 'MEMBER', minWidth: 12 },
  { title: 'RULE', minWidth: 8 },
] as const;

function rowOf({ index, time, kind, tool = '', call = '', payload, member, rule }: SecretTrace) {
  return [String(index), time, kind, tool, call, `${payload}${member}`, rule].map((text) => ({ text: visible(text) }));
}
