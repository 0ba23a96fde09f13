/** What `countersign show` does. */

import { type AuditedCall, callKey, EntryError, type LogView, type OpenedEntry } from '@countersign/audit';
import { encodeBase64 } from '@countersign/core';
import { z } from 'zod';
import { CommandError } from '../errors.js';
import { type CallStory, formatCall, formatEntry } from '../format/call.js';
import { jsonText } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { type CliIo, mayColor, print } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';

/** Prints the call, or the entry that belongs to no call. */
export async function runShow(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const palette = createPalette(mayColor(io, io.stdout, options));
  const asJson = options.json || options.jsonl;
  await withView(io, options, async ({ view }) => {
    const found = await find(view, id, options.run);
    if ('leaf' in found) {
      await print(io, asJson ? jsonText(plainEntry(found), options) : formatEntry(found, palette));
    } else {
      await print(io, asJson ? jsonText(plainStory(found), options) : formatCall(found, palette));
    }
  });
}

const schema = commonSchema.extend({ run: z.string().optional() });

async function find(view: LogView, id: string, run: string | undefined): Promise<CallStory | OpenedEntry> {
  const calls = INDEX.test(id) ? [] : await view.call(id, run);
  const [call] = calls;
  if (call !== undefined) {
    if (calls.length > 1) throw ambiguous(calls);
    return storyOf(view, call);
  }
  const opened = await findEntry(view, id);
  const reference = callOf(opened);
  const [owner] = reference === undefined ? [] : await view.call(reference.call, reference.run);
  return owner === undefined ? opened : storyOf(view, owner);
}

/** An index is short; a call's id may be made of digits too, and is then found by the index that `query` prints. */
const INDEX = /^(0|[1-9][0-9]{0,14})$/;

async function findEntry(view: LogView, id: string): Promise<OpenedEntry> {
  try {
    return await view.entry(INDEX.test(id) ? Number(id) : id);
  } catch (error) {
    if (!(error instanceof EntryError)) throw error;
    throw new EntryError('ENTRY_NOT_FOUND', 'No call and no entry has this id or index, or its text was purged.', {
      hint: 'Run `countersign query` for the indexes of calls.',
      cause: error,
    });
  }
}

/** The call that an entry names. */
function callOf({ entry }: OpenedEntry): { readonly call: string; readonly run: string } | undefined {
  return 'call' in entry && 'run' in entry ? { call: entry.call, run: entry.run } : undefined;
}

async function storyOf(view: LogView, call: AuditedCall): Promise<CallStory> {
  const { callId, run } = call;
  const indexes = (await view.store.entriesOfCalls([{ run, call: callId }])).get(callKey(run, callId)) ?? [];
  const entries: OpenedEntry[] = [];
  for (const index of indexes) entries.push(await view.entry(index));
  return { call, entries };
}

function plainStory({ call, entries }: CallStory): unknown {
  return { ...call, entries: entries.map(plainEntry) };
}

function plainEntry({ index, entry, leafHash, payloads }: OpenedEntry): unknown {
  return { index, entry, leafHash: encodeBase64(leafHash), payloads: Object.fromEntries(payloads) };
}

function ambiguous(calls: readonly AuditedCall[]): CommandError {
  const indexes = calls.slice(0, MAX_NAMED).map(({ index }) => index);
  return new CommandError(
    'CALL_AMBIGUOUS',
    `${calls.length} runs have a call with this id: see ${indexes.join(', ')}.`,
    {
      hint: 'Give one of these indexes instead, or say which run is meant with --run.',
    },
  );
}

const MAX_NAMED = 10;
