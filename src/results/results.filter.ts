import type { AnalysisStatus } from '../analysis/analysis.entity.js';
import type { FileType } from '../media/media-type/file-types.js';
import { endOf, timeOf } from '../platform/http/time.js';
import type { ResultsQuery } from './results.dto.js';

/** Which analyses a list, a count or an export is about. Times are half-open: `from` belongs to it, `before` does not. */
export interface ResultsFilter {
  readonly ownerId: string;
  readonly status?: AnalysisStatus;
  readonly fileType?: FileType;
  readonly from?: Date;
  readonly before?: Date;
  readonly q?: string;
}

export function filterOf(
  ownerId: string,
  { status, file_type, from, to, q }: Omit<ResultsQuery, 'page' | 'per_page'>,
): ResultsFilter {
  return {
    ownerId,
    status,
    fileType: file_type,
    from: from === undefined ? undefined : timeOf(from),
    before: to === undefined ? undefined : endOf(to),
    q: q === '' ? undefined : q?.toWellFormed().replaceAll('\0', ''),
  };
}

/** The conditions of a filter as SQL with its parameters; a condition that is not asked for leaves no trace in the plan. */
export class Conditions {
  private readonly all: string[] = [];

  /** @param values the parameters of the statement so far, to which those of the conditions are added */
  constructor(
    { ownerId, status, fileType }: ResultsFilter,
    readonly values: unknown[] = [],
  ) {
    this.add('owner_id = $', ownerId);
    if (status !== undefined) this.add('status = $', status);
    if (fileType !== undefined) this.add('file_type = $', fileType);
  }

  /** @param condition ends in `$`, where the number of the parameter goes. */
  add(condition: string, value: unknown): this {
    this.all.push(`${condition}${this.parameter(value)}`);
    return this;
  }

  between({ from, before }: Pick<ResultsFilter, 'from' | 'before'>, column = 'created_at'): this {
    if (from !== undefined) this.add(`${column} >= $`, from);
    if (before !== undefined) this.add(`${column} < $`, before);
    return this;
  }

  /** Part of a name; what is shorter than the three letters of the index is looked for where names begin. */
  matching(q: string | undefined): this {
    if (q === undefined) return this;
    const text = q.replace(/[\\%_]/g, '\\$&');
    if (Array.from(q).length >= 3) return this.add('filename ILIKE $', `%${text}%`);
    this.all.push(`lower(filename) LIKE lower($${this.parameter(`${text}%`)})`);
    return this;
  }

  /** The number of a further parameter. */
  parameter(value: unknown): number {
    return this.values.push(value);
  }

  get sql(): string {
    return this.all.join(' AND ');
  }
}
