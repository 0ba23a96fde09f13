#!/usr/bin/env node
// A committed file, so that installing links the command before the first build made dist/.
import '../dist/cli/main.js';
