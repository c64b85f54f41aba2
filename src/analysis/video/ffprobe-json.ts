/** What ffprobe printed of a file that may be hostile: nothing about it is believed before it was looked at. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

export const recordOf = (value: Json | undefined): Record<string, Json | undefined> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** A number, or a string that is one, as ffprobe prints both; null for `N/A`, `nan` and what is not finite. */
export function finite(value: Json | undefined): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A whole number from 1 to the maximum, else null. */
export function count(value: Json | undefined, maximum: number): number | null {
  const number = finite(value);
  return number !== null && Number.isInteger(number) && number >= 1 && number <= maximum ? number : null;
}

/** A fraction such as `16:15` or `30000/1001`; null when a part of it is not positive. */
export function ratio(value: Json | undefined, sign: ':' | '/'): number | null {
  const [over, under] = typeof value === 'string' ? value.split(sign).map(Number) : [];
  return over && under && over > 0 && under > 0 && Number.isFinite(over / under) ? over / under : null;
}

/** ffmpeg's short name of a codec or the like, such as `h264`. */
export const shortName = (value: Json | undefined): string =>
  typeof value === 'string' && /^[\w-]{1,32}$/.test(value) ? value : 'unknown';
