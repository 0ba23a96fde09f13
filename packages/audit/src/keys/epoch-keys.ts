/**
 * Where the keys of a log's epochs come from: opened by number, and made and erased where that is done here.
 */

import type { KeyObject } from 'node:crypto';
import type { Environment } from '@countersign/core';
import type { NoteSigner } from '@countersign/tlog';
import { KeyError } from '../errors.js';
import { epochKeyName, FIRST_EPOCH } from './epoch-name.js';
import { noteSignerOf, privateKeyOfSeed, SEED_BYTES } from './private-key.js';

/** The epoch keys of one log. */
export interface EpochKeys {
  /** The key of an epoch. @throws KeyError KEY_MISSING when there is none, or none any more. */
  open(epoch: number): Promise<NoteSigner>;
  /** How keys are made and erased; absent where one key is used for as long as the log lives. */
  readonly rotation?: EpochRotation;
}

/** Makes and erases epoch keys. */
export interface EpochRotation {
  /** The key of an epoch, made where there is none. When this resolves it is on the disk, and it is the same for every process. */
  create(epoch: number): Promise<NoteSigner>;
  /** Erases the keys of all epochs before this one. Those that are gone already are no failure. @throws KeyError KEY_NOT_ERASED */
  eraseBefore(epoch: number): Promise<void>;
}

/** One key for every epoch: it is not rotated here. */
export function createFixedEpochKeys(origin: string, key: KeyObject): EpochKeys {
  return { open: async (epoch) => noteSignerOf(epochKeyName(origin, epoch), key) };
}

/** Keys that live in memory only, made from the environment's random source. */
export function createMemoryEpochKeys(options: {
  readonly origin: string;
  readonly environment: Environment;
  /** The key of the first epoch. */
  readonly first: KeyObject;
}): Required<EpochKeys> {
  const { origin, environment, first } = options;
  const keys = new Map([[FIRST_EPOCH, first]]);
  const open = async (epoch: number): Promise<NoteSigner> => {
    const key = keys.get(epoch);
    if (key === undefined) throw new KeyError('KEY_MISSING', `The key of epoch ${epoch} is not there.`);
    return noteSignerOf(epochKeyName(origin, epoch), key);
  };
  return {
    open,
    rotation: {
      create: async (epoch) => {
        if (!keys.has(epoch)) keys.set(epoch, privateKeyOfSeed(environment.randomBytes(SEED_BYTES)));
        return open(epoch);
      },
      eraseBefore: async (epoch) => {
        for (const old of [...keys.keys()].filter((known) => known < epoch)) keys.delete(old);
      },
    },
  };
}
