/** One row for the external AI. */
export interface ExternalCall {
  /** Normalised. The AI fetches it, or not, as it will. */
  readonly imageUrl: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rowNumber: number;
  /** The same for every attempt of the row. */
  readonly idempotencyKey: string;
  readonly ownerId: string;
  readonly signal?: AbortSignal;
}

export type JsonObject = Record<string, unknown>;

/** A protocol that an external AI may speak. */
export interface ExternalFormat {
  /** What is sent, as JSON. */
  ask(call: ExternalCall): JsonObject;
  /** The result in what came back, as JSON on one line; null when it is not there. @param text of the answer. */
  read(answer: JsonObject, text: string): string | null;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
