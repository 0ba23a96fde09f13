/**
 * Buffers and views from their bytes. Pure.
 */

import { BYTES_TYPES, type BytesType } from '../tagged.js';

/** A buffer or view of that type over memory of its own; undefined for an unknown type, or a length that does not fit it. */
export function reviveBytes(type: string, bytes: Uint8Array<ArrayBuffer>): unknown {
  const known = BYTES_TYPES.find((name) => name === type);
  try {
    return known === undefined ? undefined : MAKERS[known](bytes.buffer);
  } catch {
    // A typed array refuses a buffer that does not hold a whole number of its elements.
    return undefined;
  }
}

const MAKERS: Readonly<Record<BytesType, (buffer: ArrayBuffer) => unknown>> = {
  Buffer: (buffer) => Buffer.from(buffer),
  Int8Array: (buffer) => new Int8Array(buffer),
  Uint8Array: (buffer) => new Uint8Array(buffer),
  Uint8ClampedArray: (buffer) => new Uint8ClampedArray(buffer),
  Int16Array: (buffer) => new Int16Array(buffer),
  Uint16Array: (buffer) => new Uint16Array(buffer),
  Int32Array: (buffer) => new Int32Array(buffer),
  Uint32Array: (buffer) => new Uint32Array(buffer),
  Float32Array: (buffer) => new Float32Array(buffer),
  Float64Array: (buffer) => new Float64Array(buffer),
  BigInt64Array: (buffer) => new BigInt64Array(buffer),
  BigUint64Array: (buffer) => new BigUint64Array(buffer),
  ArrayBuffer: (buffer) => buffer,
  SharedArrayBuffer: (buffer) => {
    const shared = new SharedArrayBuffer(buffer.byteLength);
    new Uint8Array(shared).set(new Uint8Array(buffer));
    return shared;
  },
  DataView: (buffer) => new DataView(buffer),
};
