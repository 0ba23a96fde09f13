export {
  type ClassifiedCall,
  type Classifier,
  type ClassifierOptions,
  type ClassifyShellOptions,
  classifyShell,
  classifySql,
  classifyTool,
  createClassifier,
} from './classify.js';
export { RULE_SET_VERSION } from './join.js';
export type { RiskRule, RiskRuleMatch, RiskRules } from './rules.js';
export type { SqlDialect } from './sql/index.js';
