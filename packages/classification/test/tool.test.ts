import type { JsonObject } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { classifyTool, createClassifier } from '../src/index.js';
import { TOOL_CASES } from './tool-cases.js';

function schemaOf(properties: readonly string[] = []): JsonObject {
  return { type: 'object', properties: Object.fromEntries(properties.map((name) => [name, { type: 'string' }])) };
}

describe('the level of a tool definition', () => {
  it.each(TOOL_CASES.map(([level, name, description = '', properties]) => ({ level, name, description, properties })))(
    'is $level for $name ($description)',
    ({ level, name, description, properties }) => {
      expect(classifyTool({ name, description, inputSchema: schemaOf(properties) }).level).toBe(level);
    },
  );

  it('is found in well over eighty labelled definitions', () => {
    expect(TOOL_CASES.length).toBeGreaterThan(80);
  });

  it('is unsure where the name says nothing', () => {
    expect(classifyTool({ name: 'frobnicate' }).confidence).toBeLessThan(0.5);
  });
});

describe('annotations', () => {
  const tool = { name: 'frobnicate', server: 'files', annotations: { readOnlyHint: true } };

  it('lower nothing when the server is not trusted', () => {
    expect(createClassifier().classify({ tool, args: {} }).level).toBe('moderate');
  });

  it('lower moderate to safe when the server is trusted', () => {
    expect(createClassifier({ trustedServers: ['files'] }).classify({ tool, args: {} }).level).toBe('safe');
  });

  it('of a trusted server never lower below what the arguments do', () => {
    const call = { tool, args: { sql: 'DROP TABLE users' } };
    expect(createClassifier({ trustedServers: ['files'] }).classify(call).level).toBe('destructive');
  });

  it('of a trusted server never make a removal safe', () => {
    const removal = { ...tool, name: 'delete_file' };
    expect(createClassifier({ trustedServers: ['files'] }).classify({ tool: removal, args: {} }).level).toBe(
      'destructive',
    );
  });

  it('raise a tool that reads by its name when it says that it destroys', () => {
    expect(classifyTool({ name: 'get_x', annotations: { destructiveHint: true } }).level).toBe('moderate');
    expect(classifyTool({ name: 'get_x', annotations: { readOnlyHint: false } }).level).toBe('moderate');
    expect(classifyTool({ name: 'delete_x', annotations: { destructiveHint: true } }).level).toBe('destructive');
  });

  it('are read anew when a definition changes under the same object', () => {
    const changing = { name: 'get_user' };
    const classifier = createClassifier();
    expect(classifier.classify({ tool: changing, args: {} }).level).toBe('safe');
    changing.name = 'delete_user';
    expect(classifier.classify({ tool: changing, args: {} }).level).toBe('destructive');
  });
});
