/** The one build configuration: every package's `tsup.config.ts` is a call of this, so that the builder can be replaced in one place. */
import { defineConfig, type Options } from 'tsup';

export function packageConfig(
  entry: Record<string, string>,
  esbuildPlugins: NonNullable<Options['esbuildPlugins']> = [],
): ReturnType<typeof defineConfig> {
  const options: Options = {
    entry,
    esbuildPlugins,
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: false,
    // Stripping "node:" breaks node:sqlite and node:test at run time.
    removeNodeProtocol: false,
  };
  return defineConfig(options);
}
