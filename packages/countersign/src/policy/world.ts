/** What rules are judged against: the deployment that they are for. Pure types. */

import type { ClassifierOptions } from '@countersign/classification';

/** The options of a classifier that do not come from a policy. */
export type PolicyWorld = Omit<ClassifierOptions, 'rules' | 'conditions'>;
