/**
 * A vitest reporter that counts what ran into a file: `{ passed, failed, skipped: [{ name, note }] }`. A test file that could not be
 * loaded and an error outside every test each count as one failure, because nothing else would show them in the counts.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export default class TallyReporter {
  /** @param options `{ file }`: where the counts go. */
  constructor({ file }) {
    this.file = file;
  }

  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      if (module.errors().length > 0) tally.failed += 1;
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) tally.failed += 1;
      for (const test of module.children.allTests()) count(tally, module, test);
    }
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify(tally));
  }
}

function count(tally, module, test) {
  const { state, note } = test.result();
  if (state === 'passed') tally.passed += 1;
  else if (state === 'failed') tally.failed += 1;
  // A test that is neither was skipped, or the run ended before it: both are said by name.
  else tally.skipped.push({ name: `${module.relativeModuleId} > ${test.fullName}`, note: note ?? '' });
}
