/** What `countersign approve edit` does. */

import { CountersignError, type JsonValue, parseJson } from '@countersign/core';
import { z } from 'zod';
import { CommandError } from '../errors.js';
import type { CliIo } from '../io.js';
import { parseOptions } from '../options.js';
import { readSmallFile } from '../small-file.js';
import { requireRequest, withApprovals } from '../with-approvals.js';
import { approveSchema, confirmCritical, decisionOf, printDecision, signed } from './decide.js';

/** Lets a call run with other arguments. */
export async function runEdit(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const editedArgs = await readArguments(io, options.args);
  const decision = await withApprovals(io, options, async (opened) => {
    const { approvals } = opened;
    const record = await requireRequest((one) => approvals.find(one), id);
    if (record.state === 'pending') await confirmCritical(io, { ...record.request, args: editedArgs }, options);
    const input = { ...decisionOf(options), decision: 'approved', editedArgs } as const;
    return approvals.decide(id, await signed(input, record.request, { opened, options }));
  });
  await printDecision(io, decision, options);
}

const schema = approveSchema.extend({ args: z.string().min(1) });

/** @throws CommandError `ARGUMENT_INVALID` for what is no JSON, `FILE_UNREADABLE` */
async function readArguments(io: CliIo, path: string): Promise<JsonValue> {
  const text = path === '-' ? await readInput(io) : await readSmallFile(path, MAX_ARGUMENTS);
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw new CommandError('ARGUMENT_INVALID', '--args: expected JSON, found a text that is not.', {
      hint: 'Give a file with the arguments as JSON; `countersign approve show <request> --json` prints those that were asked for.',
      cause,
    });
  }
}

async function readInput(io: CliIo): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of io.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_ARGUMENTS) {
      throw new CommandError('FILE_UNREADABLE', `The standard input is longer than ${MAX_ARGUMENTS} bytes.`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The longest arguments that a call may have, in bytes. */
const MAX_ARGUMENTS = 10 * 1024 * 1024;
