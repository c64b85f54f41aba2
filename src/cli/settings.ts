import type { Environment } from '../platform/config/environment.js';
import { EnvironmentError, loadEnvironment } from '../platform/config/load-environment.js';
import { CommandError } from './command.js';

/** The settings of this Facet. @throws CommandError naming every fault. */
export function settings(): Readonly<Environment> {
  try {
    return loadEnvironment();
  } catch (error) {
    throw error instanceof EnvironmentError ? new CommandError(error.message) : error;
  }
}
