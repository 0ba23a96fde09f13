/**
 * Judges an HTTP request, or a URL that a tool will fetch. Pure: nothing is resolved and nothing is fetched.
 */

import { maxRisk, type RiskLevel, type Signal } from '@countersign/core';
import { type Analysis, type AnalyzerContext, type SignalDetails, signal } from '../signal.js';
import { classifyHost, type HostClass } from './host.js';
import { holdsSecret, SECRET_NAME } from './secrets.js';

export { classifyHost, type HostClass } from './host.js';
export { holdsSecret } from './secrets.js';

/** A request as far as the arguments tell it. */
export interface HttpRequest {
  /** Absolute URL, or a path on a host that only the tool knows. */
  readonly url: string;
  /** Default `GET`; any letter case. */
  readonly method?: string;
  /** The body as text. */
  readonly body?: string;
}

/** URLs longer than this many UTF-16 code units are judged unread. */
const MAX_URL_LENGTH = 16_384;

/** Judges a request by its method, its host and what goes out with it. Spans have pointer `''`. */
export function analyzeHttp(request: HttpRequest, _context?: AnalyzerContext): Analysis {
  const method = (request.method ?? 'GET').trim().toUpperCase();
  if (request.url.length > MAX_URL_LENGTH) {
    return failed('HTTP_URL_TOO_LONG', method);
  }
  const text = request.url.trim();
  if (/^\/(?!\/)/.test(text) || !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(text)) {
    return relative(text, method, request.body);
  }
  const url = URL.canParse(text, 'https://unknown.invalid') ? new URL(text, 'https://unknown.invalid') : undefined;
  if (url === undefined) {
    return failed('HTTP_URL_INVALID', method);
  }
  return absolute(url, method, request.body);
}

function absolute(url: URL, method: string, body: string | undefined): Analysis {
  if (url.protocol !== 'http:' && url.protocol !== 'https:' && url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    return { kind: 'http', ok: true, errors: [], signals: [judgeScheme(url)] };
  }
  const host = classifyHost(url.hostname);
  const signals = [judgeMethod(method, host, url.host), ...judgeHost(host, url.host)];
  if (url.username !== '' || url.password !== '') {
    signals.push(
      signal(
        'http.credentials-in-url',
        'moderate',
        'The URL carries a user name or a password, or hides the real host behind one.',
        {
          effects: ['net.egress', 'secrets.read'],
        },
      ),
    );
  }
  signals.push(...judgePayload(url, body, host));
  return { kind: 'http', ok: true, errors: [], signals };
}

function relative(path: string, method: string, body: string | undefined): Analysis {
  const signals = [judgeMethod(method, 'public', '')];
  if (holdsSecret(path) || holdsSecret(body ?? '')) {
    signals.push(leak());
  }
  return { kind: 'http', ok: true, errors: [], signals };
}

function failed(code: string, method: string): Analysis {
  const level: RiskLevel = method === 'DELETE' ? 'destructive' : 'moderate';
  const found = signal('http.unreadable-url', level, 'The URL cannot be read.', {
    effects: ['net.egress'],
    confidence: 0.4,
  });
  return { kind: 'http', ok: false, errors: [code], signals: [found] };
}

function judgeScheme(url: URL): Signal {
  switch (url.protocol) {
    case 'data:':
    case 'about:':
    case 'blob:':
      return signal('http.inline', 'safe', 'The URL holds its own content.', { reversible: true });
    case 'mailto:':
      return signal('http.mailto', 'moderate', 'Addresses a mail.', { effects: ['message.send'] });
    case 'file:':
      return signal('http.file-url', 'moderate', 'Reads a local file through a URL.', {
        effects: ['fs.read', 'net.egress'],
        targets: [url.pathname],
      });
    case 'javascript:':
    case 'vbscript:':
      return signal('http.script-url', 'destructive', 'Runs code that stands in a URL.', { effects: ['exec'] });
    case 'gopher:':
    case 'dict:':
    case 'ldap:':
    case 'tftp:':
    case 'jar:':
    case 'php:':
    case 'expect:':
      return signal(
        'http.smuggling-scheme',
        'destructive',
        'Uses a scheme that can speak to services that do not expect it.',
        {
          effects: ['net.egress'],
          targets: [url.host],
        },
      );
    default:
      return signal('http.other-scheme', 'moderate', 'Uses a URL scheme that is not HTTP.', {
        effects: ['net.egress'],
        targets: [url.host],
      });
  }
}

function judgeMethod(method: string, host: HostClass, name: string): Signal {
  const more: SignalDetails = { effects: ['net.egress'], ...(name === '' ? {} : { targets: [name] }) };
  switch (method) {
    case 'GET':
    case 'HEAD':
    case 'OPTIONS':
    case 'PROPFIND':
    case 'QUERY':
      return host === 'loopback'
        ? signal('http.read.loopback', 'moderate', 'Asks a service on this machine.', { ...more, reversible: true })
        : signal('http.read', 'moderate', 'Fetches from the network.', { ...more, reversible: true });
    case 'POST':
    case 'PUT':
    case 'PATCH':
    case 'MKCOL':
    case 'COPY':
    case 'MOVE':
      return signal(`http.${method.toLowerCase()}`, 'moderate', `Sends data to a service (${method}).`, more);
    case 'DELETE':
    case 'PURGE':
      return signal('http.delete', 'destructive', 'Deletes something at a service.', {
        ...more,
        effects: ['net.egress', 'data.delete'],
        reversible: false,
        alternative: 'Fetch it first, so that it can be put back.',
      });
    case 'CONNECT':
    case 'TRACE':
      return signal(`http.${method.toLowerCase()}`, 'destructive', 'Opens a tunnel or echoes headers back.', more);
    default:
      return signal('http.unknown-method', 'moderate', 'Uses an HTTP method that is not known.', {
        ...more,
        confidence: 0.5,
      });
  }
}

function judgeHost(host: HostClass, name: string): readonly Signal[] {
  switch (host) {
    case 'loopback':
    case 'public':
      return [];
    case 'private':
      return [
        signal('http.private-host', 'destructive', 'Reaches into a private network.', {
          effects: ['net.egress'],
          targets: [name],
        }),
      ];
    case 'metadata':
      return [
        signal(
          'http.metadata-host',
          'critical',
          'Asks the metadata service of the cloud, which hands out credentials.',
          {
            effects: ['net.egress', 'secrets.read'],
            targets: [name],
          },
        ),
      ];
    default:
      return host satisfies never;
  }
}

function judgePayload(url: URL, body: string | undefined, host: HostClass): readonly Signal[] {
  const sent = `${decode(url.pathname)} ${decode(url.search)} ${decode(url.hash)} ${body ?? ''}`;
  if (holdsSecret(sent)) {
    return [leak()];
  }
  const named = [...url.searchParams.keys()].some((key) => SECRET_NAME.test(key));
  if (named) {
    return [
      signal(
        'http.secret-in-query',
        maxRisk('moderate', host === 'metadata' ? 'critical' : 'moderate'),
        'A parameter of the URL is a secret by its name; URLs end up in logs.',
        {
          effects: ['net.egress', 'secrets.read'],
          alternative: 'Send the secret in a header.',
        },
      ),
    ];
  }
  return [];
}

function leak(): Signal {
  return signal('http.secret-sent', 'critical', 'A secret goes out with the request.', {
    effects: ['net.egress', 'secrets.read'],
    reversible: false,
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A broken escape leaves the text as it is: it is searched in that form instead.
    return text;
  }
}
