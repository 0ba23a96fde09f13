/** The channels that reach approvers outside the process, and the handler that takes their answers. */

export { type ApproverNames, MAX_APPROVER_NAMES } from './approver-map.js';
export {
  createDecisionHandler,
  DECISION_EVENT,
  type DecisionHandlerOptions,
  type HttpHandler,
  MAX_CALLBACK_BYTES,
} from './decision-handler.js';
export { MAX_NOTICE_ARGS_BYTES } from './notice.js';
export { type ServeDecisionsOptions, type ServedDecisions, serveDecisions } from './serve-decisions.js';
export {
  createWebhookChannel,
  ENDED_EVENT,
  REQUESTED_EVENT,
  RETRY_FOR_MS,
  type WebhookChannelOptions,
} from './webhook.js';
