import { html, type Html } from '../pages/html.js';

/**
 * The form with which an administrator signs in.
 * @param complaint why nobody is signed in yet, if that has to be said
 */
export const signInForm = (token: string, complaint: string | null): Html => html`
  <form class="card" method="post" action="/admin/session">
    <h1>Sign in to Facet</h1>
    ${complaint === null ? null : html`<p class="alarm" role="alert">${complaint}</p>`}
    <label>
      E-mail
      <input name="email" type="email" autocomplete="username" maxlength="100" required autofocus />
    </label>
    <label>
      Password
      <input name="password" type="password" autocomplete="current-password" required />
    </label>
    <input name="form_token" type="hidden" value="${token}" />
    <button>Sign in</button>
    <p class="quiet">For administrators.</p>
  </form>
`;
