/** A process that makes keys: prints the public key and the key of redaction that it ended with. */

import { formatVerifierKey } from '@countersign/tlog';
import { identityVerifierKey, openKeyDir } from '../src/keys/key-dir.js';

const [dir = '', origin = ''] = process.argv.slice(2);
const keyRing = await openKeyDir({ dir, origin, create: true });
console.log(formatVerifierKey(identityVerifierKey(keyRing)), Buffer.from(keyRing.redactionKey).toString('hex'));
