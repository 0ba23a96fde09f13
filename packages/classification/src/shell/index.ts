export { type AnalyzeShellOptions, analyzeShell, type ShellDialect } from './analyze-shell.js';
