/** What `countersign witness` does. */

import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { createWitnessKey, openWitnessKey, readWitnessVerifier } from '@countersign/audit';
import { createSystemEnvironment } from '@countersign/core';
import { formatVerifierKey, parseWitnessPolicy, TlogError, type VerifierKey } from '@countersign/tlog';
import { z } from 'zod';
import { homeFolder } from '../../paths.js';
import { serveWitness } from '../../witness/serve-witness.js';
import { createWitness } from '../../witness/witness.js';
import { openWitnessState } from '../../witness/witness-state.js';
import { CommandError } from '../errors.js';
import { jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
import { type CliIo, note, print } from '../io.js';
import { commonSchema, parseOptions } from '../options.js';
import { readSmallFile } from '../small-file.js';

/** Serves the witness until the person presses Ctrl-C. */
export async function runWitnessServe(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(serveSchema, input);
  const dir = folderOf(io, options);
  const signer = await openWitnessKey(dir);
  const logs = await readLogs(options.logs ?? join(dir, 'logs.txt'));
  const state = openWitnessState(join(dir, 'witness.db'));
  try {
    const environment = createSystemEnvironment();
    const witness = createWitness({ signer, logs, state, environment });
    const { host, port } = options.listen;
    const onError = (error: unknown): void => note(io, visible(`The witness failed: ${String(error)}`));
    const served = await serveWitness({ witness, host, port, environment, onError });
    const where = `http://${host.includes(':') ? `[${host}]` : host}:${served.port}`;
    const started = { url: where, verifierKey: formatVerifierKey(signer.key), logs: logs.map(({ name }) => name) };
    await print(io, options.json || options.jsonl ? jsonText(started, options) : startedText(started));
    await untilInterrupted(io.signal);
    await served.close();
  } finally {
    state.close();
  }
}

/** Prints what verifies the cosignatures. */
export async function runWitnessKeysShow(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(folderSchema, input);
  await printKey(io, await readWitnessVerifier(folderOf(io, options)), options);
}

/** Makes the key and prints what verifies its cosignatures. */
export async function runWitnessKeysCreate(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(folderSchema.extend({ name: z.string().min(1) }), input);
  const environment = createSystemEnvironment();
  await printKey(io, await createWitnessKey({ dir: folderOf(io, options), name: options.name, environment }), options);
}

const folderSchema = commonSchema.extend({ dir: z.string().min(1).optional() });

const serveSchema = folderSchema.extend({
  logs: z.string().min(1).optional(),
  listen: z
    .string()
    .regex(/^(\[[0-9A-Fa-f:.]+\]|[^:[\]\s]+):[0-9]{1,5}$/, 'expected <host>:<port>')
    .transform((text) => ({
      host: text.slice(0, text.lastIndexOf(':')).replace(/^\[|\]$/g, ''),
      port: Number(text.slice(text.lastIndexOf(':') + 1)),
    }))
    .refine(({ port }) => port < 65_536, 'expected a port below 65,536'),
});

function folderOf(io: CliIo, { dir }: { readonly dir?: string | undefined }): string {
  return resolve(dir ?? join(homeFolder(io.home), 'witness'));
}

async function printKey(
  io: CliIo,
  key: VerifierKey,
  options: { readonly json: boolean; readonly jsonl: boolean },
): Promise<void> {
  const verifierKey = formatVerifierKey(key);
  await print(io, options.json || options.jsonl ? jsonText({ verifierKey }, options) : `${verifierKey}\n`);
}

/** The logs in a file of C2SP tlog-policy; what it says of witnesses is not asked for here, and its quorum may be left out. */
async function readLogs(path: string): Promise<readonly VerifierKey[]> {
  const text = await readSmallFile(path, MAX_LOGS_BYTES);
  try {
    const whole = /^quorum /m.test(text) ? text : `${text}\nquorum none\n`;
    const { logs } = parseWitnessPolicy(whole, (bytes) => createHash('sha256').update(bytes).digest());
    if (logs.length > 0) return logs.map(({ key }) => key);
  } catch (cause) {
    if (!(cause instanceof TlogError)) throw cause;
    throw new CommandError('ARGUMENT_INVALID', `--logs: ${path}: ${cause.message}`, { hint: LOGS_HINT, cause });
  }
  throw new CommandError('ARGUMENT_INVALID', `--logs: ${path} names no log.`, { hint: LOGS_HINT });
}

const MAX_LOGS_BYTES = 256 * 1024;

const LOGS_HINT = 'Write a line `log <vkey>` for each log; `countersign keys export` prints the key of one.';

function startedText(started: {
  readonly url: string;
  readonly verifierKey: string;
  readonly logs: readonly string[];
}): string {
  const logs = started.logs.map((name) => `  ${visible(name)}\n`).join('');
  return `Listening at ${started.url}\nLine for the policies of logs:\n  witness <name> ${visible(started.verifierKey)} ${started.url}\nLogs:\n${logs}`;
}

function untilInterrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => {
    signal.addEventListener('abort', () => done(), { once: true });
  });
}
