/**
 * Containers: commands run inside, and what a container is given of this machine. Pure but for the report.
 */

import { type ParsedArguments, parseArguments } from '../flags.js';
import { judgePath, placeOf } from '../judge-path.js';
import { type Argument, type Call, forkWalk, NO_FLOW } from '../walk.js';

const DOCKER_VALUES = new Set(
  (
    '-H -c -l --host --context --config --log-level -e -v -p -w -u -m -h -a --env --env-file --volume --mount --publish --workdir --user --name --network --net --entrypoint --memory --cpus --label --link --hostname --add-host --cap-add --cap-drop ' +
    '--security-opt --device --pid --ipc --userns --restart --platform --pull --gpus --tmpfs --ulimit --dns --expose --log-driver --log-opt --detach-keys --index -f --file --project-name --profile --volumes-from'
  ).split(' '),
);

/** `docker run` and `docker exec`: the command inside, mounts and privileges. */
export function judgeDocker(call: Call): void {
  const globals = parseArguments(
    call.words,
    {
      values: new Set([
        '-H',
        '-c',
        '-l',
        '-f',
        '-p',
        '--host',
        '--context',
        '--config',
        '--log-level',
        '--file',
        '--project-name',
        '--profile',
      ]),
      style: 'bundled',
    },
    true,
  );
  let rest = call.words.slice(globals.used);
  const isCompose = rest[0]?.text === 'compose';
  if (['container', 'compose', 'image'].includes(rest[0]?.text ?? '')) {
    const inner = parseArguments(rest.slice(1), { values: DOCKER_VALUES, style: 'bundled' }, true);
    rest = rest.slice(1 + inner.used);
  }
  const verb = rest[0]?.text;
  if (verb !== 'run' && verb !== 'exec' && verb !== 'create') return;
  const parsed = parseArguments(rest.slice(1), { values: DOCKER_VALUES, style: 'bundled' }, true);
  const [image, ...command] = rest.slice(1 + parsed.used);
  const isMounted = judgeContainer(parsed, call);
  const entry = parsed.flags.find((flag) => flag.name === '--entrypoint')?.value;
  const inner = entry === undefined ? command : [entry, ...command];
  if (inner.length > 0 && (verb === 'exec' || isCompose || isMounted)) runInside(inner, call);
  if (image !== undefined && isMounted) runImage(image, command, call);
}

/** An image such as `hashicorp/terraform` starts the program of its name. */
function runImage(image: Argument, command: readonly Argument[], call: Call): void {
  const name = /([^/:@]+)(?:[:@][^/]*)?$/.exec(image.text)?.[1] ?? '';
  if (IMAGE_PROGRAMS.has(name)) runInside([{ ...image, text: name }, ...command], call);
}

const IMAGE_PROGRAMS: ReadonlySet<string> = new Set(
  'terraform tofu terragrunt pulumi kubectl helm aws gcloud az packer ansible vault flyway liquibase rclone restic alpine/git'.split(
    ' ',
  ),
);

/** Runs a command in another file system: paths there aren't those of the workspace. */
export function runInside(command: readonly Argument[], call: Call): void {
  const walk = forkWalk(call.walk, { depth: call.walk.depth + 1, cwd: null });
  walk.evaluator.words(command, walk, call.flow.text === undefined ? NO_FLOW : call.flow);
}

/** A flag that gives a container more than it needs. */
interface GrantRule {
  readonly flag: RegExp;
  readonly value: RegExp;
  readonly id: string;
  readonly text: string;
}

const GRANTS: readonly GrantRule[] = [
  {
    flag: /^--privileged$/,
    value: /^(?!false)/,
    id: 'privileged',
    text: 'Gives a container full rights over this machine.',
  },
  {
    flag: /^--(?:pid|ipc|userns|uts)$/,
    value: /^host$/,
    id: 'host',
    text: 'Lets a container see the processes of this machine.',
  },
  {
    flag: /^--cap-add$/,
    value: /^(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|DAC_READ_SEARCH)$/i,
    id: 'capability',
    text: 'Gives a container rights that let it out.',
  },
  {
    flag: /^--security-opt$/,
    value: /unconfined|disable/,
    id: 'unconfined',
    text: 'Takes the protection around a container away.',
  },
  {
    flag: /^--device$/,
    value: /^\/dev\/(?:sd|nvme|vd|xvd|hd|mmcblk|mapper\/|dm-|disk\/|mem\b|kmem\b|port\b|kvm_?intel)/,
    id: 'device',
    text: 'Gives a container a disk or the memory of this machine.',
  },
];

/** Reports what a container is given; answers true when it is given any folder. */
function judgeContainer(parsed: ParsedArguments, call: Call): boolean {
  let isMounted = false;
  for (const flag of parsed.flags) {
    const text = flag.value?.text ?? '';
    const grant = GRANTS.find((rule) => rule.flag.test(flag.name) && rule.value.test(text));
    if (grant !== undefined) {
      call.walk.report.add(`shell.container.${grant.id}`, 'destructive', grant.text, flag.at, {
        effects: ['auth.change'],
      });
    }
    if (flag.name !== '-v' && flag.name !== '--volume' && flag.name !== '--mount') continue;
    isMounted = true;
    const source = flag.name === '--mount' ? /(?:src|source)=([^,]+)/.exec(text)?.[1] : text.split(':')[0];
    judgeMount(source ?? '', text, flag.at, call);
  }
  return isMounted;
}

function judgeMount(source: string, text: string, at: Argument, call: Call): void {
  if (!/^[/~.$]/.test(source)) return;
  const { report } = call.walk;
  if (/(?:docker|containerd|crio|podman)\.sock$/.test(source)) {
    report.add(
      'shell.container.socket',
      'destructive',
      'Gives a container the rights over all containers, and so over this machine.',
      at,
      { effects: ['auth.change'] },
    );
    return;
  }
  const word = { ...at, text: source };
  const place = placeOf(word, call.walk);
  if (place === 'root')
    report.add('shell.container.root-mount', 'critical', 'Gives a container the whole disk of this machine.', at, {
      effects: ['auth.change', 'fs.write'],
    });
  else if (place === 'secret' || place === 'guard' || place === 'accounts')
    judgePath(word, place === 'secret' ? 'read' : 'write', call.walk);
  else if (['system-root', 'home-root', 'device'].includes(place) && !/:ro(?:,|$)|readonly/.test(text)) {
    report.add(
      'shell.container.system-mount',
      'destructive',
      'Gives a container a folder of the operating system or a whole home.',
      at,
      { effects: ['fs.write'] },
    );
  }
}
