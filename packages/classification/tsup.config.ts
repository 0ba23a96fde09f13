import { programTables } from '../../.tools/program-tables.js';
import { packageConfig } from '../../.tools/tsup.base.js';

export default packageConfig(
  {
    index: 'src/index.ts',
    'policy-file/index': 'src/policy-file/index.ts',
    'postgres/index': 'src/postgres/index.ts',
  },
  [programTables],
);
