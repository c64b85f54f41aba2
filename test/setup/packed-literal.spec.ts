import { packedLiteral } from '../../scripts/setup/tensorflow/packed-literal.mjs';

const wrapped = (literal: string) =>
  `!function(e){"object"==typeof exports?module.exports=e():this.m=e()}(function(){return function(){}({1:[function(e,t,n){t.exports=${literal}},{}]},{},[1])(1)});`;

it.each([
  ['"QUJD+/=="', 'QUJD+/=='],
  ['{a:1,b:[.5,-.25,1.5,2e-7],c:!0,d:!1,e:null}', { a: 1, b: [0.5, -0.25, 1.5, 2e-7], c: true, d: false, e: null }],
  ['{"a:b":"c:.5,!0","quote\\"d":{$x_1:[]}}', { 'a:b': 'c:.5,!0', 'quote"d': { $x_1: [] } }],
])('reads %s', (literal, value) => {
  expect(packedLiteral(wrapped(literal))).toEqual(value);
});

it.each(['module.exports=1', wrapped('{a:alert(1)}'), wrapped('function(){}'), ''])('does not run %s', (script) => {
  expect(() => packedLiteral(script)).toThrow();
});
