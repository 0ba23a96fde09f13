/**
 * What the demo prints at its end.
 */

import type { AuditedCall, SessionSummary, VerifyReport } from '@countersign/audit';
import { callTable } from '../cli/format/call-table.js';
import { formatReport } from '../cli/format/report.js';
export {};
