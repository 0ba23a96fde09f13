/** The oldest Node that works, as `engines` says. */

import { SetupError } from './say.mjs';

const oldest = { major: 20, minor: 19 };

/** @throws SetupError when this Node is too old. */
export function checkNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return;
  throw new SetupError(
    `Countersign needs Node ${oldest.major}.${oldest.minor} or newer, and this is Node ${version} (${process.execPath}).\n` +
      'Install a newer one, for example from https://nodejs.org/en/download, and run the command again.',
  );
}
