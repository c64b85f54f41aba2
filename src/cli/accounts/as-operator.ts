import { OperatorService } from '../../auth/operator/operator.service.js';
import { withDatabase } from '../database.js';
import { settings } from '../settings.js';

/** What is done to accounts; a file of its own, so that only who gets so far waits for all that it loads. */
export function asOperator<T>(work: (operator: OperatorService) => Promise<T>): Promise<T> {
  return withDatabase(settings(), (db) => work(new OperatorService(db)));
}
