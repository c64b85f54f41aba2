import Bull from 'bull';
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { v7 as uuid } from 'uuid';
import { ADA, enter } from '../support/accounts.js';
import { buildGround, eventually, type Ground, type Servers } from '../support/facet.js';
import { startTrialWorker, type TrialWorker } from '../support/jobs/start-trial-worker.js';
import { TRIAL_TABLES } from '../support/jobs/trial.kind.js';
import { clip } from '../support/media/videos.js';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.js';
import { ask } from './nothing-lost.js';

/** A kind of job of the product, or the one that exists only in tests, as the stories of faults see it. */
export interface KindCase {
  readonly name: string;
  readonly table: string;
  readonly poison: string;
  readonly maxCrashes: number;
  /** Columns that are emptied at its end. */
  readonly clears: readonly string[];
  /** Inserts a job; it is announced by no one, as if Redis had lost it. */
  insert(stage: KindsStage, id: string): Promise<void>;
  /** How often a job has taken effect where others see it. */
  effects(stage: KindsStage, id: string): Promise<number>;
}

const trials: KindCase = {
  name: 'trials',
  table: 'trials',
  poison: 'trial_crashed',
  clears: ['secret'],
  maxCrashes: 3,
  insert: async ({ ground }, id) => {
    await ask(ground, 'INSERT INTO trials (id, job_id) VALUES ($1::uuid, $1::uuid::text)', [id]);
  },
  effects: async ({ ground }, id) => (await ask(ground, 'SELECT 1 FROM trial_results WHERE id = $1', [id])).length,
};

const mails: KindCase = {
  name: 'mails',
  table: 'mails',
  poison: 'worker_lost',
  clears: ['body'],
  maxCrashes: 8,
  insert: async ({ ground }, id) => {
    await ask(
      ground,
      `INSERT INTO mails (id, job_id, recipient, subject, body) VALUES ($1::uuid, $1::uuid::text, 'a@b.org', 's', 'b')`,
      [id],
    );
  },
  effects: ({ smtp }, id) =>
    Promise.resolve(smtp.received.filter(({ headers }) => headers.includes(`Message-ID: <${id}@localhost>`)).length),
};

const analyses: KindCase = {
  name: 'analyses',
  table: 'analyses',
  poison: 'analyzer_crashed',
  clears: [],
  maxCrashes: 3,
  insert: async ({ ground }, id) => {
    const { path } = await clip({ seconds: 2, cuts: [1] });
    const folder = join(ground.dataDirectory, 'files', id.slice(-3), id);
    await mkdir(folder, { recursive: true });
    await copyFile(path, join(folder, 'source'));
    await ask(
      ground,
      `INSERT INTO analyses (id, owner_id, file_type, filename, media_type, size_bytes, sha256, storage_key, features,
                             options, status, job_id)
       VALUES ($1::uuid, $2, 'video', 'a.mp4', 'video/mp4', $3, $4, $5, '{video,scenes}', '{}', 'queued', $1::uuid::text)`,
      [
        id,
        ADA.id,
        (await stat(path)).size,
        createHash('sha256').update(id).digest('hex'),
        `${id.slice(-3)}/${id}/source`,
      ],
    );
  },
  effects: async ({ ground }, id) =>
    (await ask(ground, 'SELECT 1 FROM analyses WHERE id = $1 AND results IS NOT NULL', [id])).length,
};

/** Accounts of which each asks for a new password once. They are there before the table of users is locked. */
const ACCOUNTS = 64;

let asking = 0;
const addresses = new Map<string, string>();

const resets: KindCase = {
  name: 'password-resets',
  table: 'password_reset_requests',
  poison: 'reset_not_answered',
  clears: ['email'],
  maxCrashes: 3,
  insert: async ({ ground }, id) => {
    const email = `${asking++}@b.org`;
    addresses.set(id, email);
    await ask(ground, 'INSERT INTO password_reset_requests (id, job_id, email) VALUES ($1::uuid, $1::uuid::text, $2)', [
      id,
      email,
    ]);
  },
  effects: async ({ ground }, id) =>
    (await ask(ground, 'SELECT 1 FROM mails WHERE recipient = $1', [addresses.get(id)])).length,
};

export const KINDS: readonly KindCase[] = [trials, mails, analyses, resets];

/** A job of each kind. */
export type Jobs = Map<KindCase, string>;

export type JobRow = Record<string, unknown> & { readonly status: string; readonly attempts: number };

/** Workers that come and go, and jobs of all kinds whose attempts wait while they are held. */
export interface KindsStage {
  readonly ground: Ground;
  readonly smtp: SmtpServer;
  worker(): Promise<TrialWorker>;
  /** Has every attempt of every kind wait in the middle of its work. */
  hold(): Promise<void>;
  release(): Promise<void>;
  /** Lets the statements go on that wait for the table of users. */
  unlockUsers(): Promise<void>;
  /** Inserts a job of each kind. Returns their ids by kind. */
  insertAll(): Promise<Jobs>;
  announce(kind: KindCase, id: string): Promise<void>;
  rowOf(kind: KindCase, id: string): Promise<JobRow>;
  /** Waits until the jobs of all kinds are as wanted. */
  all(jobs: Jobs, wanted: (row: JobRow) => boolean): Promise<void>;
  remove(): Promise<void>;
}

export async function buildKindsStage(servers: Partial<Servers> = {}): Promise<KindsStage> {
  const ground = await buildGround(servers);
  const tools = await mkdtemp(join(tmpdir(), 'facet-tools-'));
  const smtp = await startSmtpServer();
  const workers: TrialWorker[] = [];
  const heldFile = join(tools, 'held');
  const FFMPEG_PATH = await waitingFfmpeg(tools, heldFile);
  let users: Client | undefined;
  let greetAll = (): void => undefined;
  const rowOf = async ({ table }: KindCase, id: string): Promise<JobRow> => {
    const [row] = await ask<JobRow>(ground, `SELECT * FROM ${table} WHERE id = $1`, [id]);
    if (!row) throw new Error(`There is no row ${id} in ${table}.`);
    return row;
  };
  const stage: KindsStage = {
    ground,
    smtp,
    worker: async () => {
      const worker = await startTrialWorker(ground, {
        SMTP_URL: smtp.url,
        FFMPEG_PATH,
        MAX_WORKERS: '2',
        LOG_LEVEL: 'debug',
      });
      workers.push(worker);
      return worker;
    },
    hold: async () => {
      await ask(ground, 'UPDATE trial_control SET held = true');
      smtp.behave({
        greeting: new Promise(
          (greet) =>
            (greetAll = () => {
              greet('220 test ESMTP');
            }),
        ),
      });
      await writeFile(heldFile, '');
      users = new Client({ connectionString: ground.databaseUrl });
      users.on('error', () => undefined);
      await users.connect();
      await users.query('BEGIN');
      await users.query('LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
    },
    release: async () => {
      await ask(ground, 'UPDATE trial_control SET held = false');
      smtp.behave({});
      greetAll();
      await rm(heldFile, { force: true });
      await stage.unlockUsers();
    },
    unlockUsers: async () => {
      await users?.end().catch(() => undefined);
    },
    insertAll: async () => {
      const jobs: Jobs = new Map();
      for (const kind of KINDS) {
        const id = uuid();
        await kind.insert(stage, id);
        jobs.set(kind, id);
      }
      return jobs;
    },
    announce: async ({ name }, id) => {
      const queue = new Bull(name, ground.redisUrl, { prefix: 'facet' });
      await queue.add({ id }, { jobId: id });
      await queue.close();
    },
    rowOf,
    all: async (jobs, wanted) => {
      for (const [kind, id] of jobs) await eventually(() => rowOf(kind, id), wanted, 60);
    },
    remove: async () => {
      for (const worker of workers) await worker.remove();
      await smtp.close();
      await ground.remove();
      await rm(tools, { recursive: true, force: true });
    },
  };
  if (servers.postgres !== undefined) await migrate(ground);
  await ask(ground, TRIAL_TABLES);
  await enterAccounts(ground);
  return stage;
}

async function migrate({ databaseUrl }: Ground): Promise<void> {
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl };
  await promisify(execFile)(process.execPath, [join(__dirname, '../../dist/migrate.js')], { env });
}

async function enterAccounts({ databaseUrl }: Ground): Promise<void> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  await enter(database, ADA);
  await database.query(
    `INSERT INTO users (id, username, email, password_hash)
     SELECT gen_random_uuid(), 'user' || n, n || '@b.org', 'none' FROM generate_series(0, $1) AS n`,
    [ACCOUNTS - 1],
  );
  await database.end();
}

/** The real ffmpeg, which waits before it begins while there is a file. Returns the value of `FFMPEG_PATH`. */
async function waitingFfmpeg(directory: string, heldFile: string): Promise<string> {
  const [ffmpeg, ffprobe] = ['ffmpeg', 'ffprobe'].map((name) =>
    execFileSync('/bin/sh', ['-c', `command -v ${name}`])
      .toString()
      .trim(),
  );
  const path = join(directory, 'ffmpeg');
  await writeFile(path, `#!/bin/sh\nwhile [ -e '${heldFile}' ]; do sleep 0.05; done\nexec ${ffmpeg} "$@"\n`);
  await chmod(path, 0o755);
  await symlink(ffprobe!, join(directory, 'ffprobe'));
  return path;
}
