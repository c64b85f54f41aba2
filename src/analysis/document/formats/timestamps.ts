const PDF_DATE = /^D?:?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z)|([+-])(\d{2})'?(\d{2})?)?/;

/** A date of ISO 32000-1, 7.9.4 (`D:20240131120000+01'00'`) as ISO 8601 UTC; no zone counts as UTC. */
export function pdfDate(value: string): string | null {
  const parts = PDF_DATE.exec(value.trim());
  if (!parts) return null;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', , sign = '+'] = parts;
  const zone = `${sign}${parts[9] ?? '00'}:${parts[10] ?? '00'}`;
  return isoTime(`${year ?? ''}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
}

/** A time written after ISO 8601 (a date alone counts as midnight UTC) as ISO 8601 UTC; null when it is none. */
export function isoTime(value: string): string | null {
  const trimmed = value.trim();
  if (!/^\d{4}-\d{2}-\d{2}/.test(trimmed)) return null;
  const time = new Date(/T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(trimmed) ? `${trimmed}Z` : trimmed);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
