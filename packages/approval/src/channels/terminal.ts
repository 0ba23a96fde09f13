/** Placeholder. */
import type { Readable, Writable } from 'node:stream';
import type { Actor } from '@countersign/core';
import type { Channel } from '../channel.js';

export interface TerminalChannelOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  readonly approver: Actor;
  readonly color?: boolean;
}

export function createTerminalChannel(_options: TerminalChannelOptions): Channel {
  return { name: 'terminal', show: async () => undefined };
}
