/**
 * Objects among the arguments that mean something as a whole: a command with its arguments, an HTTP request, a call of
 * another tool, a Kubernetes manifest, an environment. Pure.
 */

import { isJsonObject, type JsonObject, type JsonValue, type Signal } from '@countersign/core';
import { isAbout, plainName } from './argument-kinds.js';
import type { HttpRequest } from './http/index.js';
import { type Analysis, signal } from './signal.js';
import type { ToolPrior } from './tool-prior/index.js';

/** A command given as a program and its arguments, as one line of shell. */
export interface CommandLine {
  readonly text: string;
  readonly keys: readonly string[];
}

/** Finds `{ command, args: [...] }`. */
export function commandOf(object: JsonObject, prior: ToolPrior): CommandLine | undefined {
  const program = find(object, /^(?:command|cmd|program|executable|binary|exe)$/);
  const list = find(object, /^(?:args|argv|arguments|params)$/);
  if (program === undefined || list === undefined || typeof object[program] !== 'string' || prior.kind === 'read') {
    return undefined;
  }
  const words = texts(object[list]);
  if (words === undefined) {
    return undefined;
  }
  const text = object[program];
  const head = typeof text === 'string' ? (/\s/.test(text.trim()) ? text : quote(text)) : '';
  return { text: [head, ...words.map(quote)].join(' '), keys: [program, list] };
}

/** Joins a list of words that is a command, each quoted as a shell needs it. */
export function argvCommand(items: readonly JsonValue[], name: string, prior: ToolPrior): string | undefined {
  const isCommand =
    /^(?:command|cmd|argv|commandline|exec)$/.test(name) ||
    (/^(?:args|arguments|)$/.test(name) && isAbout(prior, 'shell'));
  const words = isCommand && items.length <= 1_000 ? texts(items) : undefined;
  return words === undefined || words.length === 0 ? undefined : words.map(quote).join(' ');
}

/** A request and the keys of the object that it was read from. */
export interface FoundRequest {
  readonly request: HttpRequest;
  readonly pointer: string;
  readonly keys: readonly string[];
}

/** Finds an HTTP request: a URL or a path together with a method, or a URL given to a tool that makes requests. */
export function requestOf(object: JsonObject, prior: ToolPrior): FoundRequest | undefined {
  const methodKey = find(object, /^(?:method|httpmethod|verb|requestmethod)$/);
  const method = methodKey === undefined ? undefined : object[methodKey];
  const isMethod =
    typeof method === 'string' &&
    /^\s*(?:GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE|TRACE|CONNECT|PURGE|QUERY|COPY|MOVE|MKCOL|PROPFIND)\s*$/i.test(
      method,
    );
  const urlKey =
    find(object, /^(?:url|uri|endpoint|requesturl|href)$/) ??
    (isMethod ? find(object, /^(?:path|route|resource|apipath)$/) : undefined);
  if (urlKey === undefined && !isMethod) {
    return undefined;
  }
  const url = urlKey === undefined ? '/' : object[urlKey];
  const bodyKey = find(object, /^(?:body|data|json|payload|form|rawbody)$/);
  const requests = prior.words.some((word) =>
    /^(?:http|https|fetch|request|requests|curl|api|web|url|rest|webhook|download|navigate)$/.test(word),
  );
  if (typeof url !== 'string' || (!isMethod && !requests)) {
    return undefined;
  }
  const body = bodyKey === undefined ? undefined : bodyText(object[bodyKey]);
  const implied =
    /^(?:post|put|patch|delete)$/.exec(prior.verb ?? '')?.[0] ??
    (prior.kind === 'delete' ? 'DELETE' : body === undefined ? 'GET' : 'POST');
  const keys = [urlKey, isMethod ? methodKey : undefined].filter((key) => key !== undefined);
  return {
    request: { url, method: isMethod ? method : implied, ...(body === undefined ? {} : { body }) },
    pointer: urlKey === undefined ? '' : `/${urlKey}`,
    keys,
  };
}

/** A call of another tool. */
export interface Dispatch {
  readonly tool: string;
  readonly args: JsonValue;
  readonly pointer: string;
  readonly keys: readonly string[];
}

/** Finds `{ tool, arguments }` in the arguments of a tool that calls tools. */
export function dispatchOf(object: JsonObject, prior: ToolPrior): Dispatch | undefined {
  const argsKey = find(object, /^(?:arguments|args|params|parameters|input|toolinput|toolargs|toolarguments|kwargs)$/);
  const toolKey =
    find(object, /^(?:tool|toolname|function|functionname|toolid|toolslug)$/) ??
    (argsKey === undefined || prior.kind === 'write' ? undefined : find(object, /^(?:name|method|action|operation)$/));
  const tool = toolKey === undefined ? undefined : object[toolKey];
  if (toolKey === undefined || typeof tool !== 'string' || tool.length > 256 || !/^[\w.:/-]+$/.test(tool)) {
    return undefined;
  }
  const args = argsKey === undefined ? {} : (object[argsKey] ?? {});
  return {
    tool,
    args,
    pointer: argsKey === undefined ? '' : `/${argsKey}`,
    keys: argsKey === undefined ? [toolKey] : [toolKey, argsKey],
  };
}

const POWERFUL_KINDS =
  /^(?:ClusterRole|ClusterRoleBinding|Role|RoleBinding|MutatingWebhookConfiguration|ValidatingWebhookConfiguration|CustomResourceDefinition|PodSecurityPolicy|APIService|CertificateSigningRequest)$/;

/** Judges an object that is a Kubernetes manifest; empty for any other. */
export function judgeManifest(object: JsonObject): readonly Signal[] {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    return [];
  }
  return manifestSignals(kind, JSON.stringify(object).slice(0, 200_000));
}

/** Judges a manifest given as text, YAML or JSON. */
export function analyzeManifest(text: string): Analysis {
  const kinds = [...text.slice(0, 200_000).matchAll(/^\s*"?kind"?\s*:\s*"?(\w+)/gm)].map((match) => match[1] ?? '');
  const signals = kinds.slice(0, 100).flatMap((kind) => manifestSignals(kind, text));
  return {
    kind: 'manifest',
    ok: true,
    errors: [],
    signals: signals.length === 0 ? manifestSignals('', text) : signals,
  };
}

function manifestSignals(kind: string, text: string): readonly Signal[] {
  if (/cluster-admin/.test(text)) {
    return [
      signal('manifest.cluster-admin', 'critical', 'Gives control over a whole cluster.', {
        effects: ['infra.change', 'auth.change'],
      }),
    ];
  }
  if (POWERFUL_KINDS.test(kind)) {
    return [
      signal('manifest.access', 'destructive', `Changes access or admission in a cluster (${kind}).`, {
        effects: ['infra.change', 'auth.change'],
      }),
    ];
  }
  if (
    /"?(?:privileged|hostPID|hostNetwork|hostIPC|allowPrivilegeEscalation)"?\s*:\s*true|"?hostPath"?\s*:|docker\.sock|"?SYS_ADMIN"?/.test(
      text,
    )
  ) {
    return [
      signal('manifest.host-access', 'destructive', 'Gives a container access to its host.', {
        effects: ['infra.change'],
      }),
    ];
  }
  return [signal('manifest.apply', 'moderate', 'Describes an object of a cluster.', { effects: ['infra.change'] })];
}

const INJECTING =
  /^(?:LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|DYLD_\w+|BASH_ENV|ENV|NODE_OPTIONS|PYTHONSTARTUP|PYTHONPATH|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|GIT_\w+|PAGER|MANPAGER|EDITOR|VISUAL|BROWSER|PATH|PROMPT_COMMAND|IFS|SHELLOPTS|LESSOPEN|LESSCLOSE|SSH_ASKPASS)$/;

/** Judges environment variables for a program: some of them make it run other code. */
export function judgeEnvironment(name: string, object: JsonObject): readonly Signal[] {
  if (!/^(?:env|environment|envvars|environmentvariables)$/.test(name) || Object.keys(object).length === 0) {
    return [];
  }
  return Object.keys(object).some((key) => INJECTING.test(key.toUpperCase()))
    ? [
        signal('environment.injection', 'destructive', 'Sets a variable that can make a program run other code.', {
          effects: ['exec'],
        }),
      ]
    : [signal('environment.set', 'moderate', 'Sets environment variables for a program.', { confidence: 0.7 })];
}

function find(object: JsonObject, name: RegExp): string | undefined {
  return Object.keys(object)
    .toSorted()
    .find((key) => name.test(plainName(key)));
}

function texts(value: JsonValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  const items: readonly JsonValue[] = value;
  const words = items.flatMap((item) =>
    typeof item === 'string' ? [item] : typeof item === 'number' ? [String(item)] : [],
  );
  return words.length === items.length ? words : undefined;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function bodyText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  return (
    typeof value === 'string'
      ? value
      : isJsonObject(value) || Array.isArray(value)
        ? JSON.stringify(value)
        : String(value)
  ).slice(0, 200_000);
}
