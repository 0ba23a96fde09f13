/** The parts of the specification that code writes, and the document with them in their places. */

import { FINDINGS } from '@countersign/audit/verify';
import { fieldSection } from './field-table.js';
import { exampleSection } from './spec-examples.js';

/** The document with every generated part as it must be. */
export function withSections(document: string): string {
  const sections = { fields: fieldSection(), findings: findingSection(document), examples: exampleSection() };
  return Object.entries(sections).reduce((text, [name, section]) => replaced(text, name, section), document);
}

function replaced(text: string, name: string, section: string): string {
  const [start, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no marks for ${name}`);
  return `${text.slice(0, from + start.length)}\n\n${section}\n\n${text.slice(to)}`;
}

/** The findings that clauses name; others are about stores, receipts and queries. */
function findingSection(document: string): string {
  const written = document.replace(/<!-- generated:(\w+) -->[\s\S]*<!-- \/generated:\1 -->/g, '');
  const rows = Object.entries(FINDINGS)
    .filter(([code]) => written.includes(`\`${code}\``))
    .map(([code, { severity, parts, meaning }]) => `| \`${code}\` | ${severity} | ${parts.join(', ')} | ${meaning} |`);
  return ['| code | severity | makes `failed` | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
