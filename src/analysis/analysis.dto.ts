import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ANALYSIS_STATUSES, type Analysis, type AnalysisStatus } from './analysis.entity.js';
import { type AnalysisResults } from './analyzer.js';
import { FILE_TYPES, type FileType } from '../media/media-type/file-types.js';

const ID = '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10';

export class AnalysisAccepted {
  @ApiProperty({ format: 'uuid', example: ID })
  readonly analysis_id: string;

  @ApiProperty({ example: ID })
  readonly job_id: string;

  @ApiProperty({ enum: ['queued'] })
  readonly status: 'queued';

  @ApiProperty({ enum: FILE_TYPES })
  readonly file_type: FileType;

  @ApiProperty({ example: 'holiday.jpg' })
  readonly filename: string;

  @ApiProperty({ description: 'Waiting analyses up to and including this one.', example: 1 })
  readonly queue_position: number;
}

export class AnalysisError {
  @ApiProperty({ example: 'document_encrypted' })
  readonly code: string;

  @ApiProperty({ example: 'The document is protected by a password.' })
  readonly message: string;
}

export class ArtifactResponse {
  @ApiProperty({ example: 'thumbnail.jpg' })
  readonly name: string;

  @ApiProperty({ example: 'image/jpeg' })
  readonly media_type: string;

  @ApiProperty({ description: 'Bytes.', example: 8431 })
  readonly size_bytes: number;

  @ApiProperty({ example: `/api/v1/results/${ID}/artifacts/thumbnail.jpg` })
  readonly url: string;
}

/** A row as the queries select it: the columns, and the artifacts gathered into one value. */
export type AnalysisRow = Omit<AnalysisResponse, 'results' | 'error' | 'artifacts'> &
  Pick<Analysis, 'error_code' | 'error_message'> & {
    /** JSON, which most readers hand on as it is. */
    readonly results: string | null;
    readonly artifacts: Pick<ArtifactResponse, 'name' | 'media_type' | 'size_bytes'>[];
  };

export class AnalysisResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  readonly id: string;

  @ApiProperty({ enum: FILE_TYPES })
  readonly file_type: FileType;

  @ApiProperty({ example: 'holiday.jpg' })
  readonly filename: string;

  @ApiProperty({ description: 'By the bytes of the file.', example: 'image/jpeg' })
  readonly media_type: string;

  @ApiProperty({ description: 'Bytes.', example: 482133 })
  readonly size_bytes: number;

  @ApiProperty({ description: 'Of the file, 64 hexadecimal digits.' })
  readonly sha256: string;

  @ApiProperty({ enum: ANALYSIS_STATUSES })
  readonly status: AnalysisStatus;

  @ApiProperty({ description: 'Percent; 100 only when completed.', minimum: 0, maximum: 100 })
  readonly progress: number;

  @ApiProperty({ example: ID })
  readonly job_id: string;

  @ApiProperty({ description: 'How often a worker has started on it.', example: 1 })
  readonly attempts: number;

  @ApiProperty({ type: [String], example: ['image', 'colors'] })
  readonly features: string[];

  @ApiPropertyOptional({ type: Object, nullable: true, additionalProperties: true, description: 'By feature.' })
  readonly results: AnalysisResults | null;

  @ApiProperty({ type: AnalysisError, nullable: true })
  readonly error: AnalysisError | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds of the attempt that ended it.', example: 0.482 })
  readonly processing_time: number | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly started_at: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly completed_at: Date | null;

  @ApiProperty({ type: [ArtifactResponse] })
  readonly artifacts: ArtifactResponse[];

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, description: 'For administrators only.' })
  readonly owner_id?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Client IP address; for administrators only.',
  })
  readonly ip_address?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'User-Agent header of the upload; for administrators only.',
  })
  readonly user_agent?: string | null;

  static from(row: AnalysisRow): AnalysisResponse {
    const { error_code: code, error_message: message } = row;
    return {
      id: row.id,
      file_type: row.file_type,
      filename: row.filename,
      media_type: row.media_type,
      size_bytes: row.size_bytes,
      sha256: row.sha256,
      status: row.status,
      progress: row.progress,
      job_id: row.job_id,
      attempts: row.attempts,
      features: row.features,
      results: row.results === null ? null : (JSON.parse(row.results) as AnalysisResults),
      error: code === null ? null : { code, message: message ?? '' },
      processing_time: row.processing_time,
      created_at: row.created_at,
      started_at: row.started_at,
      completed_at: row.completed_at,
      artifacts: row.artifacts.map((artifact) => ({
        ...artifact,
        url: `/api/v1/results/${row.id}/artifacts/${artifact.name}`,
      })),
      ...(row.owner_id !== undefined && staffPart(row)),
    };
  }
}

/** The response as JSON, its results as they are in the row: nobody takes them apart to put them together again. */
export function responseJson(row: AnalysisRow): string {
  const { results } = row;
  const json = JSON.stringify(AnalysisResponse.from({ ...row, results: null }));
  // No text within it can hold this: there a backslash stands before every quote.
  return results === null ? json : json.replace('"results":null', () => `"results":${results}`);
}

/** Only where it was asked for: the rows of all others do without. */
const staffPart = ({ owner_id, ip_address, user_agent }: AnalysisRow) => ({ owner_id, ip_address, user_agent });
