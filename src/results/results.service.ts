import { Injectable, StreamableFile } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Readable } from 'node:stream';
import type { Pool, QueryConfig, QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';
import { AnalysisResponse, type AnalysisRow, responseJson } from '../analysis/analysis.dto.js';
import { SOURCE_NAME, subjectOf } from '../analysis/analysis.files.js';
import { analysisNotCompleted, artifactNotFound } from '../analysis/analysis.errors.js';
import { AnalysisRowsService, type View } from '../analysis/analysis.rows.service.js';
import { ExportsService } from '../exports/exports.service.js';
import { poolOf } from '../platform/database/pool.js';
import { type Caller, requestedOwner } from '../platform/http/principal.js';
import { pageOf } from '../platform/http/paging.js';
import { streamOf } from '../platform/http/stream-of.js';
import type { FileRow } from '../files/files.queries.js';
import { FilesService } from '../files/files.service.js';
import { type DownloadFormat, renderDownload } from './download.js';
import { exportQuery } from './results.export.js';
import type { ResultsExportQuery, ResultsQuery } from './results.dto.js';
import { filterOf } from './results.filter.js';
import { isWhole, pageJson, pagePieces } from './results.page.js';
import { type Direction, isDeep, list, resultsOf, type RunStatement } from './results.queries.js';

export interface Attachment {
  readonly filename: string;
  readonly mediaType: string;
  readonly size: number;
  readonly body: Readable | string;
}

@Injectable()
export class ResultsService {
  private readonly pool: Pool;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly rows: AnalysisRowsService,
    private readonly files: FilesService,
    private readonly exports: ExportsService,
  ) {
    this.pool = poolOf(source);
  }

  /** Rows and total of one moment, as JSON: pages add up even while analyses come and go. */
  async page(caller: Caller, query: ResultsQuery): Promise<string | StreamableFile> {
    const filter = filterOf(requestedOwner(caller, query.owner_id), query);
    const offset = (query.page - 1) * query.per_page;
    const section = { direction: directionOf(query), offset, limit: query.per_page };
    const read = (run: RunStatement) => list(run, filter, section, caller.role === 'admin');
    const { rows, total } = isDeep(filter, section)
      ? await this.source.transaction('REPEATABLE READ', (db) => read(({ text, values }) => db.query(text, values)))
      : await read(
          async <Row extends QueryResultRow>(statement: QueryConfig) => (await this.pool.query<Row>(statement)).rows,
        );
    const page = pageOf(query, rows, total);
    if (isWhole(page)) return pageJson(page);
    const pieces = pagePieces(page, (id) => resultsOf(this.source.manager, id));
    return new StreamableFile(streamOf(pieces, () => Promise.resolve()));
  }

  /** All rows that the list has on its pages, as one file. */
  export(caller: Caller, query: ResultsExportQuery): Promise<StreamableFile> {
    const filter = filterOf(requestedOwner(caller, query.owner_id), query);
    const { format } = query;
    const view = { direction: directionOf(query), format, forStaff: caller.role === 'admin' };
    return this.exports.open(caller, exportQuery(filter, view), format, 'analyses');
  }

  /** As JSON. */
  async one(view: View, id: string): Promise<string> {
    return responseJson(await this.rows.one(view, id));
  }

  async download(view: View, id: string, format: DownloadFormat): Promise<Attachment> {
    const row = await this.rows.one(view, id);
    if (row.status !== 'completed') throw analysisNotCompleted(row.status);
    const { mediaType, body } = renderDownload(AnalysisResponse.from(row), format);
    return { filename: `${row.filename}.${format}`, mediaType, size: Buffer.byteLength(body), body };
  }

  async artifact(view: View, id: string, name: string): Promise<Attachment> {
    const row = await this.rows.one(view, id);
    const file = await this.artifactOf(row, name);
    const { stream, size } = await this.files.open(file).catch(async (error: unknown) => {
      // Somebody may have removed the analysis since its row was read.
      await this.rows.one(view, id);
      throw error;
    });
    return { filename: name, mediaType: withCharset(file.media_type), size, body: stream };
  }

  private async artifactOf({ id }: AnalysisRow, name: string): Promise<FileRow> {
    // PostgreSQL takes no NUL in a text.
    const isArtifact = name !== SOURCE_NAME && !name.includes('\0');
    const found = isArtifact ? await this.files.find(subjectOf(id), name) : null;
    if (!found) throw artifactNotFound();
    return found;
  }
}

const directionOf = ({ sort }: Pick<ResultsQuery, 'sort'>): Direction => (sort.startsWith('-') ? 'DESC' : 'ASC');

/** The texts that analyzers write are in UTF-8, which a browser that is not told would not guess. */
const withCharset = (mediaType: string): string =>
  mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType;
