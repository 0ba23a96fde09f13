/**
 * What kind of host a URL names. The WHATWG parser has already turned decimal, octal and hexadecimal addresses into
 * plain ones; IPv6 forms that carry an IPv4 address are unpacked here. Pure.
 */

import ipaddr from 'ipaddr.js';

/** The kinds of host, from harmless to dangerous. */
export type HostClass = 'loopback' | 'public' | 'private' | 'metadata';

const METADATA_HOSTS = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'metadata.google.internal',
  'metadata.goog',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
]);

/** Cheap to ask before the text is parsed as an address. */
const LOOKS_LIKE_ADDRESS = /^[\d.]+$|:/;

/** Names under which public resolvers answer with whatever address the name holds. */
const REBINDING = /\.(?:nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me|rbndr\.us)$/;
const PRIVATE_NAMES =
  /(?:^|\.)(?:local|internal|intranet|lan|corp|home|private|cluster\.local|svc|localdomain|home\.arpa)$/;

/** Classifies the host of a parsed URL, as `URL.hostname` gives it. */
export function classifyHost(hostname: string): HostClass {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (METADATA_HOSTS.has(host)) {
    return 'metadata';
  }
  if (LOOKS_LIKE_ADDRESS.test(host) && ipaddr.isValid(host)) {
    return classifyAddress(host);
  }
  const embedded = REBINDING.test(host) ? /(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})/.exec(host) : null;
  if (embedded !== null) {
    const inner = classifyHost(embedded.slice(1, 5).join('.'));
    return inner === 'public' ? 'public' : inner === 'metadata' ? 'metadata' : 'private';
  }
  if (host === 'localhost' || host.endsWith('.localhost')) {
    return 'loopback';
  }
  return PRIVATE_NAMES.test(host) || REBINDING.test(host) || !host.includes('.') ? 'private' : 'public';
}

function classifyAddress(text: string): HostClass {
  const address = unpack(ipaddr.parse(text));
  const plain = address.toString();
  if (METADATA_HOSTS.has(plain)) {
    return 'metadata';
  }
  switch (address.range()) {
    case 'loopback':
      return 'loopback';
    case 'unicast':
      return 'public';
    default:
      // Private, link-local, unique local, shared, reserved, multicast, unspecified: never the open internet.
      return 'private';
  }
}

type Address = ReturnType<typeof ipaddr.parse>;

/** The IPv4 address inside a mapped, NAT64 or 6to4 address. */
function unpack(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) {
    return address;
  }
  if (address.isIPv4MappedAddress()) {
    return address.toIPv4Address();
  }
  const bytes = address.toByteArray();
  const range = address.range();
  const compatible = bytes.slice(0, 12).every((byte) => byte === 0) && bytes.slice(12, 15).some((byte) => byte !== 0);
  if (range === 'rfc6052' || compatible) {
    return ipaddr.fromByteArray(bytes.slice(12));
  }
  return range === '6to4' ? ipaddr.fromByteArray(bytes.slice(2, 6)) : address;
}
