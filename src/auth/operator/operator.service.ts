import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { validationFailed } from '../../platform/errors.js';
import { timeOf } from '../../platform/http/time.js';
import { validationPipe } from '../../platform/http/validation.js';
import { MAX_KEYS_PER_ACCOUNT, randomPrefix, scopesFor } from '../api-keys/api-key.js';
import { MakeApiKeyRequest, type NewApiKeyResponse } from '../api-keys/api-keys.dto.js';
import { countKeysLocked, insertKey } from '../api-keys/api-keys.queries.js';
import { NOWHERE, SYSTEM } from '../../audit/actor.js';
import { AuditService } from '../../audit/audit.service.js';
import { apiKeyLimit, usernameTaken } from '../auth.errors.js';
import { refuseCommon } from '../passwords/password.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { opaqueToken, sha256 } from '../tokens/opaque-token.js';
import { AccountResponse, RegisterRequest } from '../users/users.dto.js';
import { insertUser, isUsernameTaken, type Role, userByEmail } from '../users/users.queries.js';

export interface WantedUser {
  readonly username: string;
  readonly email: string;
  /** One is made up when it is left out. */
  readonly password: string | undefined;
  readonly role: Role;
}

export interface WantedKey {
  /** Of its owner. */
  readonly email: string;
  readonly name: string;
  readonly scopes: readonly string[] | undefined;
  /** ISO 8601. */
  readonly expires_at: string | undefined;
}

/** Makes accounts and keys for the operator of the machine, without a sign-in: the audit log names the system. */
export class OperatorService {
  private readonly audit = new AuditService();
  private readonly passwords = new PasswordsService();

  constructor(private readonly db: EntityManager) {}

  /** Makes a user. Returns the password, too. @throws validation_failed, username_taken */
  async makeUser({ role, ...wanted }: WantedUser): Promise<{ account: AccountResponse; password: string }> {
    const request = { ...wanted, password: wanted.password ?? opaqueToken() };
    const { username, email, password } = await validated(RegisterRequest, request);
    await refuseCommon(password, 'password');
    const user = { id: uuid(), username, email, password_hash: await this.passwords.hash(password), role };
    await this.db.transaction(async (db) => {
      const made = await insertUser(db, user);
      if (await isUsernameTaken(db, username, user.id)) throw usernameTaken();
      if (!made) throw validationFailed([{ field: 'email', message: 'has an account already' }]);
      await this.audit.record(db, {
        action: 'user.made',
        actor: SYSTEM,
        origin: NOWHERE,
        subject: `user:${user.id}`,
        after: { role },
      });
    });
    return { account: AccountResponse.from(user), password };
  }

  /** @throws validation_failed, api_key_limit */
  async makeKey({ email, ...wanted }: WantedKey): Promise<NewApiKeyResponse> {
    const { name, scopes: asked, expires_at: end } = await validated(MakeApiKeyRequest, wanted);
    const owner = await userByEmail(this.db, email);
    if (!owner) throw validationFailed([{ field: 'email', message: 'has no account' }]);
    const prefix = randomPrefix();
    const scopes = scopesFor(owner.role, asked);
    const key = {
      id: uuid(),
      name,
      prefix,
      key: `${prefix}_${opaqueToken()}`,
      scopes,
      expires_at: end ? timeOf(end) : null,
    };
    await this.db.transaction(async (db) => {
      if ((await countKeysLocked(db, owner.id)) >= MAX_KEYS_PER_ACCOUNT) throw apiKeyLimit(MAX_KEYS_PER_ACCOUNT);
      await insertKey(db, { ...key, ownerId: owner.id, sha256: sha256(key.key) });
      await this.audit.record(db, {
        action: 'api_key.made',
        actor: SYSTEM,
        origin: NOWHERE,
        subject: `api_key:${key.id}`,
        after: { owner_id: owner.id, name, scopes, expires_at: key.expires_at },
      });
    });
    return key;
  }
}

/** The same rules as for a request. @throws validation_failed */
const validated = <T>(metatype: new () => T, value: object): Promise<T> =>
  validationPipe().transform(value, { type: 'body', metatype }) as Promise<T>;
