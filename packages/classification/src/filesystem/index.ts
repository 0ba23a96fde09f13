export { analyzePath } from './analyze-path.js';
export { classifyPath, type PathClass, type PathContext } from './path-class.js';
export { type PathAccess, type PathVerdict, pathVerdict } from './path-verdict.js';
export { isRebuildable, type ResolvedPath, resolvePath, UNKNOWN } from './resolve-path.js';
