/** What all pages look like, on a phone and at night too. */
export const style = String.raw`
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; }
h2 { font-size: 1.1rem; margin: 0; }
p { margin: 0.25rem 0; }
a { color: inherit; }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }
.card { border: 1px solid #8886; border-radius: 0.5rem; padding: 1rem; }
.quiet { opacity: 0.75; font-size: 0.9rem; }
.alarm { color: #c22; font-weight: 600; }
table { width: 100%; border-collapse: collapse; margin-top: 0.75rem; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.25rem; }
th { font-weight: normal; text-align: left; padding: 0.15rem 0; }
td { text-align: right; font-variant-numeric: tabular-nums; padding: 0.15rem 0; }
tr + tr { border-top: 1px solid #8883; }
form.card { max-width: 22rem; margin: 1rem auto; display: grid; gap: 0.75rem; }
label { display: grid; gap: 0.25rem; }
input, button { font: inherit; padding: 0.5rem 0.75rem; border-radius: 0.35rem; border: 1px solid #8888; }
button { cursor: pointer; }
@media (prefers-color-scheme: dark) { .alarm { color: #f77; } }
`;
