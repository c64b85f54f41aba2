import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Environment } from '../../platform/config/environment.js';
import { NOWHERE, SYSTEM } from '../../audit/actor.js';
import { AuditService } from '../../audit/audit.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { opaqueToken } from '../tokens/opaque-token.js';
import { areThereUsers, insertUser } from '../users/users.queries.js';

/** Any number that no other program uses for an advisory lock in this database. */
const LOCK_ID = 7_033_849_121;

interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Makes an administrator where there is no account at all, before the first request is taken. */
@Injectable()
export class FirstAdministrator implements OnApplicationBootstrap {
  private readonly logger = new Logger(FirstAdministrator.name);

  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly audit: AuditService,
    private readonly passwords: PasswordsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const credentials = this.credentials();
    if (!credentials || (await areThereUsers(this.db))) return;
    const password_hash = await this.passwords.hash(credentials.password);
    await this.db.transaction(async (db) => {
      // Of processes that start together one creates it; the others then find an account.
      await db.query('SELECT pg_advisory_xact_lock($1)', [LOCK_ID]);
      if (await areThereUsers(db)) return;
      const id = uuid();
      await insertUser(db, { id, username: 'admin', email: credentials.email, password_hash, role: 'admin' });
      await this.audit.record(db, { action: 'user.made', actor: SYSTEM, origin: NOWHERE, subject: `user:${id}` });
      // Before the commit: there must not be an account with an unknown password.
      if (!this.environment.ADMIN_PASSWORD) await this.writeDown(credentials);
      this.logger.log(`The administrator ${credentials.email} is made`);
    });
  }

  /** Null where none were given and none may be made up. */
  private credentials(): Credentials | null {
    const { ADMIN_EMAIL, ADMIN_PASSWORD, NODE_ENV } = this.environment;
    if (ADMIN_EMAIL && ADMIN_PASSWORD) return { email: ADMIN_EMAIL, password: ADMIN_PASSWORD };
    return NODE_ENV === 'development' ? { email: 'admin@facet.localhost', password: opaqueToken() } : null;
  }

  private async writeDown(credentials: Credentials): Promise<void> {
    const path = join(this.environment.DATA_DIR, 'admin.json');
    // Nothing else has needed the folder where the databases are external.
    await mkdir(this.environment.DATA_DIR, { recursive: true });
    const draft = `${path}.${uuid()}`;
    await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flush: true });
    await rename(draft, path);
    this.logger.log(`Its credentials are in ${path}`);
  }
}
