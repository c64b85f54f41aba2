import type { JobCounts, QueueState, RowCounts } from '../../jobs/board/queue-state.js';
import { html, type Html } from '../pages/html.js';
import type { QueueBoardResponse } from './queue-board.dto.js';

/** `batch-chunks` as `Batch chunks`. */
const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');

/** @param token for the form that signs out; null for who is not signed in by the page */
export function queueBoardPage({ items }: QueueBoardResponse, token: string | null): Html {
  const now = new Date();
  return html`
    <header>
      <h1>Queues</h1>
      <p class="quiet" id="state">At ${now.toISOString().slice(0, 19).replace('T', ' ')} UTC; refreshed every 5 s</p>
    </header>
    <div class="cards">${items.map((queue) => card(queue, now))}</div>
    <p class="quiet">
      What there is to do stands in PostgreSQL. Jobs in Bull only tell workers of it; nothing is kept of a job that was
      answered, and one that is lost is made again.
    </p>
    ${token === null ? null : signOutForm(token)}
  `;
}

const card = ({ name, rows, jobs }: QueueState, now: Date): Html => html`
  <section class="card" id="${name}">
    <h2>${titleOf(name)}</h2>
    ${rowsTable(rows, now)}
    ${jobs ? jobsTable(jobs, now) : html`<p class="alarm">Redis does not answer: nothing is known of the jobs.</p>`}
  </section>
`;

const rowsTable = ({ waiting, in_progress, failed, oldest_waiting_at }: RowCounts, now: Date): Html =>
  table('In PostgreSQL', [
    ['Waiting', waiting],
    ['In progress', in_progress],
    ...(failed === null ? [] : [['Failed', failed] as const]),
    ['Oldest waits for', ageOf(oldest_waiting_at, now)],
  ]);

const jobsTable = ({ oldest_waiting_at, paused, ...counts }: JobCounts, now: Date): Html =>
  table('In Bull', [
    ['Waiting', counts.waiting],
    ['Active', counts.active],
    ['Delayed', counts.delayed],
    ['Failed', counts.failed],
    ['Completed', counts.completed],
    ['Oldest waits for', ageOf(oldest_waiting_at, now)],
    ['Paused', paused ? html`<span class="alarm">yes</span>` : 'no'],
  ]);

const table = (caption: string, lines: readonly (readonly [string, string | number | Html])[]): Html => html`
  <table>
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${lines.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${typeof value === 'number' ? value.toLocaleString('en') : value}</td>
          </tr>`,
      )}
    </tbody>
  </table>
`;

/** In the unit that it fills at least once. */
function ageOf(since: Date | null, now: Date): string {
  if (since === null) return '–';
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

const signOutForm = (token: string): Html => html`
  <form method="post" action="/admin/session/end">
    <input name="form_token" type="hidden" value="${token}" />
    <button>Sign out</button>
  </form>
`;
