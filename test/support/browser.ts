import type { Answer } from './client.js';

interface Asked {
  readonly method?: string;
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams;
}

/** Somebody with a browser: it asks for pages, keeps cookies, sends forms and says where they come from. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(private readonly origin: string) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(path, { headers });
  }

  /** Sends a form, as if from a page of the same origin unless the headers say otherwise. */
  submit(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const body = new URLSearchParams(fields);
    return this.ask(path, { method: 'POST', headers: { Origin: this.origin, ...headers }, body });
  }

  private async ask(path: string, { headers, ...init }: Asked): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(this.origin + path, {
      ...init,
      redirect: 'manual',
      headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8', ...(cookie && { Cookie: cookie }), ...headers },
    });
    for (const line of answer.headers.getSetCookie()) this.keep(line);
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
