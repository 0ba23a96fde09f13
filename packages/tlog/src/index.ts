/**
 * @countersign/tlog: transparency-log maths and formats (RFC 6962, RFC 9162, C2SP). No I/O and no dependency: hash and
 * signature functions are arguments, so the same code runs in Node and in a page.
 */

export type { AddCheckpointRequest, WitnessAnswer, WitnessedTree } from './add-checkpoint.js';
export {
  formatAddCheckpoint,
  judgeAddCheckpoint,
  MAX_ADD_CHECKPOINT_LENGTH,
  MAX_WITNESS_PROOF,
  parseAddCheckpoint,
  TLOG_SIZE_TYPE,
} from './add-checkpoint.js';
export { decodeBase64, encodeBase64 } from './base64.js';
export type { Checkpoint, CheckpointFailure, CheckpointResult, VerifyCheckpointOptions } from './checkpoint.js';
export { formatCheckpoint, parseCheckpoint, verifyCheckpoint } from './checkpoint.js';
export type { CosignatureSigner, VerifiedCosignature } from './cosignature.js';
export {
  addCosignatures,
  cosign,
  formatCosignatures,
  parseCosignatures,
  verifyCosignatures,
} from './cosignature.js';
export type { EnrolmentCheck, EnrolmentFailure } from './enrolment.js';
export { checkEnrolment } from './enrolment.js';
export type { TlogErrorCode, TlogErrorDetails } from './errors.js';
export { TlogError } from './errors.js';
export type { Hasher } from './hash.js';
export { emptyRoot, HASH_SIZE, hashLeaf, hashNode } from './hash.js';
export type { KeyNameCheck, KeyType, VerifierKey, VerifierKeyOptions } from './key.js';
export {
  checkKeyName,
  createVerifierKey,
  formatVerifierKey,
  KEY_TYPES,
  keyId,
  MAX_KEY_NAME_BYTES,
  parseVerifierKey,
} from './key.js';
export type { LogProof, LogProofFailure, LogProofResult, VerifyLogProofOptions } from './log-proof.js';
export { formatLogProof, LOG_PROOF_HEADER, MAX_PROOF_HASHES, parseLogProof, verifyLogProof } from './log-proof.js';
export type { NoteSignature, NoteSigner, SignedNote } from './note.js';
export {
  ED25519_SIGNATURE_SIZE,
  formatNote,
  MAX_NOTE_BYTES,
  MAX_NOTE_SIGNATURES,
  parseNote,
  signNote,
} from './note.js';
export type { ConsistencyClaim, InclusionClaim, ProofFailure, ProofResult } from './proof.js';
export { verifyConsistency, verifyInclusion } from './proof.js';
export type { HashReader, ProveConsistencyOptions, ProveInclusionOptions, RangeRootOptions } from './prove.js';
export { proveConsistency, proveInclusion, rangeRoot } from './prove.js';
export type { Subtree } from './subtrees.js';
export { appendSubtree, subtreeSizes, subtreesRoot } from './subtrees.js';
export type { Tile } from './tile.js';
export {
  decodeEntryBundle,
  decodeHashTile,
  encodeEntryBundle,
  encodeHashTile,
  formatTilePath,
  MAX_BUNDLE_ENTRY_BYTES,
  MAX_TILE_LEVEL,
  parseTilePath,
  TILE_WIDTH,
  tilesOf,
} from './tile.js';
export type { RightEdge } from './tree.js';
export { appendSubtreeToEdge, appendToEdge, createEdge, decodeEdge, EMPTY_EDGE, edgeRoot, encodeEdge } from './tree.js';
export type {
  NoteFailure,
  NoteResult,
  SignatureVerifier,
  VerifiedSignature,
  VerifyNoteOptions,
} from './verify-note.js';
export { verifyNote } from './verify-note.js';
export type { PolicyGroup, PolicyLog, PolicyWitness, WitnessPolicy } from './witness-policy.js';
export {
  checkWitnessPolicy,
  createWitnessPolicy,
  formatWitnessPolicy,
  MAX_POLICY_LENGTH,
  NO_QUORUM,
  parseWitnessPolicy,
  satisfiesPolicy,
} from './witness-policy.js';
