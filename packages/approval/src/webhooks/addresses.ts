/**
 * Which addresses a message may go to: those of the open Internet, and those that a list names. Pure.
 */

import { ConfigError } from '@countersign/core';
import ipaddr from 'ipaddr.js';

/** Whether a connection to an address may be made. */
export type MayConnect = (address: string) => boolean;

/** The most ranges that a list may have. */
export const MAX_ADDRESS_RANGES = 64;

/** Whether an address is one of the open Internet: not of this machine, a private network, a link, or reserved. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

/**
 * Whether an address is on a list of addresses and ranges, such as `127.0.0.1` or `10.1.0.0/16`.
 * @throws ConfigError `OPTION_INVALID` for a member that is neither; `LIMIT_EXCEEDED` for too many.
 */
export function addressList(label: string, ranges: readonly string[]): MayConnect {
  if (ranges.length > MAX_ADDRESS_RANGES) {
    throw new ConfigError('LIMIT_EXCEEDED', `${label}: expected at most ${MAX_ADDRESS_RANGES} ranges`);
  }
  const parsed = ranges.map((range) => parseRange(label, range));
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return parsed.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));
  };
}

type Range = ReturnType<typeof ipaddr.parseCIDR>;

function parseRange(label: string, text: string): Range {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch (cause) {
    throw new ConfigError('OPTION_INVALID', `${label}: expected addresses or ranges such as 127.0.0.1 or 10.1.0.0/16`, {
      cause,
    });
  }
}
