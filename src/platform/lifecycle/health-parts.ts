import { Injectable } from '@nestjs/common';

/** A part of this process, or something that it depends on, whose state probes report. */
export interface HealthPart {
  readonly name: string;
  /** Whether requests cannot be answered without it; then `/health/ready` asks it too. */
  readonly neededByRequests: boolean;
  /**
   * Resolves with what the report says besides `up`. A rejection means down; its reason is never reported, since it may
   * name hosts and paths, unless it is a `HealthMessage`.
   */
  readonly check: () => Promise<Record<string, unknown> | undefined>;
}

/** Why a part is down, in words that anybody may read. */
export class HealthMessage extends Error {}

/** Collects the parts: each is added at the start by the provider that knows it. */
@Injectable()
export class HealthParts {
  private readonly parts: HealthPart[] = [];

  add(part: HealthPart): void {
    this.parts.push(part);
  }

  /** Those that requests need first. */
  all(): readonly HealthPart[] {
    return this.parts.toSorted((a, b) => Number(b.neededByRequests) - Number(a.neededByRequests));
  }
}
