/**
 * Commands of Windows: `del`, `rd`, `Remove-Item`, `format`, `iex`, and programs started through cmd and PowerShell. Pure
 * but for the report.
 */

import { isRebuildablePath, judgePath, placeOf } from '../judge-path.js';
import type { Call } from '../walk.js';
import { analyzeWindowsText } from '../windows.js';

/** `del /s /q`, `rd /s /q`, `Remove-Item -Recurse -Force`. */
export function judgeWindowsDelete(call: Call): void {
  const { walk } = call;
  const flags = call.words
    .filter(
      (word) => /^[-/][a-z]/i.test(word.text) && !/^\/[a-z0-9]{2,}/i.test(word.text.replace(/^\/[a-z](?::|$)/i, '')),
    )
    .map((word) => word.text.toLowerCase());
  const isTree =
    flags.some((flag) => flag === '/s' || /^-r(?:ecurse|ecurs|ecur|ecu|ec|e)?$/.test(flag)) || call.name === 'rd';
  if (flags.some((flag) => /^-w(?:hatif|hati|hat|ha|h)?$|^-whatif$/.test(flag))) return;
  const targets = call.words.filter((word) => !/^-/.test(word.text) && !/^\/[a-z](?::.*)?$/i.test(word.text));
  for (const word of targets) {
    if (isRebuildablePath(word, walk)) continue;
    const level = judgePath(word, isTree ? 'delete-tree' : 'delete', walk);
    const isWide = /(?:^|[\\/])\*(?:\.\*)?$|^\$_|^\0/.test(word.text) || call.name === 'clear-content';
    if (level === 'critical' || placeOf(word, walk) === 'temp' || !(isTree || isWide)) continue;
    walk.report.add('shell.windows.delete', 'destructive', 'Deletes folders and all they hold.', word, {
      effects: ['fs.delete', 'data.delete'],
      reversible: false,
      alternative: 'Try Remove-Item with -WhatIf first.',
    });
  }
  if (targets.length === 0 && (isTree || call.flow.piped))
    walk.report.add('shell.windows.delete', 'destructive', 'Deletes folders and all they hold.', call.at, {
      effects: ['fs.delete', 'data.delete'],
      reversible: false,
    });
}

/** Commands that run text, or that wipe a disk or the registry. */
export function judgeWindowsRun(call: Call): void {
  const { walk, words, at, flow } = call;
  const text = words.map((word) => word.text).join(' ');
  switch (call.name) {
    case 'iex':
    case 'invoke-expression':
      reportExpression(call, text);
      return;
    case 'cmd':
      if (/^\/[ckr]$/i.test(words[0]?.text ?? ''))
        analyzeWindowsText(
          words
            .slice(1)
            .map((word) => word.text)
            .join(' '),
          'cmd',
          walk,
          at,
        );
      return;
    case 'powershell':
    case 'pwsh':
      judgePowershell(call, text);
      return;
    case 'format':
      if (/^[a-z]:/i.test(words[0]?.text ?? ''))
        walk.report.add('shell.windows.format', 'critical', 'Formats a drive.', at, {
          effects: ['data.delete'],
          reversible: false,
        });
      return;
    case 'reg':
      if (/^delete$/i.test(words[0]?.text ?? ''))
        walk.report.add('shell.windows.registry-delete', 'destructive', 'Deletes keys of the registry.', at, {
          effects: ['data.delete'],
          reversible: false,
        });
      if (/^add$/i.test(words[0]?.text ?? ''))
        walk.report.add(
          'shell.windows.registry',
          /\\Run(?:Once)?\b|Winlogon|DisableAntiSpyware|EnableLUA/i.test(text) ? 'destructive' : 'moderate',
          'Changes the registry.',
          at,
          { effects: ['persist'] },
        );
      return;
    default:
      if (flow.remote)
        walk.report.add('shell.remote-code', 'critical', 'Runs code straight from the network, unread.', at, {
          effects: ['exec.remote_code'],
        });
  }
}

const DOWNLOAD =
  /downloadstring|downloadfile|invoke-webrequest|invoke-restmethod|\biwr\b|\birm\b|\bcurl\b|\bwget\b|net\.webclient|https?:/i;

function reportExpression(call: Call, text: string): void {
  const isRemote = call.flow.remote || DOWNLOAD.test(text);
  const { report } = call.walk;
  if (isRemote)
    report.add('shell.remote-code', 'critical', 'Runs code straight from the network, unread.', call.at, {
      effects: ['exec.remote_code', 'net.egress'],
    });
  else report.add('shell.windows.expression', 'destructive', 'Runs text as a command.', call.at, { effects: ['exec'] });
}

function judgePowershell(call: Call, text: string): void {
  const { walk, words, at, flow } = call;
  const encoded = words.findIndex((word) => /^[-/]e(?:c|nc|ncod.*)?$/i.test(word.text));
  const command = words.findIndex((word) => /^[-/]c(?:ommand|omman|omma|omm|om|o)?$/i.test(word.text));
  const code = words[encoded + 1];
  if (flow.remote)
    walk.report.add('shell.remote-code', 'critical', 'Runs code straight from the network, unread.', at, {
      effects: ['exec.remote_code'],
    });
  if (encoded >= 0 && code !== undefined) {
    walk.report.add('shell.windows.encoded', 'destructive', 'Runs a command that is encoded.', at, {
      effects: ['exec'],
    });
    analyzeWindowsText(Buffer.from(code.text, 'base64').toString('utf16le'), 'powershell', walk, at);
  } else if (command >= 0)
    analyzeWindowsText(
      words
        .slice(command + 1)
        .map((word) => word.text)
        .join(' '),
      'powershell',
      walk,
      at,
    );
  else if (words.length > 0 && !/^-(?:file|version|help|h|\?)/i.test(words[0]?.text ?? ''))
    analyzeWindowsText(text, 'powershell', walk, at);
}
