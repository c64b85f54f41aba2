import { html } from './html.js';

it('escapes what is put in, in texts and in attributes', () => {
  const hostile = `"><script>alert('&')</script>`;
  const { source } = html`<p title="${hostile}">${hostile}</p>`;
  const escaped = '&#34;&#62;&#60;script&#62;alert(&#39;&#38;&#39;)&#60;/script&#62;';
  expect(source).toBe(`<p title="${escaped}">${escaped}</p>`);
});

it('leaves HTML as it is, alone and in lists, and nothing of null', () => {
  const items = [1, 2].map((number) => html`<li>${number}</li>`);
  expect(html`${items}${items[0] ?? null}${null}`.source).toBe('<li>1</li><li>2</li><li>1</li>');
});

it('takes a backslash for a backslash', () => {
  expect(html`${'\\n'}`.source).toBe('\\n');
});
