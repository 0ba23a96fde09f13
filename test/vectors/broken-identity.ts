/** Broken logs whose identity key is kept elsewhere: what it should have signed, and has not. */

import { ELSEWHERE, KEPT_ELSEWHERE, signersElsewhere } from './log-bases.js';
import { type BuildOptions, epochSigner, IDENTITY } from './log-builder.js';
import { type BrokenLog, over } from './log-faults.js';
import { event } from './log-items.js';

const kept = KEPT_ELSEWHERE;

/** All of them. */
export function brokenIdentity(): readonly BrokenLog[] {
  return [
    broken('a checkpoint that an identity elsewhere is said to have signed', {
      kept,
      signersAt: signersElsewhere(1, 7),
    }),
    broken('an identity elsewhere that has signed nothing', { kept, signersAt: signersElsewhere() }),
    broken('an identity elsewhere that signs without its epoch', {
      kept,
      signersAt: (size) => (size === 7 ? [IDENTITY] : signersElsewhere(1, 3)(size)),
    }),
    broken('a seal of an identity elsewhere that the next epoch alone signs', {
      kept,
      signersAt: (size) => (size === 5 ? [epochSigner(2)] : signersElsewhere(1, 3, 7)(size)),
    }),
    {
      clause: 'CP-10',
      code: 'IDENTITY_BEHIND',
      name: 'an entry that an identity elsewhere has not signed yet',
      items: [...ELSEWHERE, event('four')],
      options: { kept, signersAt: signersElsewhere(1, 3, 7) },
    },
    {
      clause: 'FIELD-4',
      code: 'ENTRY_MEMBER_INVALID',
      name: 'an identity that is kept somewhere else',
      items: over(ELSEWHERE, 0, { identity: 'remote' }),
      options: { kept, signersAt: signersElsewhere(1, 3, 7) },
    },
  ];
}

function broken(name: string, options: BuildOptions): BrokenLog {
  return { clause: 'CP-9', code: 'CHECKPOINT_SIGNATURE', name, items: ELSEWHERE, options };
}
