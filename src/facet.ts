import { existsSync } from 'node:fs';
import { runCommand } from './cli/run-command.js';

if (existsSync('.env')) process.loadEnvFile('.env');

process.exitCode = await runCommand(process.argv.slice(2));
