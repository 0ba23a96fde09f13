/**
 * The time-stamp anchor: an authority signs that the checkpoint was there at a time. RFC 3161, over HTTP (section 3.4).
 */

import type { X509Certificate } from 'node:crypto';
import { ConfigError, checkIdentifier } from '@countersign/core';
import { encodeBase64, parseNote } from '@countersign/tlog';
import { type TimestampVerifier, timestampImprint } from '../verify/steps/anchor-receipts.js';
import { type Anchor, AnchorError } from './anchor.js';
import { hostOf, refused, sendRequest } from './http.js';
import { encodeTimestampRequest, NONCE_BYTES, nonceInteger } from './rfc3161/timestamp-request.js';
import { checkTimestampToken, MAX_TOKEN_BYTES, readCertificates, tokenOfResponse } from './rfc3161/timestamp-token.js';

/** What `createTimestampAnchor` needs. */
export interface TimestampAnchorOptions {
  /** Where the authority takes requests: `https:` or `http:`, for what comes back is signed. */
  readonly url: string;
  /** The certificates that are trusted, as PEM: of the authority's root, or of the time stamper itself. */
  readonly ca: string;
  /** Its name on record; `rfc3161` when not given. */
  readonly name?: string;
  /** The least time from one stamp to the next; ten minutes when not given. */
  readonly intervalMs?: number;
}

/** The least time from one stamp to the next. */
export const TIMESTAMP_INTERVAL_MS = 600_000;

/** How long the authority may take. */
export const TIMESTAMP_TIMEOUT_MS = 15_000;

/**
 * An anchor that asks a time-stamp authority. The evidence is `{token}`, the token in base64 over the SHA-256 of the
 * checkpoint's text; it is checked before it is recorded.
 * @throws ConfigError `OPTION_INVALID` for a URL or certificates that cannot be used.
 */
export function createTimestampAnchor(options: TimestampAnchorOptions): Anchor {
  const { url, name = 'rfc3161', intervalMs = TIMESTAMP_INTERVAL_MS } = options;
  checkIdentifier('name', name);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ConfigError('OPTION_INVALID', 'url: expected an https: or http: URL');
  }
  const trusted = trustedCertificates(options.ca);
  return {
    kind: 'rfc3161',
    name,
    intervalMs,
    anchor: async (subject, context) => {
      const imprint = timestampImprint(parseNote(subject.note).text);
      const nonce = context.environment.randomBytes(NONCE_BYTES);
      const answer = await sendRequest(
        {
          url,
          method: 'POST',
          headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
          body: encodeTimestampRequest(imprint, nonce),
          timeoutMs: TIMESTAMP_TIMEOUT_MS,
          maxBytes: MAX_TOKEN_BYTES,
        },
        context,
      );
      if (answer.status !== 200) throw refused(url, answer.status);
      const token = tokenOfResponse(answer.body);
      if (token === undefined) throw new AnchorError('ANCHOR_REFUSED', `${hostOf(url)} granted no time stamp.`);
      const checked = checkTimestampToken(token, { imprint, trusted, nonce: nonceInteger(nonce) });
      if (!checked.ok) {
        throw new AnchorError(
          'ANCHOR_ANSWER_INVALID',
          `The time stamp of ${hostOf(url)} does not hold: ${checked.reason}.`,
        );
      }
      return { token: encodeBase64(token) };
    },
  };
}

/** Checks time stamps against certificates that are trusted, as PEM. @throws ConfigError `OPTION_INVALID` */
export function createTimestampVerifier(ca: string): TimestampVerifier {
  const trusted = trustedCertificates(ca);
  return (token, imprint) => checkTimestampToken(token, { imprint, trusted });
}

function trustedCertificates(ca: string): readonly X509Certificate[] {
  try {
    const certificates = readCertificates(ca);
    if (certificates.length > 0) return certificates;
  } catch {
    // The cause stays out: it may repeat the text.
  }
  throw new ConfigError('OPTION_INVALID', 'ca: expected certificates in PEM form');
}
