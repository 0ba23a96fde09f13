/** A process that advances a mark many times, from its own place on: prints how often the mark that it read went back. */

import { createTestEnvironment } from '@countersign/core/testing';
import { formatCheckpoint } from '@countersign/tlog';
import { createMemorySigner } from '../src/keys/signer.js';
import { openMark } from '../src/mark.js';

const [path = '', first = '1', times = '1'] = process.argv.slice(2);
const origin = 'agent-audit.local/00112233445566778899aabbccddeeff';
const signer = createMemorySigner({ origin, environment: createTestEnvironment() });
const mark = openMark({ path });
let seen = 0;
let steppedBack = 0;
for (let i = 0; i < Number(times); i += 1) {
  // Two processes with neighbouring places write interleaved sizes; each size has one root.
  const size = Number(first) + 2 * i;
  const root = new Uint8Array(32).fill(size % 256);
  await mark.advance(signer.sign(formatCheckpoint({ origin, size, root, extensions: [] })), size, { flush: false });
  const known = (await mark.read())?.checkpoint.size ?? 0;
  if (known < seen || known < size) steppedBack += 1;
  seen = known;
}
console.log(steppedBack);
