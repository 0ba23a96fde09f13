/**
 * kubectl: commands run inside pods, deletes, secrets and rights. Pure but for the report.
 */

import { type ParsedArguments, parseArguments } from '../flags.js';
import type { Call } from '../walk.js';
import { runInside } from './containers.js';

const KUBECTL = {
  values: new Set(
    (
      '-n -c -f -o -l --namespace --context --kubeconfig --container --selector --filename --output --as --replicas ' +
      '--clusterrole --image --overrides --cluster --user --server --token -p --patch'
    ).split(' '),
  ),
  style: 'bundled',
} as const;

/** Judges kubectl by its verb, what it is about, and flags that give rights or stop a workload. */
export function judgeKubectl(call: Call): void {
  const { words } = call;
  const parsed = parseArguments(words, KUBECTL);
  const verb = parsed.operands[0]?.text ?? '';
  const dashes = words.findIndex((word) => word.text === '--');
  if (dashes >= 0 && /^(?:exec|debug|run)$/.test(verb)) runInside(words.slice(dashes + 1), call);
  const kinds = parsed.operands.slice(1).map((word) => word.text.toLowerCase());
  if (verb === 'delete' && !parsed.flags.some((flag) => flag.name === '--dry-run')) judgeDelete(parsed, kinds, call);
  if (verb === 'create' && /^(?:cluster)?role(?:binding)?$/.test(kinds[0] ?? '')) reportAccess(call);
  if (verb === 'get') judgeGet(parsed, kinds, call);
  if (verb === 'debug' && kinds.some((kind) => /^nodes?\//.test(kind)))
    call.walk.report.add(
      'shell.kubectl.node-shell',
      'destructive',
      'Opens a shell on a machine of the cluster.',
      call.at,
      {
        effects: ['auth.change', 'exec'],
      },
    );
  judgeFlags(parsed, call);
}

const GRAVE_KIND =
  /^(?:ns|namespaces?|pvc?|persistentvolume(?:claim)?s?|crds?|customresourcedefinitions?|nodes?|all)(?:\/|$)/;

function judgeDelete(parsed: ParsedArguments, kinds: readonly string[], call: Call): void {
  const isWide = parsed.flags.some((flag) => /^--(?:all|all-namespaces)$|^-A$/.test(flag.name));
  const isGrave = isWide || kinds.some((kind) => GRAVE_KIND.test(kind));
  const level = isGrave ? 'critical' : 'destructive';
  call.walk.report.add('shell.kubectl.delete', level, 'Deletes objects of the cluster.', call.at, {
    effects: ['infra.change', 'data.delete'],
    reversible: false,
    alternative: 'Try it with --dry-run=server first.',
  });
}

function reportAccess(call: Call): void {
  call.walk.report.add('shell.kubectl.access', 'destructive', 'Changes who may do what in the cluster.', call.at, {
    effects: ['auth.change'],
  });
}

function judgeGet(parsed: ParsedArguments, kinds: readonly string[], call: Call): void {
  const isShown = parsed.flags.some((flag) => flag.name === '-o' || flag.name === '--output');
  if (!isShown || !kinds.some((kind) => /^secrets?(?:[/,.]|$)|,secrets?/.test(kind))) return;
  call.walk.report.add('shell.secret-read', 'moderate', 'Reads secrets of the cluster.', call.at, {
    effects: ['secrets.read'],
  });
}

function judgeFlags(parsed: ParsedArguments, call: Call): void {
  const { report } = call.walk;
  for (const flag of parsed.flags) {
    const value = flag.value?.text ?? '';
    if (flag.name === '--clusterrole' && value === 'cluster-admin')
      report.add('shell.kubectl.admin', 'critical', 'Gives full rights over the cluster.', call.at, {
        effects: ['auth.change', 'infra.change'],
      });
    else if (
      (flag.name === '--replicas' && value === '0') ||
      (/^-p$|^--patch$/.test(flag.name) && /"?replicas"?\s*:\s*0\b/.test(value))
    )
      report.add('shell.kubectl.scale-zero', 'destructive', 'Stops all copies of a workload.', call.at, {
        effects: ['infra.change'],
      });
    else if (
      (flag.name === '--privileged' && value !== 'false') ||
      (flag.name === '--overrides' && /privileged"?\s*:\s*true|hostPID|hostPath/.test(value))
    )
      report.add(
        'shell.kubectl.privileged',
        'destructive',
        'Starts a pod with full rights over its machine.',
        call.at,
        {
          effects: ['auth.change'],
        },
      );
  }
}
