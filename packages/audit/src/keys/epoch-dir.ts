/**
 * Epoch keys in the directory of a log's keys: `epoch-<n>.key`, one file for each epoch that is not erased.
 *
 * Which epoch is in force, the log says. A file of a later epoch is a key that was made for a rotation which has not come about
 * yet: the next one uses it, whichever process does it, so that all of them have the same key.
 */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '@countersign/core';
import type { NoteSigner } from '@countersign/tlog';
import { KeyError } from '../errors.js';
import type { EpochKeys } from './epoch-keys.js';
import { epochKeyName } from './epoch-name.js';
import { eraseKeyFile, flushDirectory } from './key-file.js';
import { noteSignerOf } from './private-key.js';
import { createPrivateKeyFile, readPrivateKey } from './private-key-file.js';

/** Where epoch keys are. */
export interface EpochDirOptions {
  readonly dir: string;
  readonly origin: string;
  readonly environment: Environment;
}

/** The epoch keys in a directory. Nothing is read yet. */
export function openEpochDir({ dir, origin, environment }: EpochDirOptions): Required<EpochKeys> {
  const pathOf = (epoch: number): string => join(dir, epochFile(epoch));
  const open = async (epoch: number): Promise<NoteSigner> =>
    noteSignerOf(epochKeyName(origin, epoch), await readPrivateKey(pathOf(epoch)));
  const create = async (epoch: number): Promise<NoteSigner> => {
    await createPrivateKeyFile(pathOf(epoch), environment);
    // Its name must be on the disk before any entry can name the key.
    await flushDirectory(dir);
    return open(epoch);
  };
  return { open, rotation: { create, eraseBefore: (epoch) => eraseBefore(dir, epoch, environment) } };
}

/** The file name of the key of an epoch. */
export function epochFile(epoch: number): string {
  return `epoch-${epoch}.key`;
}

/** The numbers of the epochs that have a key file, ascending. @throws the system's error when the directory cannot be read. */
export async function listEpochs(dir: string): Promise<readonly number[]> {
  const epochs = (await readdir(dir)).flatMap((name) => EPOCH_FILE.exec(name)?.[1] ?? []);
  return epochs.map(Number).sort((a, b) => a - b);
}

async function eraseBefore(dir: string, epoch: number, environment: Environment): Promise<void> {
  try {
    const names = (await readdir(dir)).filter((name) => isBefore(name, epoch));
    for (const name of names) await eraseKeyFile(join(dir, name), environment);
    if (names.length > 0) await flushDirectory(dir);
  } catch (cause) {
    throw new KeyError('KEY_NOT_ERASED', `The keys of epochs before ${epoch} in ${dir} could not be erased.`, {
      hint: `Delete epoch-*.key files with a number below ${epoch}: with them, entries of sealed epochs could be forged.`,
      cause,
    });
  }
}

/** Also what a process that was killed left of making the key of such an epoch. */
function isBefore(name: string, epoch: number): boolean {
  const number = (EPOCH_FILE.exec(name) ?? UNFINISHED_FILE.exec(name))?.[1];
  return number !== undefined && Number(number) < epoch;
}

const EPOCH_FILE = /^epoch-([1-9]\d{0,14})\.key$/;

const UNFINISHED_FILE = /^epoch-([1-9]\d{0,14})\.key\.[0-9a-f]{32}\.tmp$/;
