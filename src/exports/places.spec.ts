import { Places } from './places.js';

const refused = expect.objectContaining({ code: 'too_many_exports' });

it('gives one caller half of the places, and all of them to several', () => {
  const places = new Places(5);
  const leave = [places.take('ada'), places.take('ada'), places.take('ada')];
  expect(() => places.take('ada')).toThrow(refused);
  places.take('grace');
  places.take('linus');
  expect(() => places.take('grace')).toThrow(refused);
  leave[1]!();
  places.take('grace');
  expect(() => places.take('ada')).toThrow(refused);
});

it('has one for whoever comes first when there is but one', () => {
  const places = new Places(1);
  const leave = places.take('ada');
  expect(() => places.take('grace')).toThrow(refused);
  leave();
  places.take('grace');
});
