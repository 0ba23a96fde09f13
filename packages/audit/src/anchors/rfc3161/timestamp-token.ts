/**
 * Checks a time-stamp token: RFC 3161 section 2.4.2 over CMS (RFC 5652), with the certificate chain up to what the caller
 * trusts. DER is taken apart by @sigstore/core, signatures and certificates are node:crypto's. Never throws on bad evidence.
 */

import { createHash, verify, X509Certificate } from 'node:crypto';
import { ASN1Obj } from '@sigstore/core';
import type { TimestampCheck } from '../../verify/steps/anchor-receipts.js';

/** What a token is checked against. */
export interface TokenExpectation {
  /** The SHA-256 that must have been stamped. */
  readonly imprint: Uint8Array;
  /** Certificates that the caller trusts: of authorities, or of time stampers themselves. */
  readonly trusted: readonly X509Certificate[];
  /** The content of the INTEGER that was asked with; not looked at when not given. */
  readonly nonce?: Uint8Array;
}

/** The largest token that is looked at. */
export const MAX_TOKEN_BYTES = 64 * 1024;

/** The longest chain of certificates. */
const MAX_CHAIN = 8;

/** Whether a token (ContentInfo, DER) is a good time stamp, and of what time. */
export function checkTimestampToken(token: Uint8Array, expected: TokenExpectation): TimestampCheck {
  try {
    if (token.length > MAX_TOKEN_BYTES) throw new TokenError('it is too large');
    const timeUs = readToken(token, expected);
    return { ok: true, timeUs };
  } catch (error) {
    if (error instanceof TokenError) return { ok: false, reason: error.message };
    // The parser and the engine throw errors of their own for bytes that are no token.
    return { ok: false, reason: 'it cannot be read' };
  }
}

/** The token in the answer of a time-stamp authority; undefined when it grants none. */
export function tokenOfResponse(response: Uint8Array): Uint8Array | undefined {
  try {
    const whole = ASN1Obj.parseBuffer(Buffer.from(response));
    const status = at(at(whole, 0), 0).toInteger();
    const token = whole.subs[1];
    // 0 is granted, 1 granted with changes.
    return status <= 1n && token !== undefined ? encode(SEQUENCE, token.value) : undefined;
  } catch {
    // Whatever was answered, it is no time stamp.
    return undefined;
  }
}

/** The certificates in a text of PEM blocks. @throws Error when one cannot be read */
export function readCertificates(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** A reason to refuse a token, in words that end a sentence. */
class TokenError extends Error {}

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ed25519: '1.3.101.112',
} as const;

const DIGESTS: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  [OID.sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** By signature algorithm: its digest, or undefined where the algorithm of the digest says it. */
const SIGNATURES: Readonly<Record<string, string | undefined>> = {
  '1.2.840.113549.1.1.1': undefined,
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  [OID.ed25519]: undefined,
};

function readToken(token: Uint8Array, expected: TokenExpectation): number {
  const contentInfo = ASN1Obj.parseBuffer(Buffer.from(token));
  if (encode(SEQUENCE, contentInfo.value).length !== token.length) throw new TokenError('something stands behind it');
  if (at(contentInfo, 0).toOID() !== OID.signedData) throw new TokenError('it is no signed data');
  const signedData = at(at(contentInfo, 1), 0);
  const content = at(signedData, 2);
  if (at(content, 0).toOID() !== OID.tstInfo) throw new TokenError('it is signed over something else');
  const octets = at(at(content, 1), 0);
  const info = ASN1Obj.parseBuffer(Buffer.from(octets.value));
  const timeUs = checkInfo(info, expected);
  const certificates = certificatesOf(signedData);
  const signers = signedData.subs.at(-1)?.subs ?? [];
  const [signer] = signers;
  if (signer === undefined || signers.length !== 1) throw new TokenError('it has not exactly one signature');
  const certificate = checkSignature(signer, octets.value, certificates);
  checkPurpose(certificate);
  checkChain({ certificate, certificates, trusted: expected.trusted, timeUs });
  return timeUs;
}

/** TSTInfo: version, policy, imprint, serial number, time, and more. */
function checkInfo(info: ASN1Obj, { imprint, nonce }: TokenExpectation): number {
  const stamped = at(info, 2);
  if (at(at(stamped, 0), 0).toOID() !== OID.sha256) throw new TokenError('its imprint is of another algorithm');
  if (!at(stamped, 1).value.equals(imprint)) throw new TokenError('its imprint is another');
  if (nonce !== undefined) {
    const found = info.subs.slice(5).find(({ tag }) => tag.isInteger());
    if (found?.value.equals(nonce) !== true) throw new TokenError('its nonce is another');
  }
  return at(info, 4).toDate().getTime() * 1000;
}

function certificatesOf(signedData: ASN1Obj): readonly X509Certificate[] {
  const list = signedData.subs.slice(3).find(({ tag }) => tag.isContextSpecific(0));
  return (list?.subs ?? []).map((certificate) => new X509Certificate(encode(SEQUENCE, certificate.value)));
}

/** The certificate whose key has signed the attributes, which name the content and that very certificate. */
function checkSignature(signer: ASN1Obj, content: Buffer, certificates: readonly X509Certificate[]): X509Certificate {
  const [, sid, digestAlgorithm, attributes, signatureAlgorithm, signature] = signer.subs;
  if (sid === undefined || digestAlgorithm === undefined || attributes?.tag.isContextSpecific(0) !== true) {
    throw new TokenError('its signature has no attributes');
  }
  if (signatureAlgorithm === undefined || signature === undefined) throw new TokenError('its signature is not there');
  const digest = DIGESTS[at(digestAlgorithm, 0).toOID()];
  if (digest === undefined || digest === 'sha1') throw new TokenError('its digest is of an unknown or weak algorithm');
  const certificate = certificates.find((candidate) => isSigner(candidate, sid));
  if (certificate === undefined) throw new TokenError('the certificate of its signer is not there');
  checkAttributes(attributes, { content, digest, certificate });
  // What is signed is a SET; in the token it stands under a tag of its own.
  const signed = encode(SET, attributes.value);
  const algorithm = at(signatureAlgorithm, 0).toOID();
  if (!Object.hasOwn(SIGNATURES, algorithm)) throw new TokenError('its signature is of an unknown algorithm');
  const hash = algorithm === OID.ed25519 ? null : (SIGNATURES[algorithm] ?? digest);
  if (!verify(hash, signed, certificate.publicKey, signature.value)) throw new TokenError('its signature is not good');
  return certificate;
}

function checkAttributes(
  attributes: ASN1Obj,
  {
    content,
    digest,
    certificate,
  }: { readonly content: Buffer; readonly digest: string; readonly certificate: X509Certificate },
): void {
  const attributeOf = (oid: string): ASN1Obj | undefined => {
    const found = attributes.subs.filter((attribute) => at(attribute, 0).toOID() === oid);
    if (found.length > 1) throw new TokenError('an attribute of its signature stands twice');
    return found[0] === undefined ? undefined : at(at(found[0], 1), 0);
  };
  if (attributeOf(OID.contentType)?.toOID() !== OID.tstInfo)
    throw new TokenError('its signature is of another content');
  const expected = createHash(digest).update(content).digest();
  if (attributeOf(OID.messageDigest)?.value.equals(expected) !== true) throw new TokenError('its content was changed');
  const [v2, v1] = [attributeOf(OID.signingCertificateV2), attributeOf(OID.signingCertificate)];
  const named = v2 === undefined ? certificateHash(v1, 'sha1') : certificateHash(v2, 'sha256');
  if (named === undefined) throw new TokenError('its signature does not name its certificate');
  if (!createHash(named.algorithm).update(certificate.raw).digest().equals(named.hash)) {
    throw new TokenError('its signature names another certificate');
  }
}

/** The first certificate that SigningCertificate (RFC 5035) names: its hash, and by which algorithm. */
function certificateHash(value: ASN1Obj | undefined, otherwise: string) {
  const first = value?.subs[0]?.subs[0];
  const [head, second] = first?.subs ?? [];
  if (head === undefined) return undefined;
  if (head.tag.isOctetString()) return { algorithm: otherwise, hash: head.value };
  const algorithm = DIGESTS[at(head, 0).toOID()];
  return algorithm === undefined || second === undefined ? undefined : { algorithm, hash: second.value };
}

/** Whether a signer is named by this certificate's issuer and serial number. */
function isSigner(certificate: X509Certificate, sid: ASN1Obj): boolean {
  const [issuer, serial] = sid.subs;
  if (issuer === undefined || serial === undefined) return false;
  const body = at(ASN1Obj.parseBuffer(Buffer.from(certificate.raw)), 0);
  const first = body.subs[0]?.tag.isContextSpecific(0) === true ? 1 : 0;
  return at(body, first).value.equals(serial.value) && at(body, first + 2).value.equals(issuer.value);
}

/** A certificate for time stamps is for nothing else (RFC 3161 section 2.3). */
function checkPurpose(certificate: X509Certificate): void {
  const purposes = certificate.keyUsage ?? [];
  if (purposes.length === 1 && purposes[0] === OID.timeStamping) return;
  throw new TokenError('its certificate is not for time stamps alone');
}

interface Chain {
  readonly certificate: X509Certificate;
  readonly certificates: readonly X509Certificate[];
  readonly trusted: readonly X509Certificate[];
  readonly timeUs: number;
}

/** From the signer up to a certificate that is trusted, each valid at the time of the stamp and signed by the next. */
function checkChain({ certificate, certificates, trusted, timeUs }: Chain): void {
  let current = certificate;
  for (let depth = 0; depth < MAX_CHAIN; depth += 1) {
    if (!isValidAt(current, timeUs)) throw new TokenError('a certificate was not valid at its time');
    if (trusted.some(({ fingerprint256 }) => fingerprint256 === current.fingerprint256)) return;
    const child = current;
    const issued = (issuer: X509Certificate): boolean =>
      issuer.ca && child.checkIssued(issuer) && child.verify(issuer.publicKey);
    const anchor = trusted.find(issued);
    if (anchor !== undefined) {
      if (!isValidAt(anchor, timeUs)) throw new TokenError('a certificate was not valid at its time');
      return;
    }
    const next = certificates.find((other) => other.fingerprint256 !== child.fingerprint256 && issued(other));
    if (next === undefined) break;
    current = next;
  }
  throw new TokenError('its certificate does not lead to one that is trusted');
}

function isValidAt({ validFrom, validTo }: X509Certificate, timeUs: number): boolean {
  const timeMs = timeUs / 1000;
  return Date.parse(validFrom) <= timeMs && timeMs <= Date.parse(validTo);
}

function at(parent: ASN1Obj, index: number): ASN1Obj {
  const child = parent.subs[index];
  if (child === undefined) throw new TokenError('it is not complete');
  return child;
}

const SEQUENCE = 0x30;
const SET = 0x31;

/** An element of DER from its content as it was read: encoding its parts again could give other bytes. */
function encode(tag: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const head = content.length < 0x80 ? [content.length] : [0x80 + length.length, ...length];
  return Buffer.concat([Uint8Array.of(tag, ...head), content]);
}
