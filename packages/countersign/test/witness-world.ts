/** Real witnesses on 127.0.0.1, for the tests of anchors. */

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemEnvironment } from '@countersign/core';
import {
  type CosignatureSigner,
  createVerifierKey,
  formatVerifierKey,
  KEY_TYPES,
  type VerifierKey,
} from '@countersign/tlog';
import { type ServedWitness, type ServeOptions, serveWitness } from '../src/witness/serve-witness.js';
import { createWitness } from '../src/witness/witness.js';
import { openWitnessState, type WitnessState } from '../src/witness/witness-state.js';

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** A witness that is served, and what makes it. */
export interface RunningWitness {
  readonly name: string;
  readonly url: string;
  readonly signer: CosignatureSigner;
  readonly state: WitnessState;
  readonly served: ServedWitness;
  /** Its line in a policy. */
  readonly line: string;
  stop(): Promise<void>;
}

export function witnessSigner(name: string, seed: number): CosignatureSigner {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12));
  return {
    key: createVerifierKey({ name, type: KEY_TYPES.cosignature, publicKey, hasher: sha256 }),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

export async function runWitness(options: {
  readonly name: string;
  readonly seed: number;
  readonly logs: readonly VerifierKey[];
  readonly path?: string;
  readonly port?: number;
  readonly nowUs?: () => number;
  readonly serve?: Partial<ServeOptions>;
}): Promise<RunningWitness> {
  const { name, seed, logs, port = 0, serve = {} } = options;
  const environment = createSystemEnvironment();
  const signer = witnessSigner(`${name}.example/witness`, seed);
  const path = options.path ?? join(mkdtempSync(join(tmpdir(), 'countersign-witness-')), 'witness.db');
  const state = openWitnessState(path);
  const clock = { nowUs: options.nowUs ?? environment.nowUs };
  const witness = createWitness({ signer, logs, state, environment: clock });
  const failed = (error: unknown) => {
    throw error;
  };
  const served = await serveWitness({ witness, host: '127.0.0.1', port, environment, onError: failed, ...serve });
  const url = `http://127.0.0.1:${served.port}`;
  return {
    name,
    url,
    signer,
    state,
    served,
    line: `witness ${name} ${formatVerifierKey(signer.key)} ${url}`,
    stop: async () => {
      await served.close();
      state.close();
    },
  };
}

/** A policy of k of these witnesses. */
export function policyOf(witnesses: readonly RunningWitness[], k: number | 'any' | 'all' = 'all'): string {
  const names = witnesses.map(({ name }) => name).join(' ');
  return `${witnesses.map(({ line }) => line).join('\n')}\ngroup g ${k} ${names}\nquorum g\n`;
}
