import {
  type ApprovalRecord,
  formatApprovalRecord,
  formatGrantRecord,
  type GrantRecord,
  parseApprovalRecord,
  parseGrantRecord,
} from '@countersign/approval';
import { sampleDigest, sampleGrant, sampleRequest } from '@countersign/approval/testing';
import { canonicalJson } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { toJson } from '../src/json-schema.js';

const request: ApprovalRecord = {
  request: sampleRequest(),
  state: 'used',
  version: 3,
  decision: {
    requestId: sampleRequest().id,
    decision: 'approved',
    approver: { kind: 'person', id: 'ada', role: 'operator', keyId: 'k' },
    attestation: 'server',
    editedArgs: null,
    editedDigest: sampleDigest('E'),
    editedRisk: 'safe',
    decidedAtUs: 1,
  },
};
const grant: GrantRecord = { grant: sampleGrant(), version: 1, used: 0, revoked: false };

describe('rows as text', () => {
  it('come back as they were', () => {
    expect(parseApprovalRecord(formatApprovalRecord(request))).toEqual(request);
    expect(parseGrantRecord(formatGrantRecord(grant))).toEqual(grant);
  });

  it('have one text each, whatever the order of the members', () => {
    const { state, ...rest } = request;
    expect(formatApprovalRecord({ state, ...rest })).toBe(formatApprovalRecord(request));
    expect(formatGrantRecord(grant)).toMatch(/^\{"grant":\{"arguments":\[/);
  });

  it('are those of the JSON of the record, whatever it holds', () => {
    const odd = [
      undefined,
      null,
      -0,
      1e21,
      '',
      'größe 😀\u2028\u0000"\\',
      [],
      {},
      { b: undefined, a: [1, { c: undefined }] },
    ];
    for (const value of [...odd, Number.NaN, [undefined, 1], { toJSON: () => 'other' }, new Date(0)]) {
      const row = {
        ...request,
        decision: Object.assign({}, request.decision, { editedArgs: value, reason: undefined }),
      };
      expect(formatApprovalRecord(row)).toBe(canonicalJson(toJson(row)));
      const issued = { ...grant, grant: Object.assign({}, grant.grant, { arguments: value }) };
      expect(formatGrantRecord(issued)).toBe(canonicalJson(toJson(issued)));
    }
  });

  it('are refused for half of a surrogate pair, as the JSON of the record is', () => {
    const row = { ...request, decision: Object.assign({}, request.decision, { reason: '\ud800' }) };
    const refused = (action: () => unknown): unknown => {
      try {
        return action();
      } catch (error) {
        return error;
      }
    };
    expect(refused(() => formatApprovalRecord(row))).toEqual(refused(() => canonicalJson(toJson(row))));
    expect(() => formatApprovalRecord(row)).toThrow();
  });

  it.each<[string, string, string]>([
    ['no JSON', 'nonsense', 'canonical JSON'],
    ['white space', ` ${formatApprovalRecord(request)}`, 'canonical JSON'],
    ['another order of members', '{"b":1,"a":2}', 'canonical JSON'],
    ['a row of the other kind', formatGrantRecord(grant), 'request'],
    ['an unknown state', formatApprovalRecord(request).replace('"used"', '"done"'), 'state'],
    ['an unknown member', formatApprovalRecord(request).replace(/\}$/, ',"zeal":1}'), '"zeal"'],
    ['a digest that is none', formatApprovalRecord(request).replace(sampleDigest('B'), 'short'), 'argsDigest'],
    ['a version of zero', formatApprovalRecord(request).replace('"version":3', '"version":0'), 'version'],
  ])('are refused for %s', (_, text, part) => {
    expect(() => parseApprovalRecord(text)).toThrow(
      expect.objectContaining({ code: 'RECORD_INVALID', message: expect.stringContaining(part) }),
    );
  });
});
