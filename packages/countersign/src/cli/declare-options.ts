/**
 * Declares the options that commands share. Loads nothing but the parser of the command line, so that help is quick.
 */

import type { Command } from 'commander';

/** Adds what every command takes, to the program: it may then stand before or after the command's name. */
export function declareCommonOptions(command: Command): Command {
  return command
    .option('--db <path>', 'the log: a SQLite file (default: ~/.countersign/agent-audit.db)')
    .option('--key <file|vkey>', 'the verifier key that the log must belong to')
    .option('--key-dir <path>', "the folder of the log's keys (default: below ~/.countersign/keys)")
    .option('--mark <path>', "the log's high-water mark (default: below ~/.countersign/marks)")
    .option('--json', 'print one JSON object')
    .option('--jsonl', 'print JSON, one object per line')
    .option('--no-color', 'print without colours')
    .option('-q, --quiet', 'print data and errors only');
}

/** Adds the options that choose calls. */
export function declareFilterOptions(command: Command): Command {
  return command
    .option('--risk <levels>', 'safe, moderate, destructive, critical; several with commas, or repeat it', collect)
    .option('--session <id>', 'calls of this session')
    .option('--tool <name>', 'calls of this tool; * stands for any text')
    .option(
      '--decision <decisions>',
      'approved, rejected, auto, not_required; several with commas, or repeat it',
      collect,
    )
    .option(
      '--outcome <outcomes>',
      'ok, tool_error, refused, invalid_input, aborted, pending, dangling, observed_only',
      collect,
    )
    .option('--success [true|false]', 'calls that succeeded, or did not')
    .option('--actor <id>', 'calls of this actor')
    .option('--since <time>', 'calls from this time on: 2026-11-21, 2026-11-21T06:00:00Z, or an age such as 24h or 7d')
    .option('--until <time>', 'calls before this time');
}

/** Adds the options that say which call is meant, beside a shell command. */
export function declareCallOptions(command: Command): Command {
  return command
    .option('--sql <text>', 'a SQL statement')
    .option('--tool <name|json>', 'the name of a tool, or its definition as JSON')
    .option('--args <json>', 'the arguments that the tool gets');
}

/** An option that may be repeated. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
