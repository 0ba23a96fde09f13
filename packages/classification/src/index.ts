export type { ClassifiedCall } from './classified-call.js';
export {
  type Classifier,
  type ClassifierOptions,
  type ClassifyShellOptions,
  type ClassifySqlOptions,
  classifyShell,
  classifySql,
  classifyTool,
  createClassifier,
} from './classify.js';
export { RULE_SET_VERSION } from './join.js';
export {
  type Conditions,
  MAX_RULES,
  type OneOrMore,
  type RiskRule,
  type RiskRuleMatch,
  type RiskRules,
} from './rule.js';
export type { SqlDialect } from './sql/index.js';
