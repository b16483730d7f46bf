#!/usr/bin/env node
import '../dist/xuejian-verify.mjs';
