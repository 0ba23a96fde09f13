/** Signed messages over HTTP: what they are signed with, where they may go, and how they are taken. */

export { addressList, isPublicAddress, MAX_ADDRESS_RANGES, type MayConnect } from './addresses.js';
export { DeliveryError, type DeliveryErrorCode, notReached, notTaken } from './errors.js';
export { type DeliveryContext, type GuardedPost, postGuarded, readDeliveryUrl } from './guarded-post.js';
export {
  MAX_WEBHOOK_KEYS,
  readSigningKeys,
  readVerifyingKeys,
  type WebhookSigningKey,
  type WebhookVerifyingKey,
} from './keys.js';
export {
  MAX_WEBHOOK_ID_LENGTH,
  signMessage,
  type UnverifiedMessage,
  type VerifiedMessage,
  verifyMessage,
  WEBHOOK_TOLERANCE_SECONDS,
  type WebhookMessage,
} from './messages.js';
