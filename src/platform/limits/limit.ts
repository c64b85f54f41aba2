import { SetMetadata } from '@nestjs/common';

/**
 * What requests are counted as. Each route belongs to one class: `general` unless it says otherwise; `unlimited` is for
 * probes alone.
 */
export type LimitClass = 'general' | 'login' | 'register' | 'reset' | 'analyze' | 'unlimited';

export const LIMIT_CLASS = 'limits:class';

/** Counts requests to the route in a class of their own instead of the general one. */
export const Limit = (limit: LimitClass): MethodDecorator & ClassDecorator => SetMetadata(LIMIT_CLASS, limit);
