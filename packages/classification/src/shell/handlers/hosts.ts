/**
 * What kind of machine a program of the shell talks to. Pure but for the report.
 */

import { UNKNOWN } from '../../filesystem/index.js';
import { classifyHost, type HostClass } from '../../http/index.js';
import { judgePath } from '../judge-path.js';
import type { Argument, Call } from '../walk.js';

/** Reports where the requests go; answers true when all stay on this machine. */
export function judgeHosts(urls: readonly Argument[], call: Call): boolean {
  let isLocal = urls.length > 0;
  if (urls.length > MAX_URLS) call.walk.report.cap(call.at);
  for (const url of urls.slice(0, MAX_URLS)) {
    if (url.text.startsWith('file:')) {
      judgePath(url, 'read', call.walk);
      continue;
    }
    const host = hostOf(url.text);
    isLocal = isLocal && host === 'loopback';
    reportHost(host, url, call);
  }
  if (!isLocal) call.walk.report.markSending(call.at);
  return isLocal;
}

/** URLs of one command that are looked at; more hit the limit, which raises the level. */
const MAX_URLS = 64;

function reportHost(host: HostClass | 'unknown', url: Argument, call: Call): void {
  const { report } = call.walk;
  const targets = url.text.includes(UNKNOWN) ? [] : [url.text];
  switch (host) {
    case 'metadata':
      report.add('shell.metadata-service', 'critical', 'Asks the cloud machine for its credentials.', url, {
        effects: ['secrets.read', 'net.egress'],
        targets,
      });
      return;
    case 'private':
      report.add('shell.private-host', 'destructive', 'Reaches into the private network.', url, {
        effects: ['net.egress'],
        confidence: 0.7,
        targets,
      });
      return;
    case 'loopback':
      report.add('shell.local-request', 'moderate', 'Makes a request to this machine.', url, { targets });
      return;
    case 'public':
    case 'unknown':
      report.add('shell.request', 'moderate', 'Makes a request over the network.', url, {
        effects: ['net.egress'],
        targets,
      });
      return;
    default:
      host satisfies never;
  }
}

/** Whether the text names this machine. */
export function isLocalHost(text: string): boolean {
  return hostOf(text) === 'loopback';
}

/** The kind of host that a URL or a bare `host:port/path` names; `URL` reads decimal, octal and short forms of addresses. */
function hostOf(text: string): HostClass | 'unknown' {
  const bare = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^[^/@]*@/, '');
  if (bare.startsWith(UNKNOWN)) return 'unknown';
  try {
    const host = new URL(`http://${bare.split(UNKNOWN, 1)[0]}`).hostname;
    if (SAME_MACHINE.test(host)) return 'loopback';
    const found = classifyHost(host);
    // A name without an address, such as that of a container beside this one, is no proof of a private network.
    return found === 'private' && !HAS_ADDRESS.test(host) ? 'public' : found;
  } catch {
    return 'unknown';
  }
}

const SAME_MACHINE = /^(?:0\.0\.0\.0|\[::\]|host\.docker\.internal)$/;
const HAS_ADDRESS = /^\[|\d+[.-]\d+[.-]\d+[.-]\d+/;
