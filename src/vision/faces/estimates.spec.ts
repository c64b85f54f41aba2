import { stagewiseAge } from './face-age.js';
import { expectedAngle } from './face-pose.js';

it('reads an angle out of bins of three degrees from −99', () => {
  const only = (bin: number) => Float32Array.from({ length: 66 }, (_, index) => (index === bin ? 50 : 0));
  expect(expectedAngle(only(33))).toBeCloseTo(0, 6);
  expect(expectedAngle(only(0))).toBeCloseTo(-99, 6);
  expect(expectedAngle(only(43))).toBeCloseTo(30, 6);
});

it('takes the mean of bins that are as likely', () => {
  const two = Float32Array.from({ length: 66 }, (_, index) => (index === 30 || index === 40 ? 80 : 0));
  expect(expectedAngle(two)).toBeCloseTo(6, 6);
  expect(expectedAngle(new Float32Array(66))).toBeCloseTo(32.5 * 3 - 99, 6);
});

it('divides an age into three stages', () => {
  const stage = (shares: number[], offsets = [0, 0, 0]) => ({
    shares: Float32Array.from(shares),
    offsets: Float32Array.from(offsets),
  });
  const age = (stages: ReturnType<typeof stage>[], stretch = 0) =>
    stagewiseAge(
      Object.fromEntries(
        stages.flatMap(({ shares, offsets }, index) => [
          [`prob_stage_${index + 1}`, shares],
          [`index_offset_stage${index + 1}`, offsets],
          [`stage${index + 1}_delta_k`, Float32Array.of(stretch)],
        ]),
      ),
    );
  // The second third, of that the first, of that the third: 101 · (1/3 + 0 + 2/27).
  expect(age([stage([0, 1, 0]), stage([1, 0, 0]), stage([0, 0, 1])])).toBeCloseTo(101 * (1 / 3 + 2 / 27), 4);
  // A bin that is shifted by a half, and stages that are twice as wide.
  expect(age([stage([0, 1, 0], [0, 0.5, 0]), stage([1, 0, 0]), stage([1, 0, 0])])).toBeCloseTo(101 * 0.5, 4);
  expect(age([stage([0, 0, 1]), stage([1, 0, 0]), stage([1, 0, 0])], -0.5)).toBeCloseTo((101 * 4) / 3, 4);
});
