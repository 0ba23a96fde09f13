import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type CallDigestInput, callDigest, canonicalJson, type ToolDefinition, toolDigest } from '../src/index.js';

const tool: ToolDefinition = { name: 'deleteFile', description: 'Deletes a file.', server: 'files' };

const call: CallDigestInput = {
  salt: Uint8Array.from({ length: 16 }, (_, i) => i),
  log: 'example.org/agents',
  callId: 'call-1',
  tool: 'deleteFile',
  toolDigest: toolDigest(tool),
  args: { path: './a' },
  policy: 'policy-1',
};

const code = (value: string): object => expect.objectContaining({ code: value });

describe('toolDigest', () => {
  it('is the hash of the tag and the canonical definition', () => {
    const bytes = 'countersign/tool/v1\0{"description":"Deletes a file.","name":"deleteFile","server":"files"}';
    expect(toolDigest(tool)).toBe(createHash('sha256').update(bytes).digest('base64'));
    expect(toolDigest(tool)).toBe('0j1m9UPswuuW+WUmuWSaO294SaNRW5v/oR77R8kt4cc=');
  });

  it('changes with every part of the definition', () => {
    const variants: ToolDefinition[] = [
      tool,
      { ...tool, name: 'removeFile' },
      { ...tool, title: 'Delete' },
      { ...tool, description: 'Deletes a file' },
      { ...tool, inputSchema: { type: 'object' } },
      { ...tool, annotations: { destructiveHint: true } },
      { ...tool, annotations: {} },
      { ...tool, server: 'other' },
      { name: tool.name },
    ];
    expect(new Set(variants.map(toolDigest)).size).toBe(variants.length);
  });

  it('takes an undefined member for an absent one, and leaves out members that are no part of a definition', () => {
    const loose: ToolDefinition = Object.assign({ title: undefined, execute: () => 1 }, tool);
    expect(toolDigest(loose)).toBe(toolDigest(tool));
  });

  it('refuses a name that is no identifier', () => {
    expect(() => toolDigest({ name: '' })).toThrow(code('OPTION_INVALID'));
    expect(() => toolDigest({ name: 'a', server: 'x'.repeat(257) })).toThrow(code('LIMIT_EXCEEDED'));
  });
});

describe('callDigest', () => {
  it('is the hash of canonical JSON, whatever the names hold', () => {
    const names = ['a', 'with "quotes" \\ and /', 'größe 😀', '\u2028', '\ufffd', 'x'.repeat(256)];
    for (const name of names) {
      const input = { ...call, log: name, callId: `${name.slice(1)}c`, tool: name, policy: name };
      const { log, callId, tool: toolName, toolDigest: definition, args, policy } = input;
      const statement = canonicalJson({ args, call: callId, log, policy, tool: toolName, toolDigest: definition });
      const plain = createHash('sha256').update('countersign/call/v1\0').update(call.salt).update(statement);
      expect(callDigest(input)).toBe(plain.digest('base64'));
    }
  });

  it.each(['log', 'callId', 'tool', 'toolDigest', 'policy'])('refuses a %s that is no identifier', (member) => {
    for (const value of ['', 'x'.repeat(257), 'é'.repeat(129), 'a\tb', 'a\u007f', 'half \ud800', 'a\n']) {
      expect(() => callDigest({ ...call, [member]: value })).toThrow(/^(log|callId|tool|toolDigest|policy): /);
    }
  });

  it('is the hash of the tag, the salt and the canonical statement', () => {
    const statement = `{"args":{"path":"./a"},"call":"call-1","log":"example.org/agents","policy":"policy-1","tool":"deleteFile","toolDigest":"${call.toolDigest}"}`;
    const expected = createHash('sha256')
      .update('countersign/call/v1\0')
      .update(call.salt)
      .update(statement)
      .digest('base64');
    expect(callDigest(call)).toBe(expected);
    expect(callDigest(call)).toBe('ywPCNO6p3CKSwF2LYf1i01KJj8Mv8z4EK1prZzq/PJA=');
  });

  it('changes with every part', () => {
    const variants: CallDigestInput[] = [
      call,
      { ...call, salt: new Uint8Array(16) },
      { ...call, log: 'example.org/other' },
      { ...call, callId: 'call-2' },
      { ...call, tool: 'removeFile' },
      { ...call, toolDigest: toolDigest({ name: 'deleteFile' }) },
      { ...call, args: { path: './b' } },
      { ...call, policy: 'policy-2' },
    ];
    expect(new Set(variants.map(callDigest)).size).toBe(variants.length);
  });

  it.each([0, 15, 17, 32])('refuses a salt of %i bytes', (length) => {
    expect(() => callDigest({ ...call, salt: new Uint8Array(length) })).toThrow(code('OPTION_INVALID'));
  });

  it.each(['log', 'callId', 'tool', 'toolDigest', 'policy'])(
    'refuses an empty or overlong %s without repeating it',
    (member) => {
      expect(() => callDigest({ ...call, [member]: '' })).toThrow(code('OPTION_INVALID'));
      expect(() => callDigest({ ...call, [member]: 'x'.repeat(257) })).toThrow(code('LIMIT_EXCEEDED'));
      expect(() => callDigest({ ...call, [member]: 'x'.repeat(257) })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('xx') }),
      );
    },
  );
});
