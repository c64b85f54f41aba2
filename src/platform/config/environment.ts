import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { join, resolve } from 'node:path';
import { IsEmailAddress } from './email-address.js';
import { Proxies } from './proxies.js';

import { StorageSettings } from './storage-settings.js';
import { toBoolean, toInteger, UrlOf, WholeNumber } from './setting-rules.js';

export const ROLES = ['all', 'api', 'worker'] as const;
export const HTTPS_ONLY = ['auto', 'true', 'false'] as const;

/** Scheme, host and port as a browser sends them in `Origin`, in small letters and without a path. */
const ORIGIN = 'https?:\\/\\/(?:[a-z0-9.-]+|\\[[0-9a-f:.]+\\])(?::[0-9]{1,5})?';
const ORIGINS = new RegExp(`^(?:${ORIGIN}(?: *, *${ORIGIN})*)?$`);

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting of Facet, from the environment alone. Validated once at the start, then frozen. */
export class Environment extends StorageSettings {
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
  @UrlOf('postgres', 'postgresql')
  readonly DATABASE_URL?: string;

  /** Redis 6.2 or newer, or Valkey; empty starts the embedded one. */
  @IsOptional()
  @UrlOf('redis', 'rediss')
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

  /** Comma-separated secrets that signed before `SECRET_KEY`: tokens of theirs are still taken. */
  @IsOptional()
  @Matches(/^[^,]{32,}(,[^,]{32,})*$/, {
    message: 'must be secrets of at least 32 characters each, with commas between',
  })
  readonly SECRET_KEY_PREVIOUS?: string;

  /** With `ADMIN_PASSWORD`: the administrator that is made at the first start, when there are no users. */
  @IsOptional()
  @IsEmailAddress()
  readonly ADMIN_EMAIL?: string;

  /** 12 to 128 characters. */
  @IsOptional()
  @IsString()
  @MinLength(12)
  @MaxLength(128)
  readonly ADMIN_PASSWORD?: string;

  /** Analyses and pictures of batches that this process works on at once. */
  @toInteger
  @IsInt()
  @Min(1)
  @Max(64)
  readonly MAX_WORKERS: number = 4;

  /** How far analyses give way to the API for the processors, as `nice` counts: 0 not at all, 19 entirely. */
  @WholeNumber(0, 19)
  readonly ANALYSIS_NICENESS: number = 5;

  /** Analyses that may wait; one more is refused with 429. */
  @toInteger
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly QUEUE_SIZE: number = 100;

  /** Seconds between two removals of expired rows and files. */
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

  /** Mail server, such as smtp://user:password@host:587; empty writes mails as files into DATA_DIR/mail. */
  @IsOptional()
  @UrlOf('smtp', 'smtps')
  readonly SMTP_URL?: string;

  /** Address from which mails come. */
  @IsEmail({ require_tld: false })
  readonly MAIL_FROM: string = 'facet@localhost';

  /** Folder of the models that see faces and objects; empty means `models` in DATA_DIR. */
  @IsOptional()
  @IsString()
  readonly MODELS_DIR?: string;

  /**
   * Proxies whose X-Forwarded-For is believed: `false`, `true`, a number of hops, or comma-separated addresses, CIDRs,
   * `loopback`, `linklocal`, `uniquelocal`.
   */
  @IsString()
  @MaxLength(1000)
  @Proxies()
  readonly TRUST_PROXY: string = 'false';

  /** Origins whose pages may call the API, comma-separated, such as https://app.example.org; empty allows none. */
  @IsString()
  @MaxLength(4000)
  @Matches(ORIGINS, { message: 'must be origins such as https://app.example.org, separated by commas' })
  readonly CORS_ORIGINS: string = '';

  /** Whether plain http is turned away: `auto` does so in production behind a proxy that says how it was asked. */
  @IsIn(HTTPS_ONLY)
  readonly HTTPS_ONLY: (typeof HTTPS_ONLY)[number] = 'auto';

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

  /** The origins of `CORS_ORIGINS`. */
  get corsOrigins(): readonly string[] {
    return this.CORS_ORIGINS.split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== '');
  }

  /** Whether requests over plain http are refused. */
  get demandsHttps(): boolean {
    if (this.HTTPS_ONLY !== 'auto') return this.HTTPS_ONLY === 'true';
    return this.production && this.TRUST_PROXY !== 'false';
  }

  get servesApi(): boolean {
    return this.ROLE !== 'worker';
  }

  get runsJobs(): boolean {
    return this.ROLE !== 'api';
  }

  get previousSecretKeys(): string[] {
    return this.SECRET_KEY_PREVIOUS?.split(',') ?? [];
  }

  /** Where uploaded files and artifacts are kept. */
  get filesDirectory(): string {
    return join(this.DATA_DIR, 'files');
  }

  /** Where copies of files grow that come from another disk than that of the files. */
  get incomingDirectory(): string {
    return join(this.filesDirectory, 'incoming');
  }

  /** Where files live until they are accepted, and where analyzers work. */
  get temporaryDirectory(): string {
    return join(this.DATA_DIR, 'tmp');
  }

  /** Where mails go while there is no mail server. */
  get mailDirectory(): string {
    return join(this.DATA_DIR, 'mail');
  }

  get modelsDirectory(): string {
    return resolve(this.MODELS_DIR ?? join(this.DATA_DIR, 'models'));
  }

  get ffmpeg(): { ffmpeg: string; ffprobe: string } {
    if (!this.FFMPEG_PATH) return { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
    return { ffmpeg: this.FFMPEG_PATH, ffprobe: this.FFMPEG_PATH.replace(/ffmpeg([^/]*)$/, 'ffprobe$1') };
  }
}
