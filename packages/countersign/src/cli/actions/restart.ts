/** What `countersign restart` does. */

import { identityOf, readIdentity } from '@countersign/audit';
import { createSystemEnvironment } from '@countersign/core';
import type { VerifierKey } from '@countersign/tlog';
import { z } from 'zod';
import { newestKnown } from '../../restart/newest-known.js';
import { type Restarted, restartLog } from '../../restart/restart-log.js';
import { readCheckpointList } from '../checkpoint-file.js';
import { askForYes, isInteractive, personHere } from '../confirm.js';
import { CommandError } from '../errors.js';
import { fieldLines } from '../format/fields.js';
import { jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
import { countText } from '../format/words.js';
import { type CliIo, print } from '../io.js';
import { openView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { readVerifierKey } from '../verifier-key.js';

/** Asks, begins a new log, and prints what became of the old one. */
export async function runRestart(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  if (options.yes !== true && !isInteractive(io)) {
    throw new CommandError('CONFIRMATION_NEEDED', 'A restart ends a log, and nobody can be asked here.', {
      hint: 'Repeat the command with --yes.',
    });
  }
  const old = await lookAtOld(io, options);
  if (options.yes !== true) {
    const what = `End the log ${old.database} (${countText(old.size, 'entry', 'entries')}) and begin a new one that names ${countText(old.parent.size, 'entry', 'entries')} of it?`;
    if (!(await askForYes(io, what))) throw new CommandError('NOT_CONFIRMED', 'Nothing was changed.');
  }
  const { source: _source, ...parent } = old.parent;
  const identity = await newIdentity(old, options.identity);
  const restarted = await restartLog({
    path: old.database,
    home: io.home,
    keyDir: options.keyDir === undefined ? undefined : old.keyDir,
    mark: options.mark === undefined ? undefined : old.mark,
    parent,
    by: personHere(),
    reason: options.reason,
    environment: createSystemEnvironment(),
    ...(identity !== undefined && { identity }),
  });
  const done = { ...restarted, parent: old.parent };
  await print(io, options.json || options.jsonl ? jsonText(done, options) : doneText(done));
}

const schema = commonSchema.extend({
  reason: z.string().min(1).max(4096),
  identity: z.string().min(1).optional(),
  against: z.array(z.string().min(1)).max(1000).optional(),
  yes: z.boolean().optional(),
});

type Options = z.infer<typeof schema>;

/** A log whose identity was kept elsewhere is not followed by one whose identity is not, unless somebody makes that by hand. */
async function newIdentity(
  old: { readonly origin: string; readonly isRemote: boolean },
  option: string | undefined,
): Promise<VerifierKey | undefined> {
  const text = await readVerifierKey(option, '--identity');
  const identity = text === undefined ? undefined : identityOf(text);
  if (identity === undefined && old.isRemote) {
    throw new CommandError(
      'ARGUMENT_INVALID',
      "The identity's private key of this log is kept elsewhere, and so must be that of the new log.",
      {
        hint: 'Make a key under a new name where it is kept, and give its verifier key with --identity.',
      },
    );
  }
  if (identity?.name === old.origin) {
    throw new CommandError(
      'ARGUMENT_INVALID',
      '--identity: the new log needs a key of another name than the old one.',
      {
        hint: 'The name of the key is the origin of the log; two logs of one name would be a fork.',
      },
    );
  }
  return identity;
}

async function lookAtOld(io: CliIo, options: Options) {
  const given = (
    await Promise.all((options.against ?? []).map((path) => readCheckpointList(path, '--against')))
  ).flat();
  const opened = await openView(io, options);
  try {
    const { view, store, files, pinnedKey, mark } = opened;
    const parent = await newestKnown({
      origin: view.origin,
      identityKey: pinnedKey ?? view.identityKey,
      // A damaged mark says nothing; it is kept with the rest.
      mark: (await mark.read().catch(() => undefined))?.note,
      given,
      store,
    });
    if (parent === undefined) {
      throw new CommandError('ARGUMENT_INVALID', `No signed checkpoint of the log ${files.database} is known.`, {
        hint: 'Give one that was kept elsewhere with --against, and the verifier key of the log with --key.',
      });
    }
    const { size } = await store.head();
    const isRemote = (await readIdentity(store).catch(() => undefined))?.isRemote === true;
    return { ...files, size, parent, origin: view.origin, isRemote };
  } finally {
    await opened.store.close();
  }
}

type Done = Restarted & {
  readonly parent: { readonly log: string; readonly size: number; readonly root: string; readonly source: string };
};

function doneText({ kept, parent, ...log }: Done): string {
  const moved = kept.map(({ from, to }) => `  ${visible(from)}\n    is now ${visible(to)}\n`).join('');
  return `${fieldLines([
    ['New log', visible(log.database)],
    ['Origin', visible(log.origin)],
    ['Verifier key', visible(log.identityKey)],
    ['Goes on from', `${countText(parent.size, 'entry', 'entries')} of ${visible(parent.log)}`],
    ['Root', parent.root],
    ['Known by', SOURCES[parent.source] ?? parent.source],
  ])}Kept as evidence:\n${moved}Witnesses and verifiers need the new verifier key.\n`;
}

const SOURCES: Readonly<Record<string, string>> = {
  mark: 'the high-water mark of this machine',
  given: 'a checkpoint that you gave',
  store: 'the newest checkpoint in the old log itself',
};
