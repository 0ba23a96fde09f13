export {
	ATTESTATIONS,
	type Attestation,
	type Decision,
	type DecisionInput,
	type EditAssessment,
	type EditAssessor,
} from "./decision.js";
export type {
	ArgumentPattern,
	Grant,
	GrantRecord,
	GrantScope,
} from "./grant.js";
export type {
	ApprovalEvent,
	DecisionDraft,
	DecisionJournal,
	GrantDraft,
	JournalResult,
	RequestDraft,
} from "./journal.js";
export {
	type ApprovalRecord,
	type ApprovalRequest,
	EXPIRY_CAUSES,
	type ExpiryCause,
	REQUEST_STATES,
	type RequestState,
} from "./request.js";
export type {
	ApprovalStore,
	GrantChange,
	RequestChange,
	RequestFilter,
} from "./store.js";
export { type PolicyVerdict, VERDICTS, type Verdict } from "./verdict.js";
