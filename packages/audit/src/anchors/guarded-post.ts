/**
 * A POST that cannot be led into a private network: the addresses that a name stands for are looked at when the connection
 * is made, and the connection goes to what was looked at. Redirects are answers, never followed. (`fetch` gives no hold on
 * the address that it connects to.)
 */

import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type AnchorContext, AnchorError } from './anchor.js';
import { unreachable } from './http.js';

/** What is sent. */
export interface GuardedPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly allowPrivateAddresses: boolean;
}

/** Sends it and answers the status; the body of the answer is not read. @throws AnchorError `ANCHOR_UNREACHABLE`, `ANCHOR_REFUSED` */
export async function postGuarded(
  post: GuardedPost,
  { environment, signal }: AnchorContext,
): Promise<{ readonly status: number }> {
  const { url, timeoutMs, allowPrivateAddresses } = post;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is not looked up, so the guard of names never sees it.
  if (!allowPrivateAddresses && isIP(host) !== 0 && !isPublicAddress(host)) throw privateAddress();
  const timeout = new AbortController();
  const cancel = environment.setTimer(() => timeout.abort(), timeoutMs);
  try {
    return await send(post, AbortSignal.any([signal, timeout.signal]));
  } catch (error) {
    throw error instanceof AnchorError ? error : unreachable(url.href, error);
  } finally {
    cancel();
  }
}

/** Whether an address is one of the open Internet: not of this machine, a private network, a link, or reserved. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

function send(
  { url, headers, body, allowPrivateAddresses }: GuardedPost,
  signal: AbortSignal,
): Promise<{ readonly status: number }> {
  return new Promise((done, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': `${Buffer.byteLength(body)}` },
      signal,
      // A connection that stands open could be to an address that was looked at for somebody else.
      agent: false,
      ...(!allowPrivateAddresses && { lookup: guardedLookup }),
    } as const;
    const sent = request(url, options, (response) => {
      // What it says beside its status is of no use, and may be endless.
      response.destroy();
      done({ status: response.statusCode ?? 0 });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Looks a name up, and refuses it when any of its addresses is not of the open Internet. */
function guardedLookup(name: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(name, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) callback(error ?? new Error('The name has no address.'), '');
    else if (addresses.some(({ address }) => !isPublicAddress(address))) callback(privateAddress(), '');
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
}

function privateAddress(): AnchorError {
  return new AnchorError(
    'ANCHOR_REFUSED',
    'The address lies in a private network or on this machine, and nothing was sent.',
    {
      hint: 'Give a public address, or set allowPrivateAddresses if this one is meant.',
    },
  );
}
