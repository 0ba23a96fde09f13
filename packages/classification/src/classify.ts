/**
 * The classifier: what the definition says, what the arguments do, and the join of both. Synchronous and pure: the same
 * call has the same answer, always.
 */

import type { Classification, Signal, ToolDefinition } from '@countersign/core';
import { analyzeArguments } from './analyze-arguments.js';
import { CallFacts } from './call-facts.js';
import type { ClassifiedCall } from './classified-call.js';
import { joinSignals } from './join.js';
import { type Conditions, checkRules, type RiskRules } from './rule.js';
import { needsFacts } from './rule-match.js';
import { applyRules } from './rules.js';
import { type AnalyzeShellOptions, analyzeShell } from './shell/index.js';
import { type Analysis, type AnalyzerContext, hasEffect, signal } from './signal.js';
import { analyzeSql, type SqlDialect } from './sql/index.js';
import type { PostgresParser } from './sql/postgres-parser.js';
import { type ToolPrior, toolPrior } from './tool-prior/index.js';

/** What a classifier is told about the world. */
export interface ClassifierOptions {
  /** Absolute path of the folder that the agent works in. */
  readonly workspace?: string;
  readonly rules?: RiskRules;
  /** Evaluates the conditions of rules that have one (`compileConditions`). */
  readonly conditions?: Conditions;
  /** Servers whose annotations are believed. */
  readonly trustedServers?: readonly string[];
  /** Absolute paths of the guard's own files: touching them is critical. */
  readonly guardPaths?: readonly string[];
  /** Absolute path of the home folder. */
  readonly home?: string;
  /** Absolute paths of the folders for temporary files. Default `/tmp` and `/var/tmp`. */
  readonly tempRoots?: readonly string[];
  /** The dialect of SQL in arguments, where it is one and the same; absent, the worst answer over all dialects counts. */
  readonly sqlDialect?: SqlDialect;
  /** PostgreSQL's own parser (`loadPostgresParser`): statements of that dialect are read by it as well. */
  readonly postgres?: PostgresParser;
}

/** Answers how risky calls are. */
export interface Classifier {
  /** Never throws, whatever the arguments hold. */
  classify(call: ClassifiedCall): Classification;
}

/**
 * Makes a classifier.
 * @throws ConfigError `OPTION_INVALID` or `LIMIT_EXCEEDED` for rules that cannot be used.
 */
export function createClassifier(options: ClassifierOptions = {}): Classifier {
  const rules = checkRules(options.rules ?? [], options.conditions);
  const asksFacts = needsFacts(rules);
  const trusted = new Set(options.trustedServers ?? []);
  const context = analyzerContext(options);
  const priors = createPriorCache(trusted);
  return {
    classify(call) {
      if (rules.length === 0) return classifyCall(call, { context, priorOf: priors });
      const facts = new CallFacts();
      const classified = classifyCall(call, { context: asksFacts ? { ...context, facts } : context, priorOf: priors });
      return applyRules(rules, { call, classified, facts, context, conditions: options.conditions });
    },
  };
}

/** How a command is read. */
export interface ClassifyShellOptions
  extends Pick<ClassifierOptions, 'workspace' | 'home' | 'tempRoots' | 'guardPaths' | 'postgres'> {
  readonly dialect?: 'bash' | 'sh' | 'zsh' | 'fish' | 'powershell' | 'cmd';
}

/** Classifies one shell command. Never throws. */
export function classifyShell(command: string, options: ClassifyShellOptions = {}): Classification {
  const shellOptions: AnalyzeShellOptions = options.dialect === undefined ? {} : { dialect: options.dialect };
  return single(() => analyzeShell(command, analyzerContext(options), shellOptions), 'shell');
}

/** Classifies SQL text; without a dialect, the worst answer over all dialects counts. Never throws. */
export function classifySql(sql: string, options: ClassifySqlOptions = {}): Classification {
  const { postgres, ...rest } = options;
  const context = analyzerContext(postgres === undefined ? {} : { postgres });
  return single(() => analyzeSql(sql, context, { ...rest, judgeCommand: analyzeShell }), 'sql');
}

/** How SQL text is read. */
export interface ClassifySqlOptions extends Pick<ClassifierOptions, 'postgres'> {
  readonly dialect?: SqlDialect;
}

/** Classifies a definition alone, without arguments; its annotations are not trusted. */
export function classifyTool(tool: ToolDefinition): Classification {
  return joinSignals([...toolPrior(tool, { trusted: false }).signals], []);
}

function analyzerContext(options: Omit<ClassifierOptions, 'rules' | 'conditions' | 'trustedServers'>): AnalyzerContext {
  return {
    ...(options.workspace === undefined ? {} : { workspace: withoutTrailingSlash(options.workspace) }),
    ...(options.home === undefined ? {} : { home: withoutTrailingSlash(options.home) }),
    tempRoots: options.tempRoots?.map(withoutTrailingSlash) ?? DEFAULT_TEMP_ROOTS,
    depth: 0,
    ...(options.postgres === undefined ? {} : { postgres: options.postgres }),
    ...(options.sqlDialect === undefined ? {} : { sqlDialect: options.sqlDialect }),
    guardPaths: (options.guardPaths ?? []).filter((path) => path !== '').map(withoutTrailingSlash),
  };
}

const DEFAULT_TEMP_ROOTS = ['/tmp', '/var/tmp'] as const;

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.replace(/\/+$/, '') || '/' : path;
}

type PriorOf = (tool: ToolDefinition) => ToolPrior;

interface CachedPrior {
  readonly key: readonly unknown[];
  readonly prior: ToolPrior;
}

/** Remembers priors by the tool object and checks that its fields are still the same ones. */
function createPriorCache(trusted: ReadonlySet<string>): PriorOf {
  const cache = new WeakMap<ToolDefinition, CachedPrior>();
  return (tool) => {
    const { name, title, description, inputSchema, server, annotations } = tool;
    const key = [
      name,
      title,
      description,
      inputSchema,
      server,
      annotations?.readOnlyHint,
      annotations?.destructiveHint,
    ];
    const cached = cache.get(tool);
    if (cached?.key.every((part, at) => part === key[at])) {
      return cached.prior;
    }
    const prior = toolPrior(tool, { trusted: server !== undefined && trusted.has(server) });
    cache.set(tool, { key, prior });
    return prior;
  };
}

interface CallContext {
  readonly context: AnalyzerContext;
  readonly priorOf: PriorOf;
}

function classifyCall(call: ClassifiedCall, given: CallContext): Classification {
  try {
    const { signals, analyses } = judgeCall(call, given);
    return joinSignals(signals, analyses);
  } catch {
    // The walk over the arguments failed as a whole, as with nesting beyond the stack: nothing was read.
    const failed = signal('analyzer.failed', 'destructive', 'The call could not be read.', { confidence: 0.1 });
    return joinSignals([failed], [{ kind: 'arguments', ok: false, errors: ['ANALYZER_FAILED'], signals: [] }]);
  }
}

interface Judged {
  readonly signals: readonly Signal[];
  readonly analyses: readonly Analysis[];
}

function judgeCall({ tool, args }: ClassifiedCall, { context, priorOf }: CallContext): Judged {
  const prior = priorOf(tool);
  const analyses = analyzeArguments(args, {
    prior,
    context,
    nested: (name, inner, depth) =>
      judgeCall({ tool: { name }, args: inner }, { context: { ...context, depth }, priorOf }).signals,
  });
  const found = analyses.flatMap((analysis) => analysis.signals);
  const definition =
    prior.runsArguments && analyses.some(readsWhatRuns) ? withoutRunVerdict(prior.signals) : prior.signals;
  const signals = [...definition, ...found];
  return { signals: [...signals, ...secretFlow(prior, analyses), ...guardKeys(found)], analyses };
}

const RUNNABLE = new Set(['shell', 'sql', 'code', 'graphql', 'http', 'tool']);

function readsWhatRuns(analysis: Analysis): boolean {
  return RUNNABLE.has(analysis.kind) && analysis.ok && analysis.signals.length > 0;
}

/** Where the text that a tool runs has been read, that text decides and not the fact that something runs. */
function withoutRunVerdict(signals: readonly Signal[]): readonly Signal[] {
  return signals.map((found) =>
    found.id === 'tool.run'
      ? { ...found, level: 'safe' as const, effects: [], reversible: true, confidence: 0.9 }
      : found,
  );
}

/** A secret file and a way out in one call. */
function secretFlow(prior: ToolPrior, analyses: readonly Analysis[]): readonly Signal[] {
  const secret = analyses.some(
    (analysis) => analysis.kind === 'filesystem' && analysis.signals.some((found) => hasEffect(found, 'secrets.read')),
  );
  const leaves =
    prior.kind === 'message' ||
    prior.words.some((word) => word === 'upload' || word === 'send' || word === 'attach') ||
    analyses.some((analysis) => analysis.kind === 'http');
  return secret && leaves
    ? [
        signal('flow.secret-egress', 'critical', 'A secret is read and something goes out in the same call.', {
          effects: ['secrets.read', 'net.egress'],
          reversible: false,
        }),
      ]
    : [];
}

/** Reading a key of the guard lets whoever has it sign in its name. */
function guardKeys(found: readonly Signal[]): readonly Signal[] {
  const key = found.find((each) => each.id === 'guard.read' && each.targets?.some((target) => KEY_NAME.test(target)));
  return key === undefined
    ? []
    : [
        signal('guard.key-read', 'critical', 'Reads a key of the guard itself.', {
          effects: ['secrets.read', 'guard.tamper'],
          reversible: false,
          ...(key.at === undefined ? {} : { at: key.at }),
        }),
      ];
}

const KEY_NAME = /(?:^|[/\\._-])(?:keys?|signer|signing|token|secret|pem|private)(?:$|[/\\._-])/i;

function single(run: () => Analysis, kind: string): Classification {
  try {
    const analysis = run();
    return joinSignals([...analysis.signals, ...guardKeys(analysis.signals)], [analysis]);
  } catch {
    // A reader that throws has read nothing, and its text would have been run.
    const failed = signal('analyzer.failed', 'destructive', 'The text could not be read.', { confidence: 0.1 });
    return joinSignals([failed], [{ kind, ok: false, errors: ['ANALYZER_FAILED'], signals: [] }]);
  }
}
