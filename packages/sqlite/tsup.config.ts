import { packageConfig } from '../../.tools/tsup.base.js';

export default packageConfig({ index: 'src/index.ts', 'range-worker': 'src/range-worker.ts' });
