/** Runs in the browser: puts fresh figures in the place of the old ones, and says so when there are none. */

interface Element {
  textContent: string | null;
  replaceWith(element: Element): void;
}

interface Page {
  readonly hidden: boolean;
  querySelector(selector: string): Element | null;
}

/** What browsers have and Node.js has not, as far as it is needed here. */
interface Browser {
  readonly document: Page;
  readonly location: { readonly pathname: string; reload(): void };
  readonly DOMParser: new () => { parseFromString(source: string, type: string): Page };
}

const { document, location, DOMParser } = globalThis as unknown as Browser;

/** Milliseconds. */
const INTERVAL = 5_000;
const PATIENCE = 10_000;

async function refresh(): Promise<void> {
  const answer = await fetch(location.pathname, {
    headers: { Accept: 'text/html' },
    signal: AbortSignal.timeout(PATIENCE),
  });
  // Signed out: the page itself is now the one to sign in on.
  if (answer.status === 401 || answer.status === 403) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
  if (fresh) document.querySelector('main')?.replaceWith(fresh);
}

async function keepFresh(): Promise<never> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    if (document.hidden) continue;
    await refresh().catch(() => {
      const state = document.querySelector('#state');
      if (state) state.textContent = 'Facet does not answer; these figures are old';
    });
  }
}

void keepFresh();
