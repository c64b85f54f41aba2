/**
 * The value that a script exports which does nothing else than that: one literal inside the wrapper of a bundler, as
 * npm packages carry models that a browser is to load. It is read, not run.
 *
 * @throws Error when there is no such literal
 */
export function packedLiteral(script) {
  const [, literal] = /\.exports=(".*?"|\{.*\})\},\{\}\]\},\{\},\[1\]\)\(1\)\}\);?\s*$/s.exec(script) ?? [];
  if (literal === undefined) throw new Error('The script exports no literal');
  return JSON.parse(asJson(literal));
}

/** Minifiers write names without quotes, truth as !0, and numbers without the nought before the point. */
function asJson(literal) {
  const tokens = /"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$]*(?=:)|![01]|\.\d+/g;
  return literal.replace(tokens, (token, at) => {
    if (token.startsWith('"')) return token;
    if (token.startsWith('!')) return String(token === '!0');
    if (token.startsWith('.')) return /\d/.test(literal[at - 1] ?? '') ? token : `0${token}`;
    return `"${token}"`;
  });
}
