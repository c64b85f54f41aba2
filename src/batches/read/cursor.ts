import { validationFailed } from '../../platform/errors.js';

/** Where a list of rows goes on: behind the row of this number. Opaque, so that it may one day be something else. */
export const cursorBehind = (row: number): string => Buffer.from(String(row)).toString('base64url');

/** The number of the row before the first that is wanted. @throws validation_failed */
export function rowBefore(cursor: string | undefined): number {
  if (!cursor) return 0;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^[1-9]\d{0,8}$/.test(text) || cursorBehind(Number(text)) !== cursor) {
    throw validationFailed([{ field: 'cursor', message: 'must be a next_cursor of this list' }]);
  }
  return Number(text);
}
