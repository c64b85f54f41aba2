const SECRET = /password|passwd|secret|token|hash|authorization|cookie|^key$|_key$/i;

/** A copy in which values under names that tell of secrets are blotted out, and which PostgreSQL takes as JSON. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '');
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(redact);
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => [
      name.replaceAll('\0', ''),
      SECRET.test(name) ? '[redacted]' : redact(content),
    ]),
  );
}
