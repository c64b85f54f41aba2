import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AnalysisOptions, AnalysisResults } from './analyzer.js';
import type { FileType } from '../media/media-type/file-types.js';

export const ANALYSIS_STATUSES = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type AnalysisStatus = (typeof ANALYSIS_STATUSES)[number];

/** One file that was sent in, and what became of it. */
@Entity('analyses')
export class Analysis {
  @PrimaryColumn('uuid')
  id: string;

  /** A user; null only for what is older than accounts and waits for its first administrator. */
  @Column('uuid', { nullable: true })
  owner_id: string | null;

  @Column('text')
  file_type: FileType;

  @Column('text')
  filename: string;

  @Column('text')
  media_type: string;

  @Column('bigint', { transformer: { from: Number, to: (value: number) => value } })
  size_bytes: number;

  @Column('text')
  sha256: string;

  @Column('text')
  storage_key: string;

  @Column('text', { array: true })
  features: string[];

  @Column('jsonb')
  options: AnalysisOptions;

  @Column('text')
  status: AnalysisStatus;

  /** Of the Bull job that announces this run; a retry gets another. */
  @Column('text')
  job_id: string;

  /** How often it was claimed; also what a late worker's write is refused by. */
  @Column('int')
  attempts: number;

  /** Attempts of this run that took their process with them. */
  @Column('int')
  crashes: number;

  /** Who works on it. */
  @Column('uuid', { nullable: true })
  worker_id: string | null;

  /** Percent; kept coarsely here and finely in Redis. */
  @Column('smallint')
  progress: number;

  @Column('json', { nullable: true })
  results: AnalysisResults | null;

  @Column('text', { nullable: true })
  error_code: string | null;

  @Column('text', { nullable: true })
  error_message: string | null;

  /** Seconds of the attempt that ended it. */
  @Column('numeric', { nullable: true })
  processing_time: string | null;

  @Column('text', { nullable: true })
  request_id: string | null;

  @Column('inet', { nullable: true })
  ip_address: string | null;

  @Column('text', { nullable: true })
  user_agent: string | null;

  @Column('timestamptz')
  created_at: Date;

  @Column('timestamptz')
  queued_at: Date;

  /** When it may be begun. */
  @Column('timestamptz')
  run_at: Date;

  @Column('timestamptz', { nullable: true })
  started_at: Date | null;

  @Column('timestamptz', { nullable: true })
  completed_at: Date | null;
}
