/**
 * The command line: its commands and options. What a command does is loaded when it runs.
 */

import { Command } from 'commander';
import { registerApprove } from './commands/approve.js';
import { registerApprovers } from './commands/approvers.js';
import { registerClassify } from './commands/classify.js';
import { registerConfig } from './commands/config.js';
import { registerDemo } from './commands/demo.js';
import { registerDoctor } from './commands/doctor.js';
import { registerErase } from './commands/erase.js';
import { registerExport } from './commands/export.js';
import { registerGrants } from './commands/grants.js';
import { registerHash } from './commands/hash.js';
import { registerHold } from './commands/hold.js';
import { registerKeys } from './commands/keys.js';
import { registerPolicy } from './commands/policy.js';
import { registerProve } from './commands/prove.js';
import { registerPurge } from './commands/purge.js';
import { registerQuery } from './commands/query.js';
import { registerRestart } from './commands/restart.js';
import { registerShow } from './commands/show.js';
import { registerSummary } from './commands/summary.js';
import { registerVerify } from './commands/verify.js';
import { registerVerifyArchive } from './commands/verify-archive.js';
import { registerVerifyReceipt } from './commands/verify-receipt.js';
import { registerWitness } from './commands/witness.js';
import { declareCommonOptions } from './declare-options.js';
import { type CliIo, widthOf } from './io.js';

/** The program over these surroundings. It throws instead of ending the process. */
export function createProgram(io: CliIo): Command {
  const program = new Command('countersign')
    .description('Read, verify and look after the signed log of what your agents did.')
    .version(io.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => widthOf(io.stdout),
      getErrHelpWidth: () => widthOf(io.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', AFTER_HELP);
  declareCommonOptions(program);
  registerDemo(program, io);
  registerApprove(program, io);
  registerApprovers(program, io);
  registerGrants(program, io);
  registerQuery(program, io);
  registerShow(program, io);
  registerSummary(program, io);
  registerVerify(program, io);
  registerProve(program, io);
  registerVerifyReceipt(program, io);
  registerHash(program, io);
  registerExport(program, io);
  registerPurge(program, io);
  registerErase(program, io);
  registerHold(program, io);
  registerVerifyArchive(program, io);
  registerClassify(program, io);
  registerPolicy(program, io);
  registerConfig(program, io);
  registerKeys(program, io);
  registerRestart(program, io);
  registerWitness(program, io);
  registerDoctor(program, io);
  return program;
}

const AFTER_HELP = `
Data goes to the standard output, everything else to standard error.
Exit codes: 0 ok, 1 internal error, 2 usage, 3 tampering found, 4 verification incomplete, 5 refused, 6 timed out,
7 store unavailable, 130 interrupted.`;
