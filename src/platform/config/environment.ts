import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUrl, Max, MaxLength, Min, MinLength } from 'class-validator';
import { join, resolve } from 'node:path';

const toInteger = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value,
);
const toBoolean = Transform(({ value }: { value: unknown }) =>
  value === 'true' ? true : value === 'false' ? false : value,
);

const url = (...protocols: string[]) =>
  IsUrl(
    { protocols, require_protocol: true, require_tld: false, require_valid_protocol: true },
    { message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}` },
  );

export const ROLES = ['all', 'api', 'worker'] as const;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting of Facet, from the environment alone. Validated once at the start, then frozen. */
export class Environment {
  /** `production` demands secrets and external databases. */
  @IsIn(['development', 'production', 'test'])
  readonly NODE_ENV: 'development' | 'production' | 'test' = 'development';

  /** What this process does: `api` answers HTTP, `worker` runs analyses, `all` does both. */
  @IsIn(ROLES)
  readonly ROLE: (typeof ROLES)[number] = 'all';

  /** Address on which HTTP listens. */
  @IsString()
  readonly HOST: string = '127.0.0.1';

  /** Port on which HTTP listens; 0 takes a free one. */
  @toInteger
  @IsInt()
  @Min(0)
  @Max(65535)
  readonly PORT: number = 3000;

  /** Folder for the embedded databases, the files and the models. */
  @IsString()
  readonly DATA_DIR: string = '.data';

  /** PostgreSQL 15 or newer; empty starts the embedded one. */
  @IsOptional()
  @url('postgres', 'postgresql')
  readonly DATABASE_URL?: string;

  /** Redis 6.2 or newer, or Valkey; empty starts the embedded one. */
  @IsOptional()
  @url('redis', 'rediss')
  readonly REDIS_URL?: string;

  /** Allows the embedded databases in production. */
  @toBoolean
  @IsBoolean()
  readonly EMBEDDED: boolean = false;

  /** Runs the migrations at the start though the database is not embedded. */
  @toBoolean
  @IsBoolean()
  readonly MIGRATE: boolean = false;

  /** Connections to PostgreSQL that this process opens at most. */
  @toInteger
  @IsInt()
  @Min(2)
  @Max(500)
  readonly DATABASE_POOL_SIZE: number = 20;

  /** Signs tokens; at least 32 characters, demanded in production. */
  @IsOptional()
  @IsString()
  @MinLength(32)
  readonly SECRET_KEY?: string;

  /** Analyses that this process runs at once. */
  @toInteger
  @IsInt()
  @Min(1)
  @Max(64)
  readonly MAX_WORKERS: number = 4;

  /** Analyses that may wait; one more is refused with 429. */
  @toInteger
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly QUEUE_SIZE: number = 100;

  /** Seconds between two removals of what nobody needs any more. */
  @toInteger
  @IsInt()
  @Min(1)
  @Max(86_400)
  readonly JOB_CLEANUP_INTERVAL: number = 3600;

  /** Seconds that one attempt at an image may take. */
  @toInteger
  @IsInt()
  @Min(1)
  @Max(86_400)
  readonly IMAGE_TIMEOUT: number = 60;

  /** Seconds that one attempt at a document may take. */
  @toInteger
  @IsInt()
  @Min(1)
  @Max(86_400)
  readonly DOCUMENT_TIMEOUT: number = 120;

  /** Seconds that one attempt at a video may take. */
  @toInteger
  @IsInt()
  @Min(1)
  @Max(86_400)
  readonly VIDEO_TIMEOUT: number = 300;

  /** Bytes of one uploaded file at most. */
  @toInteger
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly MAX_CONTENT_LENGTH: number = 209_715_200;

  /** The ffmpeg binary, with ffprobe beside it; empty takes both from PATH. */
  @IsOptional()
  @IsString()
  readonly FFMPEG_PATH?: string;

  /** Folder of the models that see faces and objects; empty means `models` in DATA_DIR. */
  @IsOptional()
  @IsString()
  readonly MODELS_DIR?: string;

  /** Proxies whose X-Forwarded-For is believed: `false`, `true`, a number of hops, or comma-separated addresses. */
  @IsString()
  @MaxLength(1000)
  readonly TRUST_PROXY: string = 'false';

  /** The least important messages that are logged. */
  @IsIn(LOG_LEVELS)
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  /** File to which the log is written too, for example `logs/facet.log`. */
  @IsOptional()
  @IsString()
  readonly LOG_FILE?: string;

  /** Where programs are looked for. */
  @IsString()
  readonly PATH: string = '/usr/local/bin:/usr/bin:/bin';

  /** The same settings but for some: where the embedded databases were found, for example. */
  with(changes: Partial<Environment>): Environment {
    return Object.freeze(Object.assign(new Environment(), this, changes));
  }

  get production(): boolean {
    return this.NODE_ENV === 'production';
  }

  get servesApi(): boolean {
    return this.ROLE !== 'worker';
  }

  get runsJobs(): boolean {
    return this.ROLE !== 'api';
  }

  /** Where uploaded files and artifacts are kept. */
  get filesDirectory(): string {
    return join(this.DATA_DIR, 'files');
  }

  /** Where files live until they are accepted, and where analyzers work; on the same disk as the files. */
  get temporaryDirectory(): string {
    return join(this.DATA_DIR, 'tmp');
  }

  get modelsDirectory(): string {
    return resolve(this.MODELS_DIR ?? join(this.DATA_DIR, 'models'));
  }

  get ffmpeg(): { ffmpeg: string; ffprobe: string } {
    if (!this.FFMPEG_PATH) return { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
    return { ffmpeg: this.FFMPEG_PATH, ffprobe: this.FFMPEG_PATH.replace(/ffmpeg([^/]*)$/, 'ffprobe$1') };
  }
}
