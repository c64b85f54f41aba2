import { rankPhrases } from './rake.js';

/** The example of the paper (Rose et al., 2010, figure 1.1) and the scores that it prints (figure 1.4). */
const ABSTRACT =
  'Compatibility of systems of linear constraints over the set of natural numbers. Criteria of compatibility of a ' +
  'system of linear Diophantine equations, strict inequations, and nonstrict inequations are considered. Upper bounds ' +
  'for components of a minimal set of solutions and algorithms of construction of minimal generating sets of solutions ' +
  'for all types of systems are given. These criteria and the corresponding algorithms for constructing a minimal ' +
  'supporting set of solutions can be used in solving all the considered types of systems and systems of mixed types.';
const STOP_WORDS = new Set(
  'of over the a and are for all these can be used in given solutions construction constructing solving'.split(' '),
);

describe('rankPhrases', () => {
  it('gives the scores of the paper', () => {
    const found = rankPhrases(ABSTRACT, STOP_WORDS, 'en', 50);
    const scores = Object.fromEntries(found.map(({ term, score }) => [term, score]));

    expect(scores['minimal generating sets']).toBeCloseTo(8.7, 1);
    expect(scores['linear diophantine equations']).toBeCloseTo(8.5, 1);
    expect(scores['minimal supporting set']).toBeCloseTo(7.7, 1);
    expect(scores['minimal set']).toBeCloseTo(4.7, 1);
    expect(scores['linear constraints']).toBeCloseTo(4.5, 1);
    expect(scores).toMatchObject({ 'natural numbers': 4, 'strict inequations': 4, 'upper bounds': 4, systems: 1 });
    expect(found.slice(0, 3).map(({ term }) => term)).toEqual([
      'minimal generating sets',
      'linear diophantine equations',
      'minimal supporting set',
    ]);
  });

  it('counts how often a phrase occurs, whatever its case', () => {
    const found = rankPhrases(
      'Brass wheel; the brass WHEEL. A cog and a brass wheel',
      new Set(['the', 'a', 'and']),
      'en',
      5,
    );

    expect(found).toEqual([
      { term: 'brass wheel', score: 4, count: 3 },
      { term: 'cog', score: 1, count: 1 },
    ]);
  });

  it('lets no phrase reach over a comma, a line, a number or a word too long to be one', () => {
    const found = rankPhrases(`red, green\nblue 42 white ${'x'.repeat(99)} black`, new Set(), 'en', 9);

    expect(found.map(({ term }) => term).sort()).toEqual(['black', 'blue', 'green', 'red', 'white']);
  });

  it('divides a language without spaces into words', () => {
    const terms = rankPhrases('我们喜欢图书馆。图书馆很大。', new Set(['我们', '很大', '喜欢']), 'zh', 5);

    expect(terms.map(({ term, count }) => [term, count])).toEqual([['图书馆', 2]]);
  });
});
