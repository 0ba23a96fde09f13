export { type ConditionFault, compileConditions, MAX_CONDITION_LENGTH } from './conditions.js';
export { describeIssues, type LocatedDocument, type Path, readDocument } from './located-document.js';
export { argumentConditions, matchSchema, riskRuleId } from './rule-schema.js';
