/**
 * The types that `withAudit` promises, checked by the compiler: this file fails `tsc`, and not the test runner, when they change.
 */

import type { Audited, WithAudit } from '@countersign/audit';
import { describe, expectTypeOf, it } from 'vitest';
import { createWorld } from '../gate-world.js';

describe('Audited<T>', () => {
  it('keeps an asynchronous function as it is, generics, overloads and own properties included', () => {
    type Plain = (path: string, count?: number) => Promise<number>;
    expectTypeOf<Audited<Plain>>().toEqualTypeOf<Plain>();
    type Generic = <T>(value: T) => Promise<T>;
    expectTypeOf<Audited<Generic>>().toEqualTypeOf<Generic>();
    type Overloaded = { (a: string): Promise<string>; (a: number, b: number): Promise<number> };
    expectTypeOf<Audited<Overloaded>>().toEqualTypeOf<Overloaded>();
    type Described = Plain & { description: string };
    expectTypeOf<Audited<Described>>().toEqualTypeOf<Described>();
    type Thenable = (a: string) => PromiseLike<string>;
    expectTypeOf<Audited<Thenable>>().toEqualTypeOf<Thenable>();
  });

  it('makes a synchronous result a promise, and keeps parameters with their names and defaults', () => {
    expectTypeOf<Audited<(path: string, count?: number) => number>>().toEqualTypeOf<
      (path: string, count?: number) => Promise<number>
    >();
    expectTypeOf<Audited<(...paths: string[]) => void>>().toEqualTypeOf<(...paths: string[]) => Promise<void>>();
    expectTypeOf<Audited<() => number | Promise<string>>>().toEqualTypeOf<() => Promise<number | string>>();
    expectTypeOf<Audited<() => undefined | string>>().toEqualTypeOf<() => Promise<string | undefined>>();
    type Described = ((path: string) => number) & { description: string };
    expectTypeOf<Audited<Described>['description']>().toEqualTypeOf<string>();
    expectTypeOf<ReturnType<Audited<Described>>>().toEqualTypeOf<Promise<number>>();
  });

  it('keeps `this`', () => {
    type Method = (this: { root: string }, path: string) => string;
    expectTypeOf<Audited<Method>>().toEqualTypeOf<(this: { root: string }, path: string) => Promise<string>>();
    type AsyncMethod = (this: { root: string }, path: string) => Promise<string>;
    expectTypeOf<Audited<AsyncMethod>>().toEqualTypeOf<AsyncMethod>();
  });

  it('keeps an asynchronous generator function', () => {
    type Stream = (path: string) => AsyncGenerator<string, number, boolean>;
    expectTypeOf<Audited<Stream>>().toEqualTypeOf<Stream>();
  });

  it('keeps a tool object whose method is asynchronous, classes with private members included', () => {
    type Tool = {
      description: string;
      inputSchema: { type: 'object' };
      execute: (args: { q: string }) => Promise<number>;
    };
    expectTypeOf<Audited<Tool>>().toEqualTypeOf<Tool>();
    class Counter {
      #count = 0;
      async invoke(by: number): Promise<number> {
        this.#count += by;
        return this.#count;
      }
    }
    expectTypeOf<Audited<Counter>>().toEqualTypeOf<Counter>();
  });

  it('changes only the methods of a tool object that are synchronous, optional ones included', () => {
    type Tool = { name: string; execute: (q: string) => number; helper: () => number };
    expectTypeOf<Audited<Tool>>().toEqualTypeOf<{
      name: string;
      execute: (q: string) => Promise<number>;
      helper: () => number;
    }>();
    type Optional = { schema: { parse: (value: unknown) => number }; execute?: (q: string) => number };
    expectTypeOf<Audited<Optional>['schema']>().toEqualTypeOf<{ parse: (value: unknown) => number }>();
    expectTypeOf<NonNullable<Audited<Optional>['execute']>>().toEqualTypeOf<(q: string) => Promise<number>>();
  });

  it('goes through records, lists and tuples', () => {
    type Sync = (a: string) => number;
    type Wrapped = (a: string) => Promise<number>;
    expectTypeOf<Audited<{ readFile: Sync; search: { execute: Sync } }>>().toEqualTypeOf<{
      readFile: Wrapped;
      search: { execute: Wrapped };
    }>();
    expectTypeOf<Audited<Sync[]>>().toEqualTypeOf<Wrapped[]>();
    expectTypeOf<Audited<readonly [Sync, { run: Sync }]>>().toEqualTypeOf<readonly [Wrapped, { run: Wrapped }]>();
  });
});

describe('withAudit', () => {
  it('answers what it was given, audited', async () => {
    const { withAudit } = await createWorld();
    expectTypeOf(withAudit).toEqualTypeOf<WithAudit>();
    const tools = withAudit({ readFile: (path: string) => path.length, search: { execute: async (q: string) => q } });
    expectTypeOf(tools.readFile).toEqualTypeOf<(path: string) => Promise<number>>();
    expectTypeOf(tools.search.execute).toEqualTypeOf<(q: string) => Promise<string>>();
    const both = { run: (a: string) => a, stop: () => 1 };
    expectTypeOf(withAudit(both, { kind: 'record' }).stop).toEqualTypeOf<() => Promise<number>>();
    expectTypeOf(withAudit(both, { kind: 'tool', name: 'x' }).stop).toEqualTypeOf<() => number>();
  });

  it('does not take what can be no tool', async () => {
    const { withAudit } = await createWorld();
    const never = (): void => {
      // @ts-expect-error a text is no tool
      withAudit('read');
      // @ts-expect-error neither is nothing
      withAudit(undefined);
      // @ts-expect-error there is no such option
      withAudit(() => 1, { onRefuse: 'throw' });
    };
    expectTypeOf(never).toBeFunction();
  });
});
