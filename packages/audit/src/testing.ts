export { describeLogStore, type LogStoreUnderTest } from './testing/describe-log-store.js';
export { createFaultyStore, type Fault, type FaultyStore } from './testing/faulty-store.js';
export { sampleCall, sampleClassification } from './testing/sample-call.js';
export { createTestLog, type TestLog, type TestLogOptions } from './testing/test-log.js';
