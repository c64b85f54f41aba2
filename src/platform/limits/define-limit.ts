import { SetMetadata } from '@nestjs/common';
import type { Environment } from '../config/environment.js';

/** A class of requests with a budget of its own. Each route belongs to one: the general one unless it says otherwise. */
export interface LimitDefinition {
  readonly name: string;
  /** Reads the requests of one subject in a window from the settings; 0 sets no limit. */
  readonly requests: (environment: Environment) => number;
  readonly windowSeconds: number;
  /** Without Redis requests cannot be counted: these are then refused instead of let through. */
  readonly closed: boolean;
}

export const MINUTE_SECONDS = 60;
export const HOUR_SECONDS = 3600;

const definitions = new Map<string, LimitDefinition>();

/** Declares a class of requests. Stands beside the routes that are counted in it. */
export function defineLimit(definition: LimitDefinition): LimitDefinition {
  const { name } = definition;
  if (definitions.has(name)) throw new Error(`The limit ${name} is defined twice.`);
  definitions.set(name, definition);
  return definition;
}

/** Every class of requests that the modules loaded so far have declared. */
export const limitDefinitions = (): LimitDefinition[] => [...definitions.values()];

export const LIMIT = 'limits:definition';

/** Counts requests to the route in a class of their own; `unlimited`, which is for probes alone, counts none. */
export const Limit = (limit: LimitDefinition | 'unlimited'): MethodDecorator & ClassDecorator =>
  SetMetadata(LIMIT, limit);
