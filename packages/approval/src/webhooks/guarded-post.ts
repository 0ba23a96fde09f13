/**
 * A POST that cannot be led into a private network: the addresses that a name stands for are looked at when the connection
 * is made, and the connection goes to what was looked at. Redirects are answers, never followed. (`fetch` gives no hold on
 * the address that it connects to.)
 */

import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { ConfigError, type Environment } from '@countersign/core';
import type { MayConnect } from './addresses.js';
import { DeliveryError, notReached } from './errors.js';

/** What is sent. */
export interface GuardedPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly mayConnect: MayConnect;
}

/** What sending works with. */
export interface DeliveryContext {
  readonly environment: Pick<Environment, 'setTimer'>;
  readonly signal: AbortSignal;
}

/**
 * The URL in a text.
 * @throws ConfigError `OPTION_INVALID` for one that is not `https:` (or `http:`, where that is allowed), and for one with a password in it.
 */
export function readDeliveryUrl(text: string, options: { readonly allowHttp: boolean }): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAllowed = url?.protocol === 'https:' || (options.allowHttp && url?.protocol === 'http:');
  if (url === undefined || !isAllowed) throw new ConfigError('OPTION_INVALID', 'url: expected an https: URL');
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError('OPTION_INVALID', 'url: expected one without a user and a password');
  }
  return url;
}

/**
 * Sends it and answers the status; the body of the answer is not read.
 * @throws DeliveryError `DELIVERY_UNREACHABLE` when there is no answer in time, `DELIVERY_REFUSED` for an address that may not be had.
 */
export async function postGuarded(
  post: GuardedPost,
  { environment, signal }: DeliveryContext,
): Promise<{ readonly status: number }> {
  const { url, timeoutMs, mayConnect } = post;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is not looked up, so the guard of names never sees it.
  if (isIP(host) !== 0 && !mayConnect(host)) throw privateAddress();
  const timeout = new AbortController();
  const cancel = environment.setTimer(() => timeout.abort(), timeoutMs);
  try {
    return await send(post, AbortSignal.any([signal, timeout.signal]));
  } catch (error) {
    throw error instanceof DeliveryError ? error : notReached(url.host, error);
  } finally {
    cancel();
  }
}

function send(
  { url, headers, body, mayConnect }: GuardedPost,
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
      lookup: guardLookup(mayConnect),
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

/** Looks a name up, and refuses it when any of its addresses may not be connected to. */
function guardLookup(mayConnect: MayConnect) {
  return (name: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) callback(error ?? new Error('The name has no address.'), '');
      else if (!addresses.every(({ address }) => mayConnect(address))) callback(privateAddress(), '');
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function privateAddress(): DeliveryError {
  return new DeliveryError(
    'DELIVERY_REFUSED',
    'The address lies in a private network or on this machine, and nothing was sent.',
    { hint: 'Give a public address, or allow this one by name in the options, if it is meant.' },
  );
}
